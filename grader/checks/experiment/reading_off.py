"""How predictions and targets were read off: at which step, in which order, units, how far ahead."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.checks.experiment.evaluations import (
    FEWEST,
    Evaluation,
    Line,
    evaluations,
    following,
    locate_all,
)
from grader.protocol import Observation

EXACT = 1e-7  # of the range of the targets: a scaler and its inverse
MOST_AHEAD = 5
SAME = 1e-9  # of the range: an output that went through a scaler and back
MOSTLY = 0.9  # of the windows: the first few still hold true values


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


def is_free_running(seen: Observation, predictions: Line, true: Line) -> bool:
    """Whether each window ends with the output that came before it.

    Where that is the true value to nine digits, as a linear network's may be of a sine, nothing tells.
    """
    missed = np.abs(predictions - true) > SAME * float(np.ptp(true))
    if not missed[:-1].any():
        return False
    ends = [(one.inputs[-1, :, 0], one.outputs[-1, :, 0]) for one in evaluations(seen)]
    if not ends:
        return False
    shown, given = (np.concatenate(lines) for lines in zip(*ends, strict=True))
    return any(
        _feeds_itself(shown[found.start :], given[found.start :], missed)
        for found in locate_all(predictions, given)
    )


def _feeds_itself(shown: Line, given: Line, missed: NDArray[np.bool_]) -> bool:
    """Whether, of the outputs that missed the truth, nearly all were shown next."""
    after, before = shown[1 : missed.size], given[: missed.size - 1]
    spread = float(np.ptp(after))
    alike = np.abs(after - before) <= SAME * spread
    return spread > 0 and float(np.mean(alike[missed[:-1]])) >= MOSTLY


def step_read(seen: Observation, predictions: Line) -> int | None:
    """The time step of each window whose output they are, if that is not the last; else None."""
    for one in evaluations(seen):
        for step in range(one.steps - 1 if one.width > 1 else 0):
            if any(True for _ in locate_all(predictions, one.outputs[step, :, 0])):
                return step
    return None


def is_reversed(seen: Observation, predictions: Line) -> bool:
    """Whether they are the outputs from the last window to the first."""
    lines = (one.outputs[-1, :, 0] for one in evaluations(seen))
    return any(True for line in lines for _ in locate_all(predictions[::-1], line))
