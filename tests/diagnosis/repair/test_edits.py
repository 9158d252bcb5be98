"""Edits are text in the student's own lines: they parse, keep every line number, and can be read."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest

from grader.diagnosis.repair.edits import Edit, patched
from grader.diagnosis.repair.order import Ranked, in_order
from grader.diagnosis.repair.program import Program, Unit, is_harmless
from grader.diagnosis.repair.questions import TOPICS
from grader.diagnosis.repair.sliced import sliced
from grader.diagnosis.repair.telling import ADDS
from grader.diagnosis.repair.verify import edited
from tests import BASES, PROGRAMS


def ranked(
    program: Program, question: str, shapes: dict[str, tuple[int, ...]] | None = None
) -> list[Ranked]:
    return in_order(program, TOPICS[question].units(program), lambda *_: shapes or {})


def forward(*lines: str) -> Program:
    """A network whose forward has these lines."""
    body = "\n".join(f"        {line}" for line in lines)
    return Program(f"import numpy as np\n\nclass SimpleRNN:\n    def forward(self, x):\n{body}\n")


def results(program: Program, line: int) -> dict[str, float]:
    """What edits make of a line of forward, and at which cost."""
    found: dict[str, float] = {}
    for one in ranked(program, "q4_2"):
        new = edited(program, [one.edit]).splitlines()
        if one.edit.line == line:
            found.setdefault(new[line - 1].strip(), one.rank)
    return found


@pytest.mark.parametrize("name", ["row", "column", "objects"])
@pytest.mark.parametrize("question", TOPICS)
def test_every_edit_parses_and_moves_no_other_line(name: str, question: str) -> None:
    source = (BASES / f"{name}.py").read_text(encoding="utf-8")
    program = Program(source)
    old = program.text.decode().split("\n")
    found = ranked(program, question)
    assert len(found) > 100
    for one in found[::50]:
        whole = edited(program, [one.edit])
        ast.parse(whole)
        assert whole.split("\n")[: one.edit.line - 2] == old[: one.edit.line - 2]


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("h = np.tanh(x @ self.W)", "h = np.tanh(x @ self.W.T)"),
        ("h = np.tanh(x @ self.W)", "h = (x @ self.W)"),
        ("h = np.dot(x, self.W)", "h = np.dot(self.W, x)"),
        ("h = np.einsum('ij,jk->ki', x, self.W)", "h = np.einsum('ij,jk->ik', x, self.W)"),
        ("h = x * 2 + x", "h = x * 2"),
        ("h = -x", "h = x"),
        ("h = x[t]", "h = x[t - 1]"),
        ("h[t] = x[t]", "h[t + 1] = x[t]"),
        ("for t in range(3): h = x", "for t in reversed(range(3)): h = x"),
        ("h = x.sum(axis=0)", "h = x.sum(axis=1)"),
        ("h = x.mean(axis=0)", "h = x.sum(axis=0)"),
        ("h = x", "h += (x)"),
        ("h += x", "h = x"),
        ("return h, x", "return x, h"),
        ("if x: h = 1", "if True: h = 1"),
        ("h = 1 if x else 2", "h = 1"),
        ("self.a = x; self.b = self.a", "self.a = x; self.b = self.b"),
        ("h = (x + b) @ self.W", "h = x @ self.W + b"),
        ("h = np.dot(x + b, self.W)", "h = np.dot(x, self.W) + b"),
        ("h = d * (1 - x) ** 2", "h = d * (1 - x ** 2)"),
        ("h = d * 1 - x ** 2", "h = d * (1 - x ** 2)"),
        ("h = 1 - x ** 2", "h = (1 - x) ** 2"),
        ("h = np.tanh(x + b)", "h = np.tanh(x) + b"),
        ("h = np.tanh(x) + b", "h = np.tanh(x + b)"),
        ("h = 0 if t == 0 else x[t - 1]", "h = x[t]"),
        ("if [x is None]: h = 1", "if x is None: h = 1"),
        ("f, i, o = np.split(x, 3)", "o, f, i = np.split(x, 3)"),
        ("for a, b in zip(reversed(x), d): h = a", "for a, b in zip(reversed(x), d[::-1]): h = a"),
        (
            "for p in (self.W, self.b): h = p; self.c = p",
            "for p in (self.W, self.b, self.c): h = p; self.c = p",
        ),
        ("h = np.random.randn(n, m)", "h = np.zeros((n, m))"),
        ("h = np.random.normal(0, 1, size=(n, m))", "h = np.zeros((n, m))"),
        ("中文 = x @ self.权重", "中文 = x @ self.权重.T"),
    ],
)
def test_slips_of_the_pen_are_undone(line: str, wanted: str) -> None:
    assert ast.dump(ast.parse(wanted)) in {
        ast.dump(ast.parse(text)) for text in results(forward(line), 5)
    }


def several(*lines: str) -> dict[str, tuple[int, ...]]:
    """What edits of more than one line make of forward, and which lines those are."""
    program = forward(*lines)
    return {
        ast.unparse(ast.parse(edited(program, [one.edit])).body[1].body[0].body): one.edit.lines  # type: ignore[attr-defined]
        for one in ranked(program, "q4_2")
        if len(one.edit.lines) > 1
    }


@pytest.mark.parametrize(
    ("lines", "wanted", "where"),
    [
        (("a -= r * x / n", "b -= r * y / n"), ("a -= r * x", "b -= r * y"), (5, 6)),
        (("a = a + r * x", "b  = b  + r*y"), ("a = a - r * x", "b = b - r * y"), (5, 6)),
        (("a = np.mean(x)", "c = a", "b = np.mean(y)"), ("a = np.sum(x)", "c = a", "b = np.sum(y)"), (5, 7)),
        (("a += x", "b += y"), ("a = x", "b = y"), (5, 6)),
        (("if [x is None]: x = 1", "if [y is None]: y = 1"), ("if x is None: x = 1", "if y is None: y = 1"), (5, 6)),
        (("np.clip(a, -1, 1, out=a)", "np.clip(b, -1, 1, out=b)"), ("pass", "pass"), (5, 6)),
        (("a = {'x': x / n,", "     'y': y / n}"), ("a = {'x': x, 'y': y}",), (5, 6)),
        (("a = x[:, :n]", "b = x[:, n:m]", "c = x[:, m:]"), ("c = x[:, :n]", "a = x[:, n:m]", "b = x[:, m:]"), (5, 6, 7)),
        (("a -= r * x", "b -= r * y"), ("b -= r * x", "a -= r * y"), (5, 6)),
        (("a = [x @ y,", "     x.sum()]"), ("a = [x.sum(), x @ y]",), (5, 6)),
    ],
)  # fmt: skip
def test_a_slip_made_on_several_lines_is_undone_on_all(
    lines: tuple[str, ...], wanted: tuple[str, ...], where: tuple[int, ...]
) -> None:
    assert several(*lines)[ast.unparse(ast.parse("\n".join(wanted)))] == where


def test_what_is_missing_is_not_put_in_on_several_lines() -> None:
    found = several("a = x", "b = y", "c = x * n")
    assert ast.unparse(ast.parse("a = x * n\nb = y * n\nc = x * n")) not in found


def test_of_a_constructor_only_the_options_that_it_passes_on_are_changed() -> None:
    source = dedent(
        """\
        class SimpleRNN:
            def __init__(self, n):
                self.layer = Layer(n, stateful=True)
                self.training = True
            def forward(self, x):
                return x
        """
    )
    program = Program(source)
    topic = TOPICS["q4_2"]
    found = in_order(program, topic.units(program), lambda *_: {}, topic.constructors(program))
    changed = [edited(program, [one.edit]) for one in found if one.edit.line in (2, 3, 4)]
    assert changed == [source.replace("stateful=True", "stateful=False")]
    assert found[0].edit.line == 3


def test_the_target_of_an_update_may_be_what_its_value_fits() -> None:
    program = forward("self.W -= x", "return self.b")
    shapes = {"self.W": (3, 2), "x": (2,), "self.b": (2,)}
    costs = {edited(program, [one.edit]): one.rank for one in ranked(program, "q4_2", shapes)}
    assert costs[program.text.decode().replace("self.W -=", "self.b -=")] == 1.5


def test_what_is_missing_is_dearer_than_what_is_wrong() -> None:
    found = results(forward("z = x @ self.W + self.b", "h = np.tanh(z)", "y = z * (1 - h ** 2)"), 5)
    assert found["z = (x @ self.W)"] == 1  # the bias left out
    missing = results(forward("z = x @ self.W", "h = np.tanh(z)", "y = h + self.b"), 5)
    assert missing["z = ((x @ self.W) + self.b)"] == 2.5


def test_shapes_prune_what_cannot_be_added() -> None:
    program = forward("y = x", "z = y + self.b")
    shapes = {"x": (3, 2), "y": (3, 2), "self.b": (7,)}
    texts = {edited(program, [one.edit]) for one in ranked(program, "q4_2", shapes)}
    assert not any("y = (x + self.b)" in text for text in texts)
    assert any("y = (x + self.b)" in edited(program, [one.edit]) for one in ranked(program, "q4_2"))


def test_a_patched_function_stands_on_its_own_lines() -> None:
    program = forward("y = x", "return y")
    (unit,) = program.reachable("SimpleRNN", "forward")
    text = patched(program, unit, ()).decode()
    assert text.splitlines()[3:] == program.text.decode().splitlines()[3:]
    assert not text[:3].strip()


def test_helpers_are_reached_by_name_and_constructors_are_not() -> None:
    source = dedent(
        """
        squash = lambda z: z
        class Layer:
            def __init__(self): self.w = 1
            def __call__(self, x): return squash(x)
            def idle(self): pass
        class Base:
            def forward(self, x):
                return self.layer(x)
        class SimpleRNN(Base):
            def __init__(self): self.layer = Layer()
            def backward(self, d): return self.forward(d)
        """
    )
    labels = {unit.label for unit in Program(source).reachable("SimpleRNN", "forward")}
    assert labels == {"Base.forward", "Layer.__call__", "squash"}
    assert [unit.label for unit in Program(source).reachable("SimpleRNN", "backward")] == [
        "SimpleRNN.backward",
        "Layer.__call__",
        "squash",
    ]


def test_only_what_the_classes_need_is_run() -> None:
    source = dedent(
        """\
        import time
        import numpy as np
        import matplotlib.pyplot as plt
        plt.rcParams["font.size"] = 8
        SCALE = 0.1
        class SimpleRNN:
            scale = SCALE
            def forward(self, x):
                return np.tanh(x)
        def train():
            time.sleep(100)
        time.sleep(100)
        """
    )
    lines = sliced(Program(source)).splitlines()
    kept = [number for number, line in enumerate(lines, 1) if line.strip()]
    assert kept == [2, 5, 6, 7, 8, 9]


def test_a_decorated_program_keeps_its_decorators_only_with_its_classes() -> None:
    source = "@print\ndef f(): pass\n\nclass SimpleRNN:\n    @staticmethod\n    def forward(x): return x\n"
    words = sliced(Program(source))
    assert "print" not in words
    assert "staticmethod" in words
    unit: Unit = Program(source).units[1]
    edit = Edit("none", 1, 6, unit, ())
    assert "@staticmethod" in patched(Program(source), unit, edit.changes).decode()


@pytest.mark.parametrize(
    ("line", "harmless"),
    [("y = self.input(x)", True), ("if False: os.remove(x)", False), ("np.save('a', x)", False)],
)
def test_functions_that_do_more_than_compute_are_left_alone(line: str, *, harmless: bool) -> None:
    assert is_harmless(forward(line).reachable("SimpleRNN", "forward")) is harmless


def test_a_line_that_is_missing_may_stand_behind_a_semicolon() -> None:
    program = forward("W_h += x; W_y += x", "return W_h")
    wholes = [
        edited(program, [one.edit]) for one in ranked(program, "q4_2") if one.edit.kind == ADDS
    ]
    assert any("W_h += x; W_y += x; W_h += x" in whole for whole in wholes)
    for whole in wholes:
        ast.parse(whole)


def test_a_line_that_would_only_undo_another_is_not_missing() -> None:
    program = forward("i = x @ self.W_i", "o = x @ self.W_o")
    wholes = {
        edited(program, [one.edit]) for one in ranked(program, "q4_2") if one.edit.kind == ADDS
    }
    assert not any("self.W_o\n        i = " in whole for whole in wholes)
    assert any(
        one.edit.kind == ADDS
        for one in ranked(forward("i += x @ self.W_i", "o += x @ self.W_o"), "q4_2")
    )


def test_programs_of_others_give_edits_too() -> None:
    for folder in sorted((PROGRAMS / "variants").iterdir())[::24]:
        program = Program((folder / "rnn.py").read_text(encoding="utf-8"))
        for question, topic in TOPICS.items():
            for one in in_order(program, topic.units(program), lambda *_: {})[::301]:
                ast.parse(edited(program, [one.edit]))
                assert one.rank >= 1, question
