"""A series that was not observed, out of the windows that it was shown.

Windows one step apart are a line. That of the training part and that of the held-out part are the
series but for single values that were targets only: the one between both, and the last one. The last
is among the returned targets. For the one between there is at most one number that gives a whole
series the mean 0 and the deviation 1; where a scaler was fitted on less, it does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.checks.experiment.evaluations import Evaluation, Line, one_step_later, runs
from grader.checks.experiment.reading_off import Units
from grader.checks.experiment.repetition import DIGITS, is_coarse
from grader.protocol import Array, Observation

EXACT = 1e-9  # of the sum of squares: what sums lose
MOST = 20_000  # windows of one length
MANY = 20  # windows, too many for chance
KNOWN = 0.1  # of the values: more that training has seen too are a series that repeats itself


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A series; whether no value is missing that may be its smallest or largest."""

    line: Line
    has_ends: bool


def rebuilt(seen: Observation, used: Evaluation, true: Line, units: Units) -> Iterator[Rebuilt]:
    """What the whole series may be, in the units of the targets.

    used: held-out windows (T, N, 1), followed by the targets `true` (N,), which are so many `units`.
    """
    for one in _rebuilt(seen, used, units.back(true)):
        line = one.line
        if np.all(np.isfinite(line)) and np.unique(line.round(DIGITS)).size > line.size / 2:
            yield Rebuilt(units.of(line), one.has_ends)


def is_standardised(seen: Observation, used: Evaluation, targets: Line) -> bool:
    """Whether the held-out part by itself has the mean 0 and the deviation 1, to the last digits.

    used, targets: as for `rebuilt`, in the network's units. Numbers of other values give it these by
    no chance; but in whole periods of a wave the training part has the same. Where training windows
    are no one line, several series may each be scaled on its own.
    """
    held_out = used.inputs[:, :, 0]
    order = _in_time(held_out)
    known = [one for one in seen.trained_windows if len(one) == used.steps]
    if order is None or used.width < MANY or not known or _in_time(known[0]) is None:
        return False
    line = np.append(_as_line(held_out, order), targets[order[-1]])
    if is_coarse(line) or np.isin(line.round(DIGITS), known[0].round(DIGITS)).mean() > KNOWN:
        return False
    squares, size = float(line @ line), line.size
    return abs(float(line.sum())) <= EXACT * size and any(
        abs(squares - count) <= EXACT * size for count in (size, size - 1)
    )


def _rebuilt(seen: Observation, used: Evaluation, targets: Line) -> Iterator[Rebuilt]:
    held_out = used.inputs[:, :, 0]
    for trained in sorted(seen.trained_windows, key=lambda one: len(one) != used.steps):
        if len(trained) == used.steps:
            both = np.concatenate([held_out, trained], axis=1)
            if (order := _in_time(both)) is not None:
                whole, last = _as_line(both, order), int(order[-1])
                yield from _ended(whole, targets[last] if last < held_out.shape[1] else None)
                return
        first, then = _in_time(trained), _in_time(held_out)
        if first is not None and then is not None:
            end = targets[-1] if used.width == 1 else targets[then[-1]]
            yield from _joined(_as_line(trained, first), np.append(_as_line(held_out, then), end))


def _ended(line: Line, end: float | None) -> Iterator[Rebuilt]:
    """A line and its last value, or what that may be."""
    if end is not None:
        yield Rebuilt(np.append(line, end), has_ends=True)
        return
    for value in _standardising(line):
        yield Rebuilt(np.append(line, value), has_ends=False)


def _joined(first: Line, then: Line) -> Iterator[Rebuilt]:
    """Two lines, with no value between them or one.

    Of distinct values with many digits no other than the largest is as large: whatever is between
    is not, or the largest is known to be too small.
    """
    known = np.concatenate([first, then])
    largest, smallest = (
        np.count_nonzero(np.abs(known - end) <= EXACT) for end in (known.max(), known.min())
    )
    yield Rebuilt(known, has_ends=bool(largest == smallest == 1 and not is_coarse(known)))
    for value in _standardising(known):
        yield Rebuilt(np.concatenate([first, [value], then]), has_ends=False)


def _standardising(known: Line) -> Iterator[float]:
    """The one more value with which all have the mean 0 and the deviation 1, if there is any."""
    value, squares, size = -float(known.sum()), float(known @ known), known.size + 1
    for count in (size, size - 1):  # the deviation of a population, or of a sample
        if abs(squares + value**2 - count) <= EXACT * count and np.abs(known).max() >= abs(value):
            yield value


def _in_time(windows: Array) -> NDArray[np.int64] | None:
    """The order in which each window (T, N) is followed by the one a step later; None if they are no one line."""
    T, count = windows.shape
    if count == 1:
        return np.zeros(1, np.int64)
    if T < 2 or count > MOST:  # noqa: PLR2004  # nothing overlaps
        return None
    found = list(runs(one_step_later(windows)))
    return np.array(found[0], np.int64) if len(found) == 1 and len(found[0]) == count else None


def _as_line(windows: Array, order: NDArray[np.int64]) -> Line:
    return np.concatenate([windows[:, order[0]], windows[-1, order[1:]]])
