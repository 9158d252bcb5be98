"""Where the windows of an evaluation lie: in a series that was observed, and between those of training.

In the series whatever scaled them, with one scale and one offset for all of them. Windows that
follow one another are a line, which `evaluations.locate_all` finds; here they may come in any
order, and may be some of all.

The worker knows every window that was trained on. Where those one step earlier and one step later
than a held-out window are among them, all of its values and the one that it is to foretell were
trained on. In a series that was split in time this is so of no window, however they are drawn from
the held-out part; in one that repeats itself it proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.assignment import load
from grader.checks.experiment.evaluations import (
    Evaluation,
    Found,
    Line,
    evaluations,
    following,
    last_of_each,
    located,
    longest_run,
)
from grader.checks.experiment.reading_off import of_strewn
from grader.checks.experiment.repetition import may_come_again
from grader.protocol import Array, Observation

FINE = 1e-6  # of the range of a series: two values closer than this are one
MOSTLY = 0.9  # of the windows: a last digit may fall on either side of a step of `FINE`
MOST_VALUES = 4_000  # of a series that is looked through window by window
TRIED = 3  # windows that a map is tried on first
FEWEST = 8  # windows
LARGEST, SMALLEST = 1e100, 1e-100  # range of a series and scale of a map: squares stay finite
SLIP = 3  # windows that are no slip
MOST_MISSING = 0.1  # of the windows: those whose neighbour is neither trained on nor held out
MOST_PARTS = 40  # of one evaluation that are tried
LONG = 0.125  # of the windows: that many in a row are a part of the series of their own


@dataclass(frozen=True, slots=True)
class Placed:
    """Windows of inputs that are windows of the series: inputs = scale * series + offset."""

    scale: float
    offset: float
    starts: NDArray[np.int64]  # of those that were found


def forms(seen: Observation) -> Iterator[Line]:
    """List the observed series as they are and as students transform them first."""
    for series in seen.series:
        yield series
        with np.errstate(all="ignore"):
            for form in (np.log(series), np.log1p(series), np.diff(series)):
                if np.all(np.isfinite(form)):
                    yield form


def placed(one: Evaluation, series: Line) -> Placed | None:
    """The one map that makes nearly all windows (T, B) of one feature windows of the series."""
    windows = one.inputs[:, :, 0]
    T, B = windows.shape
    if T < 2 or B < FEWEST or not T < series.size <= MOST_VALUES:  # noqa: PLR2004  # two values give a map
        return None
    if not 0.0 < np.ptp(series) <= LARGEST:
        return None
    lookup = _Lookup(series, T)
    widest = windows[:, int(np.argmax(np.ptp(windows, axis=0)))]
    some = windows[:, np.linspace(0, B - 1, TRIED).astype(int)]
    for found in located(widest, series):
        if found.scale > SMALLEST and np.all(lookup.starts(_back(some, found)) >= 0):
            starts = lookup.starts(_back(windows, found))
            if np.mean(starts >= 0) >= MOSTLY:
                return _refined(windows, series, starts)
    return None


def lies_between(seen: Observation, one: Evaluation) -> bool:
    """Whether many windows, trained on neither, have both neighbours among those that were.

    Not by chance: in a series that repeats itself they would mostly have been trained on themselves.
    """
    new = _new(one)
    between = _between(new)
    share = load().learning["q5_3"]["between_trained"]
    if not (between.sum() >= SLIP and between.mean() >= share):
        return False
    return not may_come_again(new, (line for line in forms(seen) if placed(new, line) is not None))


def is_whole_split(seen: Observation, size: int) -> bool:
    """Whether all that was held out, whatever it was used for, was drawn from between.

    So that training and held-out windows together are the series, and nowhere was a stretch of it
    kept. Windows drawn from the training part to choose a model by leave the held-out part, or
    gaps in it where only some of it is evaluated.

    size: how many windows those of one length are that count.
    """
    groups = [one for one in map(_new, last_of_each(seen)) if one.width]
    return any(one.width == size for one in groups) and all(
        _is_whole(one) and lies_between(seen, one) for one in groups
    )


def with_targets(seen: Observation, true: Line) -> Evaluation | None:
    """The windows that are followed by the targets (N,), in their order, as evaluated the last time.

    They tell what predictions were made from that are no network's outputs alone, as the mean of several's.
    """
    parts = (part for one in reversed(evaluations(seen)) for part in _of_size(one, true.size))
    fitting = (one for one in parts if one.steps > 1 and of_strewn(one, true) is not None)
    return min(fitting, key=lambda one: float(one.before.mean()), default=None)


def _of_size(one: Evaluation, size: int) -> Iterator[Evaluation]:
    """One behind the other, from the last: as several networks' side by side."""
    for end in range(one.width, max(size, one.width - MOST_PARTS * size) - 1, -size):
        yield one.columns(slice(end - size, end))


def _is_whole(one: Evaluation) -> bool:
    """Whether nearly every neighbour is trained on or held out, and few in a row are held out."""
    missing = (following(one) < 0) & ~one.later
    apart = one.columns(np.flatnonzero(~_between(one)).tolist())
    return bool(
        missing.mean() <= MOST_MISSING and longest_run(apart) < max(FEWEST, LONG * one.width)
    )


def _new(one: Evaluation) -> Evaluation:
    """The windows that were not trained on before."""
    return one.columns(np.flatnonzero(~one.before).tolist())


def _between(one: Evaluation) -> NDArray[np.bool_]:
    return one.earlier & one.later


class _Lookup:
    """All windows of a series by their values."""

    def __init__(self, series: Line, T: int) -> None:
        self.step, self.T = FINE * float(np.ptp(series)), T
        rows = np.lib.stride_tricks.sliding_window_view(series, T)
        self.known = {row: start for start, row in enumerate(self._keys(rows.T))}

    def starts(self, windows: Array) -> NDArray[np.int64]:
        """Where each column of windows (T, B) begins, -1 where it is none of the series'."""
        return np.array([self.known.get(key, -1) for key in self._keys(windows)], np.int64)

    def _keys(self, windows: Array) -> list[bytes]:
        return [column.tobytes() for column in np.rint(windows.T / self.step)]


def _back(windows: Array, found: Found) -> Array:
    return (windows - found.offset) / found.scale


def _refined(windows: Array, series: Line, starts: NDArray[np.int64]) -> Placed:
    """The map by least squares over all windows that were found."""
    there = starts >= 0
    values = np.lib.stride_tricks.sliding_window_view(series, len(windows))[starts[there]].T.ravel()
    scale, offset = np.polyfit(values, windows[:, there].ravel(), 1)
    return Placed(float(scale), float(offset), starts[there])
