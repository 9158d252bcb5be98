"""Find out whether the scaler was fitted on the whole series, held-out part and all.

The network's held-out inputs are the series up to a scale and an offset. Where these are exactly
the whole series' own mean and deviation (or minimum and range, or largest size), and no first
part of the series has the same, the scaler has seen what it should not. A range of exactly 0 to 1
or -1 to 1 whose two ends only the held-out inputs reach says the same. Where the series was not
observed, or nothing matches exactly, nothing is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from grader.checks.experiment.evaluations import (
    Evaluation,
    Line,
    by_length,
    evaluations,
    locate_all,
    successors,
)
from grader.protocol import Array, Observation

EXACT = 1e-7  # of the scale; the fit of scale and offset is good to 1e-12
RANGES = ((0.0, 1.0), (-1.0, 1.0))
MANY = 20  # windows, too many for chance
DISTINCT = 0.25  # of their values: overlapping windows of one line have a share of 1/T
TOGETHER = 0.9  # share of windows with a successor in a part of a series cut in order

# (scale, offset) such that series = scale * inputs + offset, for each way of scaling.
SCALERS: Mapping[str, Callable[[Line], tuple[float, float]]] = {
    "mean and standard deviation": lambda s: (float(s.std()), float(s.mean())),
    "mean and sample deviation": lambda s: (float(s.std(ddof=1)), float(s.mean())),
    "minimum and maximum, 0 to 1": lambda s: (float(np.ptp(s)), float(s.min())),
    "minimum and maximum, -1 to 1": lambda s: (float(np.ptp(s)) / 2, float(s.min() + s.max()) / 2),
    "largest size": lambda s: (float(np.abs(s).max()), 0.0),
}


def fitted_on_all(seen: Observation) -> bool:
    """Whether the scaler was certainly fitted on the whole series."""
    if _reaches_both_ends(seen):
        return True
    for line, steps in _held_out_inputs(seen):
        if any(_gives_away(series, line, steps) for series in _forms(seen)):
            return True
    return False


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


def _gives_away(series: Line, line: Line, steps: int) -> bool:
    """Whether held-out inputs are scaled as the whole series asks, and no part to train on does."""
    if series.size < MANY:  # one value has no deviation, and in a few anything matches
        return False
    # locate_all says inputs = k * series + c; turned round: series = inputs / k - c / k.
    places = [
        (found.start, 1.0 / found.scale, -found.offset / found.scale)
        for found in locate_all(line, series)
        if found.scale != 0.0
    ]
    if not places:
        return False
    for scaler in SCALERS.values():
        whole = scaler(series)
        starts = [start for start, *scale in places if _matches(whole, *scale)]
        # Where a series that repeats itself holds them in several places: up to the last of these.
        last = min(max(starts, default=-series.size) + steps, series.size - 1)
        splits = range(max(series.size // 2, 2), last + 1)  # one value has no deviation
        if splits and not any(_matches(scaler(series[:split]), *whole) for split in splits):
            return True
    return False


def _matches(known: tuple[float, float], scale: float, offset: float) -> bool:
    limit = EXACT * abs(scale)
    return abs(known[0] - scale) <= limit and abs(known[1] - offset) <= limit


def _held_out_inputs(seen: Observation) -> Iterator[tuple[Line, int]]:
    """Find inputs of evaluations in order, never trained on; and the length of a window."""
    for one in _held_out(seen):
        if one.steps == 1 or successors(one) >= TOGETHER:
            yield one.inputs[0, :, 0], one.steps
        elif one.width == 1:
            yield one.inputs[:, 0, 0], one.steps


def _held_out(seen: Observation) -> list[Evaluation]:
    """Evaluations of held-out windows, also where they came with windows that were trained on."""
    return [one for one in (*evaluations(seen), *by_length(seen).values()) if _is_held_out(one)]


def _is_held_out(one: Evaluation) -> bool:
    """Whether these are values of one series, none of them trained on."""
    return one.inputs.shape[2] == 1 and not one.trained.any()


def _forms(seen: Observation) -> Iterator[Line]:
    """List the observed series as they are and as students transform them first."""
    for series in seen.series:
        yield series
        with np.errstate(all="ignore"):
            for form in (np.log(series), np.log1p(series), np.diff(series)):
                if np.all(np.isfinite(form)):
                    yield form
