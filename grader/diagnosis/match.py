"""The second witness: name the known misconception behind wrong answers, or say where they begin.

A student's record at the probe point is compared with the record of every known misconception.
One that matches in every array to numerical precision is named. No match, no guess: then the first
array and time step that are off, and whether a sign, a factor or a transpose explains it. Where
the object lacks a parameter nothing is said, for then all numbers differ from every record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from grader import contract
from grader.checks import probe_point
from grader.checks.compare import agrees
from grader.checks.experiment import probe_series
from grader.checks.memo import once
from grader.checks.probe_point import RIGHT, Record
from grader.diagnosis.claims import Diagnosis
from grader.faults import StudentFault
from grader.language import Message, literal, say
from grader.protocol import Array

# Factors that a student's mistake may be: T, B and their products at the probe point.
MOST = 100
ROUNDING = 1e-4

GRADIENTS = ("dW_hy", "db_y", "dW_hh", "dW_xh", "db_h")


HALF = 1e-2  # two programs in float16 round at different places
IGNORED = {"single"}  # float32 is nobody's mistake


def _gradient(key: str) -> bool:
    return key.rpartition(" ")[2] in GRADIENTS or key.endswith("backward raised")


def _step(key: str) -> bool:
    return key.startswith("step")


def _forward(key: str) -> bool:
    return not _gradient(key) and not _step(key) and key != "initial"


RECORDS: dict[str, Callable[[Any], Record]] = {
    "rnn": probe_point.rnn_record,
    "lstm": probe_point.lstm_record,
    "data": probe_series.data_record,
}
# By which arrays of its record a question is diagnosed.
CONCERNS: dict[str, Callable[[str], bool]] = {
    "q4_1": lambda key: key == "initial",
    "q4_2": _forward,
    "q4_3": _gradient,
    "q4_4": _step,
    "q4_5": lambda key: key == "initial",
    "q4_6": lambda key: key != "initial",
    "q5_1": lambda _: True,
    "q5_2": lambda key: key != "initial",
}


def diagnose(question: str, candidates: Mapping[str, Any]) -> Diagnosis | None:
    """The finding behind a failed case of this question, if there is one. Kept per candidate."""
    asked = contract.BY_NAME.get(question)
    if asked in contract.OPTIONAL_QUESTIONS:
        return _of_optional(question, [candidates[n] for n in asked.subjects if n in candidates])
    candidate = candidates.get(asked.subject) if asked and asked.record else None
    if asked is None or candidate is None:
        return None
    return once(candidate, ("diagnosis", question), partial(_find, asked, candidate))


def _of_optional(question: str, candidates: list[Any]) -> Diagnosis | None:
    """The known mistake that makes the whole record of one of the optional classes."""
    found = (once(each, ("diagnosis", question), partial(_known, each)) for each in candidates)
    return next((one for one in found if one is not None), None)


def _known(candidate: Any) -> Diagnosis | None:
    # Loaded for those alone who have begun an optional question.
    from grader.checks.bonus import bonus_probe  # noqa: PLC0415

    try:
        record = bonus_probe.record(candidate)
    except StudentFault:
        return None
    known = probe_point.fingerprints(candidate.name, probe_point.OPTIONAL_RECORDS)
    bound = probe_point.limit(record)
    keys = [*(known[RIGHT] | record)]
    if all(_alike(record, known[RIGHT], key, bound) for key in keys):
        return None
    return _named(record, known, keys, [], bound, apart=False)


def named(name: str) -> Diagnosis | None:
    """The finding of a misconception that a check itself has told."""
    hint = probe_point.hints().get(name)
    return None if hint is None else Diagnosis(name, Message(literal(hint.en)))


def _find(asked: contract.AutomaticQuestion, candidate: Any) -> Diagnosis | None:
    try:
        record = RECORDS[asked.record](candidate)
    except StudentFault:
        return None
    if _lacks_parameters(record):
        return None
    known = probe_point.fingerprints(asked.record)
    concerns = CONCERNS[asked.name]
    keys = [key for key in known[RIGHT] | record if concerns(key) and key not in IGNORED]
    bound = probe_point.limit(record)
    off = [key for key in keys if not _alike(record, known[RIGHT], key, bound)]
    if not off:
        return None
    found = _named(record, known, keys, off, bound, apart=asked.record == "data")
    if found is not None or _follows_from_before(concerns, record, known[RIGHT], bound):
        return found
    return _described(record, known[RIGHT], off, bound)


def _lacks_parameters(record: Record) -> bool:
    """Whether the object has no array for some parameter."""
    return bool(np.any(record.get("initial", np.zeros((1, 3)))[:, 0]))


def _follows_from_before(
    concerns: Callable[[str], bool], record: Record, right: Record, bound: float
) -> bool:
    """Whether what the question builds on is wrong already, so that its numbers must be."""
    if concerns("dW_hy"):
        earlier: tuple[str, ...] = ("outputs", "hidden")
    elif concerns("step W_hy"):
        earlier = ("outputs", "hidden", *GRADIENTS)
    else:
        return False
    return not all(_alike(record, right, key, bound) for key in earlier if key in right)


def _alike(record: Record, other: Record, key: str, bound: float) -> bool:
    """Whether both lack the array or both have it, the same."""
    if key not in record or key not in other:
        return key not in record and key not in other
    both_half = all(one.get("half", np.zeros(1)).any() for one in (record, other))
    return agrees(record[key], other[key], HALF if both_half else bound)


def _named(
    record: Record,
    known: Mapping[str, Record],
    keys: list[str],
    off: list[str],
    bound: float,
    *,
    apart: bool,
) -> Diagnosis | None:
    """The mistake that makes the whole record; `apart`: else the one that makes most of it.

    Several mistakes in one record are told apart only where each key is a call of its own.
    """
    others = {name: other for name, other in known.items() if name != RIGHT}
    names = [
        name
        for name, other in others.items()
        if all(_alike(record, other, key, bound) for key in keys)
    ]
    if not names and apart:
        explained = {
            name: _explained(record, other, known[RIGHT], keys, off, bound)
            for name, other in others.items()
        }
        most = max(explained.values(), default=0)
        names = [name for name, count in explained.items() if count == most > 0]
    return _finding(_most_alike(names, record, known, bound)) if names else None


def _explained(
    record: Record, other: Record, right: Record, keys: list[str], off: list[str], bound: float
) -> int:
    """How many of the arrays that are off are as this mistake makes them, if that is at least half.

    None where all is right of a call of which it would change something.
    """
    changes = [key for key in keys if not _alike(other, right, key, bound)]
    same = sum(_alike(record, other, key, bound) for key in changes)
    contradicted = set(map(_call, changes)) - set(map(_call, off))
    return same if 2 * same >= len(changes) and not contradicted else 0


def _call(key: str) -> str:
    """Which call an array is of: "fibonacci 24" of "fibonacci 24 values"."""
    return key.rpartition(" ")[0]


def _most_alike(
    names: list[str], record: Record, known: Mapping[str, Record], bound: float
) -> list[str]:
    """Of mistakes that look alike in one question those that fit best in all of them."""
    everything = (known[RIGHT] | record).keys() - IGNORED
    fits = {
        name: sum(_alike(record, known[name], key, bound) for key in everything) for name in names
    }
    return [name for name in names if fits[name] == max(fits.values())]


def _finding(names: list[str]) -> Diagnosis | None:
    """The one name; of several that look alike the first, if they are of one family."""
    hints = probe_point.hints()
    if len({hints[name].family for name in names}) > 1:
        return None
    return Diagnosis(names[0], Message(literal(hints[names[0]].en)))


def _described(record: Record, right: Record, off: list[str], bound: float) -> Diagnosis | None:
    wrong = [
        key
        for key in off
        if key in record and key in right and record[key].shape == right[key].shape
    ]
    if not wrong:
        return None
    key = wrong[0]
    simple = _simple(record[key].astype(np.float64), right[key], bound)
    if simple is not None:
        return Diagnosis("", say("{what} is the right one {how}.", what=key, how=simple))
    if record[key].ndim == 3:  # noqa: PLR2004  # (T, B, N)
        step = _first_step(record[key], right[key], bound)
        return Diagnosis("", say("{what} is wrong from time step {step} on.", what=key, step=step))
    fine = [name for name in GRADIENTS if name in record and name not in off]
    if key in GRADIENTS and fine:
        return Diagnosis(
            "",
            say(
                "{what} is the first gradient that is off; right are {fine}.",
                what=key,
                fine=tuple(fine),
            ),
        )
    return None


def _simple(got: Array, expected: Array, bound: float) -> Message | None:
    """A sign, a transpose or a constant factor, where one of these is all that is wrong."""
    if agrees(-got, expected, bound):
        return say("with the opposite sign")
    if got.ndim == 2 and got.shape[0] == got.shape[1] and agrees(got.T, expected, bound):  # noqa: PLR2004  # a square matrix
        return say("transposed")
    scale = float(np.sum(expected * expected))
    factor = float(np.sum(got * expected)) / scale if scale > 0 else 0.0
    if not factor or not agrees(got, factor * expected, bound):
        return None
    return (
        say("times {factor}", factor=_ratio(factor)) if _ratio(factor) else say("times a constant")
    )


def _ratio(factor: float) -> str:
    """n or 1/n, if it is one. No other number is told: a program could hide what it saw in it."""
    for number, form in ((abs(factor), "{}"), (1 / abs(factor), "1/{}")):
        whole = round(number)
        if 0 < whole <= MOST and abs(number - whole) <= ROUNDING * whole:
            return ("-" if factor < 0 else "") + form.format(whole)
    return ""


def _first_step(got: Array, expected: Array, bound: float) -> int:
    return next((t for t in range(len(expected)) if not agrees(got[t], expected[t], bound)), 0)
