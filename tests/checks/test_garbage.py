"""Zeros, NaN, noise and what was handed in earn nothing, and no program is a fault of the kit."""

from __future__ import annotations

from hashlib import sha256

import pytest

from grader.matrix.grade_subject import _quiet, candidates
from grader.records import Verdict
from tests.degenerate import METHODS, Degenerate, programs
from tests.inprocess import outcomes_of

PROGRAMS = list(programs())
QUESTION = dict(
    zip(METHODS, ("q4_1", "q4_2", "q4_3", "q4_4", "q4_5", "q4_6", "q5_1", "q5_3"), strict=True)
)
# Constructors that make arrays of the right sizes have that, whatever stands in them; numbers of
# the normal distribution differ from unit to unit, too.
ARRAYS = {"constructs", "weights", "biases", "own_state", "other_sizes"}
TRULY_HAD = {
    "q4_1": {f"q4_1/{name}" for name in ARRAYS},
    "q4_5": {f"q4_5/{name}" for name in (*ARRAYS, "scale")},
}
DIFFERING = {"q4_1/breaks_symmetry", "q4_1/scale", "q4_5/breaks_symmetry"}
FINITE = {"zeros", "ones", "noise", "huge", "flat", "deeper"}
# NaN is charged in q4_5 where values are asked for, not where arrays are.
NOT_FINITE = {"nan", "inf", "half_nan"}


def test_there_are_at_least_two_hundred() -> None:
    assert len({program.source for program in PROGRAMS}) >= 200


@pytest.mark.slow
@pytest.mark.parametrize("value", sorted({one.name.rpartition(" ")[2] for one in PROGRAMS}))
def test_garbage_earns_nothing_and_breaks_nothing(value: str) -> None:
    wrong = {}
    for program in PROGRAMS:
        if program.name.rpartition(" ")[2] == value:
            earned, broken = graded(program)
            if broken or earned - allowed(program, value):
                wrong[program.name] = (sorted(broken), sorted(earned - allowed(program, value)))
    assert not wrong


def graded(program: Degenerate) -> tuple[set[str], set[str]]:
    """Cases that pass, and those where the kit failed, of the questions whose method is garbage."""
    seed = sha256(program.name.encode()).digest()
    with _quiet(seed):
        environment = {**candidates(program.source), "exhibits": []}
        questions = tuple(QUESTION[method] for method in program.methods)
        outcomes = outcomes_of(environment, questions, seed)
    verdicts = {name: outcome.verdict for name, outcome in outcomes.items()}
    return (
        {name for name, verdict in verdicts.items() if verdict is Verdict.PASSED},
        {name for name, verdict in verdicts.items() if verdict is Verdict.KIT_FAULT},
    )


def allowed(program: Degenerate, value: str) -> set[str]:
    """What a constructor that makes arrays of numbers truly has."""
    if value in NOT_FINITE and "LSTMCell.__init__" in program.methods:
        return {f"q4_5/{name}" for name in ARRAYS}
    if value not in FINITE:
        return set()
    had = set().union(*(TRULY_HAD.get(QUESTION[method], set()) for method in program.methods))
    return had | (DIFFERING if value == "noise" else set())
