"""Where the windows of an evaluation lie in a series that was observed, whatever scaled them.

One scale and one offset for all of them. Windows that follow one another are a line, which
`evaluations.locate_all` finds; here they may come in any order, and may be some of all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.checks.experiment.evaluations import Evaluation, Found, Line, located
from grader.protocol import Array, Observation

FINE = 1e-6  # of the range of a series: two values closer than this are one
MOSTLY = 0.9  # of the windows: a last digit may fall on either side of a step of `FINE`
MOST_VALUES = 4_000  # of a series that is looked through window by window
TRIED = 3  # windows that a map is tried on first
FEWEST = 8  # windows
LARGEST, SMALLEST = 1e100, 1e-100  # range of a series and scale of a map: squares stay finite


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
