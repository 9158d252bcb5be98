"""What scalers take from a part of a series: a scale and an offset."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from grader.checks.experiment.evaluations import Line
from grader.protocol import Array

EXACT = 1e-7  # of the scale; the fit of scale and offset is good to 1e-12
NEARLY = 1e-4  # of the scale; running sums are worse than a part's own numbers, never by so much
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


@dataclass(frozen=True, slots=True)
class Scaling:
    """A way of scaling windows of so many steps: what it takes from a part of the series."""

    scaler: str
    view: int
    steps: int

    def numbers(self, part: Line) -> Numbers:
        values = VIEWS[self.view](part, self.steps)
        return SCALERS[self.scaler](values) if values.size > 1 else NOTHING

    def any_matches(self, parts: Iterable[Line], numbers: Numbers) -> bool:
        return any(matches(self.numbers(part), numbers) for part in parts)


def scalings(steps: int, *, of_means: bool) -> Iterator[Scaling]:
    """List the ways of scaling windows of so many steps; those that take means alone on request."""
    for scaler in SCALERS:
        means = scaler.startswith("mean")
        if means or not of_means:
            yield from (Scaling(scaler, view, steps) for view in range(len(VIEWS) if means else 1))


class FirstParts:
    """All parts from the start of a series, asked at once for their numbers.

    A series of thousands of values has as many, and each would be summed anew: running sums say
    which come near, and only these are asked themselves.
    """

    def __init__(self, series: Line) -> None:
        self._series = series
        self._near: dict[Scaling, tuple[Array, Array]] = {}

    def any_matches(self, way: Scaling, numbers: Numbers, splits: range) -> bool:
        """Whether a part that ends at one of these splits has the numbers."""
        if way not in self._near:
            self._near[way] = self._running(way)
        scales, offsets = (each[splits.start : splits.stop] for each in self._near[way])
        limit = NEARLY * abs(numbers[0])
        with np.errstate(invalid="ignore"):
            near = (np.abs(scales - numbers[0]) <= limit) & (np.abs(offsets - numbers[1]) <= limit)
        found = (self._series[: splits.start + one] for one in np.flatnonzero(near))
        return way.any_matches(found, numbers)

    def _running(self, way: Scaling) -> tuple[Array, Array]:
        """Scales and offsets of the first parts, by their size; NaN where a part has none."""
        if way.scaler.startswith("mean"):
            return self._means(way)
        low, high = self._ends
        match way.scaler:
            case "minimum and maximum, 0 to 1":
                return high - low, low
            case "minimum and maximum, -1 to 1":
                return (high - low) / 2, (high + low) / 2
            case _:
                return np.maximum(np.abs(low), np.abs(high)), np.zeros(low.size)

    @cached_property
    def _ends(self) -> tuple[Array, Array]:
        none = [np.nan, np.nan]  # a part of one value has no range
        low, high = (each.accumulate(self._series) for each in (np.minimum, np.maximum))
        return np.concatenate([none, low[1:]]), np.concatenate([none, high[1:]])

    def _means(self, way: Scaling) -> tuple[Array, Array]:
        window, behind = ((1, 0), (way.steps, 1), (way.steps + 1, 0))[way.view]
        centre = float(self._series.mean())
        values = self._series - centre
        total, squares = (_sums_of_windows(each, window) for each in (values, values**2))
        count = window * np.arange(1.0, total.size + 1)
        free = count - (1 if way.scaler == "mean and sample deviation" else 0)
        mean = total / count
        with np.errstate(all="ignore"):
            deviation = np.sqrt(np.maximum(squares - total * mean, 0.0) / free)
        none = np.full(window + behind, np.nan)  # parts too short for a window
        size = self._series.size + 1
        return (
            np.concatenate([none, deviation])[:size],
            np.concatenate([none, mean + centre])[:size],
        )


def matches(known: Numbers, numbers: Numbers) -> bool:
    """Whether both are the same scale and offset; never where one is NaN."""
    limit = EXACT * abs(numbers[0])
    return abs(known[0] - numbers[0]) <= limit and abs(known[1] - numbers[1]) <= limit


def _windows(part: Line, steps: int) -> Line:
    """All windows one behind the other; nothing where there are none, or too many values."""
    if not steps <= part.size <= MOST_VALUES / steps:
        return part[:0]
    return np.lib.stride_tricks.sliding_window_view(part, steps).ravel()


def _sums_of_windows(values: Line, window: int) -> Line:
    """What the first window holds, the first two together, and so on."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    return np.cumsum(sums[window:] - sums[:-window])
