"""Whether the returned losses follow the training that was observed.

Every backward receives the derivative of a loss; its squared size is the loss itself up to a factor
for a mean squared error, and rises and falls with it for any other. A curve that does neither, or
that a formula gives to the last digit, is shown to a person.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from grader.checks.experiment import courses
from grader.checks.experiment.evaluations import Line
from grader.protocol import Observation

FEWEST = 10  # losses, and steps of training, that can be compared
FORMULA = 1e-9  # of the range: real training is never so smooth
# Correlation of losses and squared gradients, of their ranks or of their logarithms.
FOLLOWS = 0.5
SMALLEST = 1e-300
STEADY = 1e-3
# Losses that move by less of their size say nothing: what moves them is which windows share a batch.
# Measured: 0.4 % over 20 epochs of a network whose gradients are lost.
STILL = 0.01


def is_formula(losses: Line) -> bool:
    """Whether the curve is geometric, linear, or the reciprocal of something linear."""
    if losses.size < FEWEST or np.ptp(losses) <= 0.0 or not np.all(losses > 0.0):
        return False
    return any(_is_straight(one) for one in (losses, np.log(losses), 1.0 / losses))


def _is_straight(line: Line) -> bool:
    steps = np.diff(line)
    return bool(np.ptp(steps) <= FORMULA * np.ptp(line))


def follows(losses: Line, seen: Observation) -> bool:
    """Whether some network's gradients rise and fall with the losses; True where nothing tells."""
    if losses.size < FEWEST or np.ptp(losses) <= STILL * np.abs(losses).max():
        return True
    curves = [curve for errors in _runs(seen) for curve in _by_epoch(errors, losses.size)]
    # The derivative of a mean absolute error has always the same size.
    curves = [curve for curve in curves if np.ptp(curve) > STEADY * np.abs(curve).max()]
    return not curves or any(_likeness(losses, curve) >= FOLLOWS for curve in curves)


def _runs(seen: Observation) -> Iterator[Line]:
    """Each network's squared gradients in order, all of them, and those at each length."""
    whole = [np.asarray(one, np.float64) for one in seen.squared_errors]
    yield from whole
    if len(whole) > 1:
        yield np.concatenate(whole)
    yield from (errors for _, errors in courses.runs(seen))


def _by_epoch(errors: Line, count: int) -> Iterator[Line]:
    """As many values as there are losses: means of equal parts, or one of every so many.

    Early stopping and an epoch left out make parts unequal, so the remainder is cut at either end.
    """
    if errors.size < count or not np.all(np.isfinite(errors)):
        return
    each = errors.size // count
    for part in (errors[: each * count], errors[-each * count :]):
        groups = part.reshape(count, each)
        yield groups.mean(axis=1)
        yield groups[:, -1]
    places = np.linspace(0, errors.size, count + 1).astype(int)
    yield np.array([errors[a:b].mean() for a, b in pairwise(places)])


def _likeness(one: Line, other: Line) -> float:
    """The larger of two correlations: a plateau's noise spoils ranks, a long fall no logarithms."""
    ranks = [np.argsort(np.argsort(line, kind="stable"), kind="stable") for line in (one, other)]
    sizes = [np.log(np.maximum(np.abs(line), SMALLEST)) for line in (one, other)]
    with np.errstate(all="ignore"):
        return float(np.nanmax([np.corrcoef(*pair)[0, 1] for pair in (ranks, sizes)]))
