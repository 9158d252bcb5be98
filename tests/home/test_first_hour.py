"""What a student reads at home about a first program's ten commonest faults."""

from __future__ import annotations

import ast
import io
import time
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from grader import grading
from grader.records import Grade, Submission, Verdict
from grader.reports.terminal import print_grade
from grader.reports.wording import load_wording
from grader.sandbox.limits import Limits
from tests import PROGRAMS

RIGHT = (PROGRAMS / "variants" / "hoisted" / "rnn.py").read_text(encoding="utf-8")
QUICK = Limits(call=0.6, load=5.0, training=2.0, total=60.0)


def changed(*edits: tuple[str, str]) -> str:
    source = RIGHT
    for old, new in edits:
        assert old in source, old
        source = source.replace(old, new, 1)
    return source


def without_training(source: str) -> str:
    """Training is not what these tests look at, and takes a second."""
    (function,) = (
        node
        for node in ast.parse(RIGHT).body
        if getattr(node, "name", "") == "train_rnn_on_sequence"
    )
    lines = RIGHT.splitlines()
    body = "\n".join(lines[function.lineno - 1 : function.end_lineno])
    return source.replace(body, "def train_rnn_on_sequence():\n    pass")


def graded(source: str, **settings: Any) -> Grade:
    wanted = grading.Settings(secret=b"", public_only=True, **settings)
    return grading.grade(Submission("", "", without_training(source)), wanted)


def screen(grade: Grade, language: str = "zh", width: int = 80) -> str:
    console = Console(file=io.StringIO(), width=width)
    print_grade(grade, language, console, public_only=True, wording=load_wording(language))
    return console.file.getvalue()  # type: ignore[attr-defined]  # it is the StringIO of above


def panel(text: str) -> str:
    """The last box, as one line without its frame."""
    box = text[text.rindex("╭") :].splitlines()[1:-1]
    return "".join(line.strip("│ ") for line in box)


FORWARD_END = "        return outputs.reshape(T, B, -1), h[1:]\n"
FAULTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "forward without return": (
        changed((FORWARD_END, "        self.outputs = outputs\n")),
        ("q4_2", "SimpleRNN.forward 返回了 None", "return"),
    ),
    "a method under a similar name": (
        changed(("def update_parameters(", "def updata_parameters(")),
        ("q4_4", "是不是指 updata_parameters", "改名为 update_parameters"),
    ),
    "a class under another name": (
        changed(("class SimpleRNN:", "class RNN:")),
        ("q4_1", "是不是指 RNN", "改名为 SimpleRNN"),
    ),
    "a method outside of its class": (
        changed(("    def update_parameters(self, learning_rate):\n", "def update_parameters(self, learning_rate):\n")),
        ("update_parameters", "写到了类的外面"),
    ),
    "a bracket that is not closed": (
        changed((FORWARD_END, "        return (outputs.reshape(T, B, -1), h[1:]\n")),
        ("'(' was never closed", "return (outputs", "先改好这里"),
    ),
    "a weight of a wrong shape": (
        changed(("self.W_hy = rng.standard_normal((hidden_size, output_size))", "self.W_hy = rng.standard_normal((output_size, hidden_size + 1))")),
        ("q4_1", "W_hy 的形状是 (2, 5)，应为 (4, 2)"),
    ),
    "a product of the wrong sides": (
        changed(("np.matmul(h[t], self.W_hh, out=h[t + 1])", "h[t + 1] = self.W_xh @ h[t]")),
        ("q4_2", "ValueError", "self.W_xh @ h[t]", "形状打印出来", "同样的问题还有"),
    ),
    "weights of zero": (
        changed(("self.W_xh = rng.standard_normal((input_size, hidden_size))", "self.W_xh = np.zeros((input_size, hidden_size))")),
        ("q4_1", "W_xh", "零"),
    ),
    "a name that is not defined": (
        changed(("slope = 1.0 - h[1:] ** 2", "slope = 1.0 - hs[1:] ** 2")),
        ("q4_3", "NameError", "hs", "在哪里赋值"),
    ),
    "an integer Fibonacci": (
        changed(("data = np.ones(length)", "data = np.ones(length, dtype=np.int64)")),
        ("q5_1",),
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_the_last_thing_on_the_screen_is_the_first_to_fix(fault: str) -> None:
    source, words = FAULTS[fault]
    text = screen(graded(source))
    told = panel(text)
    for word in words:
        assert word.replace(" ", "") in told.replace(" ", ""), text
    assert text.rstrip().endswith("╯")
    if fault != "a class under another name":
        assert "TODO" not in told


def test_an_exception_is_told_once() -> None:
    source, _ = FAULTS["a product of the wrong sides"]
    text = screen(graded(source), width=200)
    assert text.count("ValueError") == 1
    assert "q4_3 ×8" in text


def test_the_untouched_skeleton_is_told_to_begin() -> None:
    from grader.handout.template import skeleton

    grade = grading.grade(
        Submission("", "", skeleton()), grading.Settings(secret=b"", public_only=True)
    )
    assert "TODO" in panel(screen(grade))


def test_a_program_that_never_ends_ends() -> None:
    source = changed(
        ("        self.cache = inputs, h\n", "        while True:\n            pass\n")
    )
    began = time.monotonic()
    grade = grading.grade(
        Submission("", "", source),
        replace(grading.Settings(secret=b"", public_only=True), limits=QUICK),
    )
    # Twice the limit of a call for forward, never again; no training that goes through it.
    assert time.monotonic() - began < 30
    late = [case for q in grade.questions for case in q.cases if case.verdict is Verdict.TIMED_OUT]
    assert {str(case.message) for case in late} == {
        "SimpleRNN.forward did not return within 0.6 s."
    }
    assert "死循环" in panel(screen(grade))


def test_questions_are_told_as_their_turn_comes() -> None:
    told: list[str] = []
    settings = grading.Settings(secret=b"", public_only=True, only="q5_1")
    grading.grade(Submission("", "", RIGHT), settings, told.append)
    assert told == ["q5_1"]


@pytest.mark.parametrize(
    ("edit", "case"),
    [
        (("data = np.ones(length)", "data = np.ones(length, dtype=np.float32)"), "q5_1/float64"),
        (('raise ValueError("length must be >= 1")', "return np.zeros(0)"), "q5_1/too_short"),
        (("slope = 1.0 - h[1:] ** 2", "slope = 1.0 - h[1:] ** 2; d_outputs *= 1.5"), "q4_3/d_outputs_kept"),
        (("T, B, I = inputs.shape\n", "T, B, I = inputs.shape\n        inputs *= 1.0000001\n"), "q4_2/inputs_kept"),
        (("self.W_hy = rng.standard_normal((hidden_size, output_size))", "self.W_hy = np.zeros((hidden_size, output_size))"), "q4_1/breaks_symmetry"),
        (("'W_hh': h[:-1].reshape(T * B, H).T @ d_flat,", "'W_hh': h[:-1].reshape(T * B, H).T @ d_flat / B,"), "q4_3/dW_hh"),
    ],
)  # fmt: skip
def test_written_rules_are_noticed_at_home(edit: tuple[str, str], case: str) -> None:
    grade = graded(changed(edit), only=case.partition("/")[0])
    lost = {
        f"{question.name}/{each.name}"
        for question in grade.questions
        for each in question.cases
        if each.points < each.possible
    }
    assert case in lost
