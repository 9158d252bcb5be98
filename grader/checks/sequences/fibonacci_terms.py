"""What makes a term of a Fibonacci sequence wrong, told from the values alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from grader.assignment import load
from grader.checks.sequences.sampled_sine import follows_recurrence
from grader.language import Message, say
from grader.protocol import Array

SINGLE = 1e-6  # what rounding to float32 leaves of a number, relative
REMAINING, EXACT = 3, 2.0**53  # terms that show a remainder, and where whole numbers end
ROUND = {10**k for k in range(1, 16)} | {2**k for k in range(1, 53)}
RULED, WHOLE = 10, 1e-9  # terms that show a rule, and how exactly they follow it
# First terms of the sequences that go by the name: 0, 1, 1, 2 and 1, 1, 2.
STARTS = ((0, 1), (1, 1))


def sums(values: Array, start: tuple[int, int]) -> NDArray[np.float64]:
    """What each term must be, given the two before it; this file ships, so it makes no sequence."""
    with np.errstate(invalid="ignore", over="ignore"):
        return np.concatenate([start, values[:-2] + values[1:-1]])[: values.size]


def first_wrong(values: Array, expected: Array) -> int | None:
    """Index of the first term off by more than the tolerance; None where all are right."""
    limit = load().learning["q5_1"]["relative_error"] * np.maximum(np.abs(expected), 1.0)
    with np.errstate(invalid="ignore", over="ignore"):
        right = np.abs(values - expected) <= limit  # false for NaN and infinity
    wrong = np.flatnonzero(~right)
    return int(wrong[0]) if wrong.size else None


def reason_for(values: Array, index: int) -> Message:
    """Name what commonly makes just this term wrong."""
    reasons = (
        _waves,
        _ends,
        _late,
        _type_ends,
        _scaled,
        _logged,
        _shifted,
        _only_off,
        _ruled,
        _repeated,
        _remaining,
        _cut_off,
    )
    told = (reason(values, index) for reason in reasons)
    default = say("Check the first terms and the range of the loop.")
    return next((message for message in told if message is not None), default)


def _waves(values: Array, _index: int) -> Message | None:
    whole = np.array_equal(values, np.round(values))
    told = values.size >= RULED and np.all(np.isfinite(values)) and not whole
    if told and np.ptp(values) and follows_recurrence(values):
        return say("These are the values of a sine: look at the branches for the types.")
    return None


def _ends(values: Array, index: int) -> Message | None:
    if index > 1 and not values[index:].any():
        return say("From there on all terms are 0: see what the loop stores, and where.")
    return None


def _late(values: Array, _index: int) -> Message | None:
    """Terms that are right, behind a few others."""
    for late in (1, 2):
        rest = values[late:]
        if rest.size > RULED and any(first_wrong(rest, sums(rest, s)) is None for s in STARTS):
            return say(
                "From term {late} on it is the right sequence, {late} too late: at which index does the first term stand?",
                late=late,
            )
    return None


def _repeated(values: Array, index: int) -> Message | None:
    if index > 1 and np.array_equal(values[index:], values[index - 1 : -1]):
        return say("Every term from there on is the one before it: what is added to it is 0.")
    return None


def _logged(values: Array, index: int) -> Message | None:
    if index > 1 or values.size < RULED:
        return None
    for name, undone in (("log(1 + F)", np.expm1), ("log(F)", np.exp)):
        with np.errstate(over="ignore", invalid="ignore"):
            back = undone(values[:RULED])
        if np.all(np.isfinite(back)) and np.allclose(back[2:], back[1:-1] + back[:-2]):
            return say(
                "These are their logarithms, {name}: return the true values; take logarithms where you train.",
                name=name,
            )
    return None


def _shifted(values: Array, index: int) -> Message | None:
    """A scale and an offset: the differences are sums of the two before, the terms are not."""
    few = values[:RULED]
    steps = np.diff(few)
    if index > 1 or few.size < RULED or not np.all(np.isfinite(few)):
        return None
    if np.array_equal(few, few.round()):
        return None
    summed = np.allclose(steps[2:], steps[1:-1] + steps[:-2], rtol=WHOLE, atol=1e-12)
    moves = bool(steps.any())  # a constant fulfils it too
    return say("Return the true values; scale them where you train.") if summed and moves else None


def _scaled(values: Array, index: int) -> Message | None:
    if index < 2 and np.abs(values).max() <= 2.0:  # noqa: PLR2004  # scaled to a small range
        return say("Return the true values; scale them where you train.")
    return None


def _ruled(values: Array, _index: int) -> Message | None:
    rule, first = _rule(values)
    if not rule:
        return None
    return say(
        "Every term from {first} on is {rule}; a(n-1) + a(n-2) is asked for.",
        first=first,
        rule=rule,
    )


def _remaining(values: Array, index: int) -> Message | None:
    number = _modulus(values, index)
    if not number:
        return None
    if number not in ROUND:  # another could tell a hidden length
        return say("From there on it is what division of the sum by a fixed number leaves.")
    return say("From there on it is what division of the sum by {n} leaves.", n=number)


def _cut_off(values: Array, index: int) -> Message | None:
    if index > 2 and _is_nearly(values, index):  # noqa: PLR2004  # of the two before it
        with np.errstate(over="ignore"):
            is_single = np.array_equal(values.astype(np.float32), values)
        if is_single:
            return say("Its digits are cut off: use float64 (or Python ints) for every term.")
        return say(
            "It is nearly right, so digits are lost: in float32, or in a formula with rounded constants. Add the terms in float64 (or as Python ints)."
        )
    return None


def _type_ends(values: Array, index: int) -> Message | None:
    """Name the type of numbers that holds no larger ones than those before this term."""
    with np.errstate(invalid="ignore", over="ignore"):
        wrapped = values[index - 2 : index].sum() - values[index]
    if 90 <= index <= 94 and np.isclose(wrapped, 2.0**64):  # noqa: PLR2004  # for all starts
        return say("Integers of 64 bits end there: add the terms as Python ints or as floats.")
    if 45 <= index <= 48 and wrapped == 2.0**32:  # noqa: PLR2004  # as above
        return say("Integers of 32 bits end there: add the terms as Python ints or as floats.")
    if 184 <= index <= 188 and not np.isfinite(values[index]):  # noqa: PLR2004  # around 3.4e38
        return say("float32 ends there: use float64.")
    return None


def _is_nearly(values: Array, index: int) -> bool:
    """Whether a term is off by no more than what single precision leaves."""
    off = abs(values[index] - values[index - 1] - values[index - 2])
    return bool(off <= SINGLE * abs(values[index]))


def _rule(values: Array) -> tuple[str, int]:
    """What each term from some index on is of those before it, where that is simple and not the sum.

    ("", 0) where it is nothing simple.
    """
    few = values[:RULED]
    if few.size < RULED or not np.all(np.isfinite(few)):
        return "", 0
    for before in (2, 3):
        parts = np.column_stack([few[before - n : -n] for n in range(1, before + 1)])
        parts = np.column_stack([parts, np.ones(len(parts))])
        right = [1, 1] + [0] * (before - 1)
        numbers = [round(float(n)) for n in np.linalg.lstsq(parts, few[before:], rcond=None)[0]]
        if np.all(np.abs(parts @ numbers - few[before:]) <= WHOLE) and numbers != right:
            return _formula(numbers), before
    return "", 0


def _formula(numbers: list[int]) -> str:
    """So many times each term before, the nearest first, and a constant."""
    names = [*(f"a(n-{n})" for n in range(1, len(numbers))), ""]
    terms = [
        f"{'-' if number < 0 else '+'} {_times(abs(number), name)}"
        for number, name in zip(numbers, names, strict=True)
        if number
    ]
    return " ".join(terms).removeprefix("+ ") or "0"


def _times(number: int, name: str) -> str:
    return name if name and number == 1 else f"{number} * {name}" if name else str(number)


def _only_off(values: Array, index: int) -> Message | None:
    """Where every other term is the sum of the two before it: the start, or one term."""
    if values.size < RULED or not np.all(np.isfinite(values)):
        return None
    off = np.flatnonzero(~np.isclose(values[2:], values[:-2] + values[1:-1])) + 2
    if not off.size and index < 2:  # noqa: PLR2004  # of the start
        start = [float(term) for term in values[:2]]
        if not all(term in range(10) for term in start):  # others could tell a hidden length
            return say("Each term is the sum of the two before it, but the start is wrong.")
        return say(
            "Each term is the sum of the two before it, but the start is wrong: {a}, {b}.",
            a=f"{start[0]:g}",
            b=f"{start[1]:g}",
        )
    if off.tolist() == [index]:
        return say("It alone is off; every later term is the sum of the two before it.")
    return None


def _modulus(values: Array, index: int) -> int:
    """By what sums are divided from this term on, where a remainder is left of them; else 0."""
    if index < 2 or values.size < index + REMAINING or not np.all(np.isfinite(values)):  # noqa: PLR2004  # the two before it
        return 0
    sums = values[:-2] + values[1:-1]
    number = float(sums[index - 2] - values[index])
    if not 1 < number < EXACT or number != round(number):
        return 0
    return int(number) if np.array_equal(values[2:], np.mod(sums, number)) else 0
