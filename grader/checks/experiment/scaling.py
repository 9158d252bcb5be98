"""Find out what the scaler was fitted on, where that was no training part.

The network's held-out inputs are the series up to a scale and an offset. Where these are exactly
the whole series' own mean and deviation (or minimum and range, or largest size), and no first
part of the series has the same, the scaler has seen what it should not; so it has where they are
those of the held-out part alone. A range of exactly 0 to 1 or -1 to 1 whose two ends only the
held-out inputs reach says the same. Where the series was not observed, or nothing matches exactly,
nothing is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from grader.checks.experiment.evaluations import (
    Evaluation,
    Line,
    by_length,
    evaluations,
    locate_all,
    successors,
)
from grader.checks.experiment.placing import forms, placed
from grader.protocol import Array, Observation

EXACT = 1e-7  # of the scale; the fit of scale and offset is good to 1e-12
SMALLEST = 1e-300  # a scale whose inverse is finite
RANGES = ((0.0, 1.0), (-1.0, 1.0))
MANY = 20  # windows, too many for chance
DISTINCT = 0.25  # of their values: overlapping windows of one line have a share of 1/T
TOGETHER = 0.9  # share of windows with a successor in a part of a series cut in order
MOST_PLACES = 8  # of a series that repeats itself, where a held-out part is asked for its numbers
MOST_VALUES = 200_000  # of all windows together

Numbers = tuple[float, float]  # (scale, offset) such that series = scale * inputs + offset
NOTHING = (float("nan"), float("nan"))

SCALERS: Mapping[str, Callable[[Line], Numbers]] = {
    "mean and standard deviation": lambda s: (float(s.std()), float(s.mean())),
    "mean and sample deviation": lambda s: (float(s.std(ddof=1)), float(s.mean())),
    "minimum and maximum, 0 to 1": lambda s: (float(np.ptp(s)), float(s.min())),
    "minimum and maximum, -1 to 1": lambda s: (float(np.ptp(s)) / 2, float(s.min() + s.max()) / 2),
    "largest size": lambda s: (float(np.abs(s).max()), 0.0),
}
# What a mean may be taken over: a part, or all its windows of so many steps, with or without the
# value after each, in which the values at both ends count less.
VIEWS: Sequence[Callable[[Line, int], Line]] = (
    lambda part, _: part,
    lambda part, steps: _windows(part[:-1], steps),
    lambda part, steps: _windows(part, steps + 1),
)


class Part(IntEnum):
    """What a scaler was fitted on, the surer first."""

    WHOLE = 1
    HELD_OUT = 2


@dataclass(frozen=True, slots=True)
class _Way:
    """A way of scaling windows of so many steps: what it takes from a part of the series."""

    scaler: str
    view: int
    steps: int

    def numbers(self, part: Line) -> Numbers:
        values = VIEWS[self.view](part, self.steps)
        return SCALERS[self.scaler](values) if values.size > 1 else NOTHING

    def any_matches(self, parts: Iterable[Line], numbers: Numbers) -> bool:
        return any(_matches(self.numbers(part), numbers) for part in parts)


def _ways(steps: int, *, of_means: bool) -> Iterator[_Way]:
    for scaler in SCALERS:
        means = scaler.startswith("mean")
        if means or not of_means:
            yield from (_Way(scaler, view, steps) for view in range(len(VIEWS) if means else 1))


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A place in a series where held-out inputs lie: series = scale * inputs + offset."""

    start: int  # of the first window
    end: int  # behind the last one
    last_split: int  # the largest part from the start that may have been trained on
    steps: int
    numbers: Numbers
    strewn: bool = False  # windows from anywhere, which are no stretch


def fitted_on(seen: Observation) -> Part | None:
    """What a scaler was certainly fitted on, where that is no training part."""
    if _reaches_both_ends(seen):
        return Part.WHOLE
    told = (
        part
        for one in _held_out(seen)
        for series in forms(seen)
        if series.size >= MANY  # one value has no deviation, and in a few anything matches
        for part in _given_away(series, _stretches(one, series))
    )
    return min(told, default=None)


def by_window_and_target(seen: Observation) -> bool:
    """Whether every window was scaled to a range that its target helped to make.

    A window scaled on its own reaches both ends, one scaled with all others seldom any. With its
    target it reaches one at least, and where it misses the other the target lies there.
    """
    return any(
        _misses_an_end(one.inputs[:, :, 0], *ends)
        for one in evaluations(seen)
        if _is_held_out(one) and _scaled_apart(one.inputs)
        for ends in RANGES
    )


def _scaled_apart(windows: Array) -> bool:
    """Whether hardly a value comes twice, as it does in windows of one line that overlap.

    Nor in those of a series that repeats itself, of which a long window always reaches an end.
    """
    distinct = np.unique(windows.round(9)).size
    return windows.shape[1] >= MANY and distinct >= DISTINCT * windows.size


def _misses_an_end(windows: Line, start: float, end: float) -> bool:
    """Whether each column of windows (T, B) reaches an end of the range, and some only one."""
    lowest, highest = windows.min(axis=0), windows.max(axis=0)
    low, high = np.abs(lowest - start) <= EXACT, np.abs(highest - end) <= EXACT
    inside = lowest.min() >= start - EXACT and highest.max() <= end + EXACT
    return bool(inside and np.all(low | high) and np.any(low & ~high) and np.any(high & ~low))


def _reaches_both_ends(seen: Observation) -> bool:
    """Whether only held-out inputs reach both ends of a scaled range.

    One end proves nothing: it may be the target of the last window, which is no input.
    """
    held_out = [one.inputs for one in _held_out(seen)]
    if not held_out:
        return False
    low, high = seen.trained_span
    lowest, highest = min(map(np.min, held_out)), max(map(np.max, held_out))
    return any(
        abs(lowest - start) <= EXACT < low - start and abs(highest - end) <= EXACT < end - high
        for start, end in RANGES
    )


def _given_away(series: Line, places: Sequence[_Stretch]) -> Iterator[Part]:
    """What asks for the numbers that held-out inputs are scaled by, where no part to train on does."""
    if not places:
        return
    # Windows from everywhere, the training ones among them, may hold both ends of the range.
    ways = list(_ways(places[0].steps, of_means=places[0].strewn))
    for way in ways:
        if _is_of_whole(series, places, way, ways):
            yield Part.WHOLE
        elif any(_is_of_held_out(series, place, way, ways) for place in places[-MOST_PLACES:]):
            yield Part.HELD_OUT


def _is_of_whole(series: Line, places: Sequence[_Stretch], way: _Way, ways: Sequence[_Way]) -> bool:
    whole = way.numbers(series)
    # Where a series that repeats itself holds them in several places: up to the last of these.
    last = max((one.last_split for one in places if _matches(whole, one.numbers)), default=0)
    splits = range(max(series.size // 2, 2), last + 1)  # one value has no deviation
    return bool(splits) and not _has_first_part(series, splits, whole, ways)


def _has_first_part(
    series: Line, splits: Iterable[int], numbers: Numbers, ways: Iterable[_Way]
) -> bool:
    """Whether a part to train on asks for these numbers, scaled in any of the ways.

    In whole periods of a wave most parts have the same mean and deviation.
    """
    parts = [series[:split] for split in splits]
    return any(way.any_matches(parts, numbers) for way in ways)


def _is_of_held_out(series: Line, place: _Stretch, way: _Way, ways: Sequence[_Way]) -> bool:
    """Whether the held-out part, with its targets or without, has these numbers, and no first part."""
    if place.strewn:
        return False
    starts = {place.start, place.start + 1, place.start + way.steps - 1, place.start + way.steps}
    ends = {place.end, place.end + 1, series.size}
    parts = (series[a:b] for a in starts for b in ends if a > 0 and b - a >= MANY)
    return way.any_matches(parts, place.numbers) and not _has_first_part(
        series, range(2, series.size + 1), place.numbers, ways
    )


def _stretches(one: Evaluation, series: Line) -> list[_Stretch]:
    """Where the inputs may lie in the series: in several places, where it repeats itself."""
    if one.width > 1 and one.steps > 1 and successors(one) < TOGETHER:
        return _strewn(one, series)
    line = one.inputs[:, 0, 0] if one.width == 1 else one.inputs[0, :, 0]
    size = line.size if one.width == 1 else line.size + one.steps - 1
    return [
        _Stretch(
            start=found.start,
            end=found.start + size,
            last_split=min(found.start + one.steps, series.size - 1),
            steps=one.steps,
            # inputs = k * series + c; turned round: series = inputs / k - c / k
            numbers=(1.0 / found.scale, -found.offset / found.scale),
        )
        for found in locate_all(line, series)
        if abs(found.scale) > SMALLEST
    ]


def _strewn(one: Evaluation, series: Line) -> list[_Stretch]:
    """As `_stretches`, of windows from anywhere: together they have no start."""
    there = placed(one, series)
    if there is None:
        return []
    numbers = (1.0 / there.scale, -there.offset / there.scale)
    return [_Stretch(0, series.size, series.size - 1, one.steps, numbers, strewn=True)]


def _matches(known: Numbers, numbers: Numbers) -> bool:
    limit = EXACT * abs(numbers[0])
    return abs(known[0] - numbers[0]) <= limit and abs(known[1] - numbers[1]) <= limit


def _windows(part: Line, steps: int) -> Line:
    """All windows one behind the other; nothing where there are none, or too many values."""
    if not steps <= part.size <= MOST_VALUES / steps:
        return part[:0]
    return np.lib.stride_tricks.sliding_window_view(part, steps).ravel()


def _held_out(seen: Observation) -> list[Evaluation]:
    """Evaluations of held-out windows, also where they came with windows that were trained on."""
    return [one for one in (*evaluations(seen), *by_length(seen).values()) if _is_held_out(one)]


def _is_held_out(one: Evaluation) -> bool:
    """Whether these are values of one series, none of them trained on."""
    return one.inputs.shape[2] == 1 and not one.trained.any()
