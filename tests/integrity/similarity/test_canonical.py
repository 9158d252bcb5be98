"""One spelling: what may be written in two ways comes out as one; lines stay where they were."""

from __future__ import annotations

import pytest

from grader.integrity.similarity.canonical import canonical


def spelled(source: str) -> list[str]:
    return [line.text for line in canonical(source)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a += b", "a = a + b"),
        ("import numpy as np\ny = np.dot(a, b)", "y = a @ b"),
        ("y = a.dot(b)", "y = a @ b"),
        ("import numpy as n\ny = n.tanh(x)", "from numpy import tanh\ny = tanh(x)"),
        ("import numpy as np\ny = np.sum(x, axis=0)", "y = x.sum(axis=0)"),
        ("y = x * x", "y = x ** 2"),
        ("y = f(x) * 2 + 1", "y = 1 + 2 * f(x)"),
        ("y = 0.005 * 2", "y = 0.01"),
        ("a, b = 1, 2", "a = 1\nb = 2"),
        ("y: float = 2", "y = 2"),
        ("'''words'''\ny = 2", "y = 2"),
        ("try:\n    y = 2\nfinally:\n    pass", "y = 2"),
        ("while k < n:\n    y = 2", "for k in range(n):\n    y = 2"),
        (
            "class A:\n    def f(self):\n        self.x = 1",
            "class A:\n    def f(me):\n        me.x = 1",
        ),
    ],
)
def test_two_spellings_are_one(one: str, other: str) -> None:
    assert spelled(one) == spelled(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("y = a - b", "y = b - a"), ("y = a @ b", "y = b @ a"), ("y = 'a' * 2", "y = 2")],
)
def test_what_differs_stays_different(one: str, other: str) -> None:
    assert spelled(one) != spelled(other)


def test_lines_are_those_of_the_program() -> None:
    found = canonical("# first\n\nx = f(\n    1,\n)\nif x:\n    y = 2\n")
    assert [(line.text, line.lines) for line in found] == [
        ("x = f(1)", (3, 5)), ("x", (6, 6)), ("y = 2", (7, 7)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "broken",
    [
        "def f(:\n    y = 2\nx = 3",
        "x = 3\ny = (",
        "x = 3\n  y = 2",
        "\0x = 3",
        "# \ud800\nx = 3",
        "x = 3\n）",
    ],
)
def test_a_line_that_does_not_parse_costs_itself_only(broken: str) -> None:
    assert "x = 3" in spelled(broken)


@pytest.mark.parametrize(
    "hostile", ["(" * 5000, "x = " + "1+" * 50_000 + "1", "x = 9**9**9 * 10 ** 9", "\ud800"]
)
def test_hostile_programs_end(hostile: str) -> None:
    assert canonical(hostile) is not None
