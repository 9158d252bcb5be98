"""`Patch` and `Look`: edited functions in a running worker, and what shapes values have there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from grader.sandbox import Limits, Session, session
from grader.sandbox.worker import schema
from grader.sandbox.worker.patches import BROKEN, UNKNOWN
from grader.sandbox.worker.values import Packer

LIMITS = Limits(call=5.0, load=5.0, total=60.0)
SOURCE = """\
import numpy as np

def double(z):
    return 2 * z

class Base:
    def forward(self, x):
        return double(x) + self.__shift

    def __init__(self, size):
        self.__shift = np.ones(size)
        self.calls = 0

class SimpleRNN(Base):
    def forward(self, x):
        self.calls += 1
        return super().forward(x)

    @staticmethod
    def backward(d):
        return d
"""
FORWARD = "\n" * 14 + "    def forward(self, x):\n        return {}"
X = np.arange(3.0)


@pytest.fixture(scope="module")
def student() -> Iterator[Session]:
    with session(SOURCE, LIMITS) as student:
        assert student.load_fault is None
        yield student


def edit(packer: Packer, owner: str, name: str, text: str) -> list[schema.Replacement]:
    octets = np.frombuffer(text.encode(), np.uint8)
    return [schema.Replacement(owner, name, packer.writer.add(octets))]


def tried(student: Session, *edits: tuple[str, str, str], seconds: float = 0.2) -> list[Any]:
    """What forward gives with each edit: values, or the fault."""
    packer = Packer()
    packed = [edit(packer, *one) if one[1] else [] for one in edits]
    steps: list[Any] = [schema.Method("forward", [packer.pack(X)])]
    request = schema.Patch("SimpleRNN", [3], packed, steps, seconds)
    reply, reader = student.exchange(request, packer, "patch", None)
    return [
        one.fault if one.fault is not None else [reader.take(node).tolist() for node in one.values]
        for one in reply.results
    ]


RIGHT = [[1.0, 3.0, 5.0]]
AS_IS = ("", "", "")


def test_each_edit_is_taken_back(student: Session) -> None:
    found = tried(
        student,
        AS_IS,
        ("SimpleRNN", "forward", FORWARD.format("x")),
        AS_IS,
        ("", "double", "\ndef double(z):\n    return 3 * z"),
        AS_IS,
    )
    assert found == [RIGHT, [X.tolist()], RIGHT, [[1.0, 4.0, 7.0]], RIGHT]


def test_super_and_private_names_work_in_an_edit(student: Session) -> None:
    inherited = "\n" * 5 + "    def forward(self, x):\n        return self.__shift * 5"
    found = tried(
        student,
        ("SimpleRNN", "forward", FORWARD.format("-super().forward(x)")),
        ("Base", "forward", inherited),
    )
    assert found == [[[-1.0, -3.0, -5.0]], [[5.0, 5.0, 5.0]]]


def test_an_edit_that_loops_or_leaves_costs_only_itself(student: Session) -> None:
    loop = (
        "\n" * 14
        + "    def forward(self, x):\n        while True:\n            try: pass\n            except: pass"
    )
    late, left, raised, broken, fine = tried(
        student,
        ("SimpleRNN", "forward", loop),
        ("SimpleRNN", "forward", FORWARD.format("exit()")),
        ("SimpleRNN", "forward", FORWARD.format("x @ np.ones((7, 7))")),
        ("SimpleRNN", "forward", FORWARD.format("x x")),
        AS_IS,
    )
    assert (late.kind, late.exception) in {("late", ""), ("raised", "OutOfTime")}
    assert left.exception in {"SystemExit", "NameError"}
    assert (raised.exception, raised.line) == ("ValueError", 16)
    assert (broken.exception, fine) == ("SyntaxError", RIGHT)


def test_an_edit_that_returns_too_much_says_so(student: Session) -> None:
    huge = FORWARD.format("np.zeros((500, 500))")
    fault, fine = tried(student, ("SimpleRNN", "forward", huge), AS_IS)
    assert (fault.kind, fine) == ("too_much", RIGHT)


def test_shapes_are_those_at_the_return(student: Session) -> None:
    packer = Packer()
    steps: list[Any] = [schema.Method("forward", [packer.pack(X)])]
    texts = ["x", "self.calls", "x @ np.ones((3, 2))", "x + np.ones(2)", "nobody", "x x", "double"]
    request = schema.Look("SimpleRNN", [3], steps, "forward", 15, 17, texts, 0.5)
    reply, _ = student.exchange(request, packer, "look", None)
    assert reply.shapes == [(3,), (), (2,), BROKEN, UNKNOWN, UNKNOWN, UNKNOWN]


def test_a_function_that_is_not_called_has_no_shapes(student: Session) -> None:
    packer = Packer()
    steps: list[Any] = [schema.Method("forward", [packer.pack(X)])]
    request = schema.Look("SimpleRNN", [3], steps, "backward", 19, 21, ["d"], 0.5)
    assert student.exchange(request, packer, "look", None)[0].shapes == []
