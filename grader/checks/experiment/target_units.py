"""What the evaluated windows tell of the targets: their units, and how far ahead they lie."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grader.checks.experiment.evaluations import FEWEST, Evaluation, Line, following

EXACT = 1e-7  # of the range of the targets: a scaler and its inverse
MOST_AHEAD = 5


@dataclass(frozen=True, slots=True)
class Units:
    """What makes values in the units of the series of the network's own: scale * value + offset."""

    scale: float
    offset: float

    def agree(self, other: Units) -> bool:
        limit = EXACT * abs(self.scale)
        return abs(self.scale - other.scale) <= limit and abs(self.offset - other.offset) <= limit

    def of(self, values: Line) -> Line:
        return self.scale * values + self.offset

    def back(self, values: Line) -> Line:
        return (values - self.offset) / self.scale


PLAIN = Units(1.0, 0.0)


@dataclass(frozen=True, slots=True)
class Targets:
    """Targets that are inputs of later windows: in these units, so many steps after their own."""

    ahead: int
    units: Units


def read_targets(used: Evaluation, true: Line) -> Targets | None:
    """Find the targets (N,) among the last inputs of N windows; None where they are not there."""
    shown = used.shown
    if used.inputs.shape[2] != 1 or shown.size != true.size:
        return None
    for ahead in range(1, MOST_AHEAD + 1):
        units = _exact(shown[ahead:], true[:-ahead])
        if units is not None:
            return Targets(ahead, units)
    return None


def of_strewn(one: Evaluation, true: Line) -> Units | None:
    """As `read_targets`, of windows in any order: the value after each that has a later one among them."""
    if one.inputs.shape[2] != 1 or one.width != true.size:
        return None
    places = following(one)
    known = places >= 0
    return _exact(one.shown[places[known]], true[known])


def _exact(line: Line, target: Line) -> Units | None:
    """The scale and offset that make one of the other, to rounding."""
    if line.size < FEWEST or not np.ptp(line) > 0.0:
        return None
    middle = line.mean()
    with np.errstate(all="ignore"):
        scale = float((line - middle) @ target / ((line - middle) @ (line - middle)))
        units = Units(scale, float(target.mean() - scale * middle))
        fits = np.abs(units.of(line) - target).max() <= EXACT * np.ptp(target)
    return units if fits and scale != 0.0 else None
