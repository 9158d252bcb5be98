"""Find out what the scaler was fitted on, where that was no training part.

The network's held-out inputs are the series up to a scale and an offset. Where these are exactly
the whole series' own mean and deviation (or minimum and range, or largest size), and no first
part of the series has the same, the scaler has seen what it should not; so it has where they are
those of the held-out part alone. A range of exactly 0 to 1 or -1 to 1 whose two ends only the
held-out inputs reach says the same. Where the series was not observed, or nothing matches exactly,
nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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
from grader.checks.experiment.reconstruction import MANY, Rebuilt
from grader.checks.experiment.scalers import EXACT, FirstParts, Numbers, Scaling, matches, scalings
from grader.protocol import Array, Observation

SMALLEST = 1e-300  # a scale whose inverse is finite
RANGES = ((0.0, 1.0), (-1.0, 1.0))
DISTINCT = 0.25  # of their values: overlapping windows of one line have a share of 1/T
TOGETHER = 0.9  # share of windows with a successor in a part of a series cut in order
MOST_PLACES = 8  # of a series that repeats itself, where a held-out part is asked for its numbers


class Part(IntEnum):
    """What a scaler was fitted on, the surer first."""

    WHOLE = 1
    HELD_OUT = 2


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
    held_out = _held_out(seen)
    told = (
        part
        for series in forms(seen)
        if series.size >= MANY  # one value has no deviation, and in a few anything matches
        for first_parts in [FirstParts(series)]
        for one in held_out
        for part in _asked(one, series, first_parts).given_away()
    )
    return min(told, default=None)


def fitted_on_rebuilt(seen: Observation, one: Evaluation, found: Iterable[Rebuilt]) -> Part | None:
    """Whether a scaler was certainly fitted on the whole of a series as the windows tell it.

    Where the series was observed, nothing is said: `fitted_on` knows better.
    """
    if any(_stretches(one, series) for series in forms(seen)):
        return None
    told = (
        _asked(one, each.line, FirstParts(each.line), of_means=not each.has_ends).given_away()
        for each in found
        if each.line.size >= MANY
    )
    return Part.WHOLE if any(Part.WHOLE in parts for parts in told) else None


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


@dataclass(frozen=True, slots=True)
class _Asked:
    """A series, where held-out inputs lie in it, and the ways in which they may be scaled."""

    series: Line
    places: Sequence[_Stretch]
    first_parts: FirstParts
    scalings: Sequence[Scaling]

    def given_away(self) -> Iterator[Part]:
        """What asks for the numbers that held-out inputs are scaled by, where no part to train on does."""
        everywhere = range(2, self.series.size + 1)
        foreign = [
            place
            for place in self.places[-MOST_PLACES:]
            if not place.strewn and not self._has_first_part(everywhere, place.numbers)
        ]
        for way in self.scalings:
            if self._is_of_whole(way):
                yield Part.WHOLE
            elif any(self._is_of_held_out(place, way) for place in foreign):
                yield Part.HELD_OUT

    def _is_of_whole(self, way: Scaling) -> bool:
        whole = way.numbers(self.series)
        # Where a series that repeats itself holds them in several places: up to the last of these.
        last = max(
            (one.last_split for one in self.places if matches(whole, one.numbers)), default=0
        )
        splits = range(max(self.series.size // 2, 2), last + 1)  # one value has no deviation
        return bool(splits) and not self._has_first_part(splits, whole)

    def _is_of_held_out(self, place: _Stretch, way: Scaling) -> bool:
        """Whether the held-out part, with its targets or without, has these numbers."""
        a, b, steps = place.start, place.end, way.steps
        parts = (
            self.series[start:end]
            for start in sorted({a, a + 1, a + steps - 1, a + steps})
            for end in sorted({b, b + 1, self.series.size})
            if start > 0 and end - start >= MANY
        )
        return way.any_matches(parts, place.numbers)

    def _has_first_part(self, splits: range, numbers: Numbers) -> bool:
        """Whether a part to train on asks for these numbers, scaled in any of the ways.

        In whole periods of a wave most parts have the same mean and deviation.
        """
        return any(self.first_parts.any_matches(way, numbers, splits) for way in self.scalings)


def _asked(
    one: Evaluation, series: Line, first_parts: FirstParts, *, of_means: bool = False
) -> _Asked:
    places = _stretches(one, series)
    # Windows from everywhere, the training ones among them, may hold both ends of the range.
    strewn = bool(places) and places[0].strewn
    chosen = list(scalings(places[0].steps, of_means=of_means or strewn)) if places else []
    return _Asked(series, places, first_parts, chosen)


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


def _held_out(seen: Observation) -> list[Evaluation]:
    """Evaluations of held-out windows, also where they came with windows that were trained on."""
    return [one for one in (*evaluations(seen), *by_length(seen).values()) if _is_held_out(one)]


def _is_held_out(one: Evaluation) -> bool:
    """Whether these are values of one series, none of them trained on."""
    return one.inputs.shape[2] == 1 and not one.trained.any()
