"""Series that repeat themselves: there the same window on both sides of a split accuses nobody.

Bit by bit: a sine that is sampled once more after a whole period differs in its last digits, so a
held-out window of it that equals one trained on is that one.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from grader.checks.experiment.evaluations import FEWEST, Evaluation, Line
from grader.protocol import Array

DIGITS = 9  # of values near 1
WHOLE = 1e-3  # of a step: a whole number of steps
STRETCH = 20  # windows on end that are equal in every bit: by chance that is not


def comes_again(lines: Iterable[Line], seen: Iterable[Evaluation]) -> bool:
    """Whether every other value of a line, or window of an evaluation, was there before."""
    return any(np.unique(line).size <= line.size / 2 for line in lines) or any(
        one.width >= FEWEST and _distinct(one.inputs) <= one.width / 2 for one in seen
    )


def nearly_comes_again(lines: Iterable[Line], used: Evaluation) -> bool:
    """Whether it is so but for the last digits, where some windows are equal by chance.

    As in a sine with a whole period, or in logarithms of Fibonacci numbers, each window scaled on
    its own. By chance not all windows are, and those that are do not stand side by side.
    """
    if used.before.all() or _is_one_stretch(np.flatnonzero(used.before)):
        return False
    return any(np.unique(line.round(DIGITS)).size <= line.size / 2 for line in lines) or (
        _distinct(used.inputs.round(DIGITS)) < _distinct(used.inputs)
    )


def may_come_again(one: Evaluation, lines: Iterable[Line]) -> bool:
    """Whether windows of equal values may be others: in a series that repeats itself, or of few digits.

    lines: the series that they are from, as far as it is known.
    """
    ends = np.unique(one.inputs[-1].round(DIGITS), axis=0)
    return (
        len(ends) < one.width
        or is_coarse(one.inputs)
        or any(np.unique(line.round(DIGITS)).size <= line.size / 2 for line in lines)
    )


def is_coarse(values: Array) -> bool:
    """Whether all values are whole numbers of one step, as measurements of few digits are."""
    distinct = np.unique(values)
    if distinct.size < 2:  # noqa: PLR2004  # no step between them
        return True
    steps = (distinct - distinct[0]) / np.diff(distinct).min()
    return bool(np.all(np.abs(steps - np.rint(steps)) <= WHOLE))


def _is_one_stretch(places: Array) -> bool:
    """Whether many places follow one another without a gap, as where training went on into them."""
    return bool(places.size >= STRETCH and places[-1] - places[0] == places.size - 1)


def _distinct(windows: Array) -> int:
    """How many of the columns of (T, B, I) differ."""
    return len({windows[:, b].tobytes() for b in range(windows.shape[1])})
