"""The student's own curve: held-out error by sequence length, as the grader recorded it."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator
from functools import partial

from grader.integrity.dossier.oral_question import ALWAYS, Level, OralQuestion, QuestionDraft
from grader.integrity.dossier.own_program import OwnProgram
from grader.language import Message, say
from grader.records import Grade

LENGTH = 12
FALLS = 0.8  # of the error at the shortest length: what rounding and luck do not do


def drafts(own: OwnProgram, grade: Grade) -> Iterator[QuestionDraft]:
    curve = _recorded(grade)
    if len(curve) > 1:
        length = LENGTH if LENGTH in curve else max(curve)
        lines = _where(own, curve)
        make = partial(_question, own, curve, length, lines)
        yield QuestionDraft(Level.EXPLAIN, "experiment", "curve", lines, make, weight=ALWAYS)


def _recorded(grade: Grade) -> dict[int, float]:
    """{length: error}; empty where the experiment gave none."""
    for exhibit in grade.exhibits:
        if exhibit.kind == "lengths":
            pairs = zip(exhibit.series["length"], exhibit.series["error"], strict=True)
            return {int(length): error for length, error in pairs if math.isfinite(error)}
    return {}


def _where(own: OwnProgram, curve: dict[int, float]) -> tuple[int, int]:
    """The line that names the lengths, else the head of the training function."""
    for node in ast.walk(own.program.tree):
        if isinstance(node, ast.Tuple | ast.List):
            values = {one.value for one in node.elts if isinstance(one, ast.Constant)}
            if set(curve) <= values:
                return node.lineno, node.end_lineno or node.lineno
    unit = own.function_named("train_rnn_on_sequence")
    line = unit.node.lineno if unit else 1
    return line, line


def _question(
    own: OwnProgram, curve: dict[int, float], length: int, lines: tuple[int, int]
) -> OralQuestion:
    shortest = min(curve)
    falls = curve[length] < FALLS * curve[shortest]
    return OralQuestion(
        Level.EXPLAIN,
        say(
            "What did your own curve show at length {length}, compared with length {shortest}, and why?",
            length=length,
            shortest=shortest,
        ),
        _falls() if falls else _stays(),
        weak=say("“Longer is better” without a number, or a number that is not their own."),
        strong=say(
            "Knows about how large both errors were, says what the next value depends on, and what was kept equal."
        ),
        excerpt=own.excerpt(lines),
        measured=(_figures(curve),),
    )


def _falls() -> Message:
    return say(
        "The error falls: the longer window holds more of what the next value depends on. Once it holds all of it, more steps only make training harder."
    )


def _stays() -> Message:
    return say(
        "The error does not fall: either the short window already holds all that the next value depends on, or the longer network was not trained long enough, or it cannot learn (see what is wrong in it)."
    )


def _figures(curve: dict[int, float]) -> Message:
    shown = tuple(f"{length}: {error:.3g}" for length, error in sorted(curve.items())[:8])
    return say("Recorded when it was graded, error by length: {shown}.", shown=shown)
