"""By which formula an error by length was computed, as far as what came back tells it to the digit.

Predictions and targets of one length came back, and the losses of one training: an error that is a
right measure of the former is right, whatever else it is like. The others may be a wrong measure of
them, or a loss.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from grader.checks.experiment.evaluations import Line, following, last_of_each
from grader.checks.experiment.reading_off import PLAIN, Units
from grader.protocol import Observation

EVERY_DIGIT = 1e-9  # relative: sums in another order
MOST_CROSSED = 2_000  # predictions that are compared with each target
SAME_VALUE = 1e-6  # of the smallest error: two values that are one
FEWEST_LENGTHS = 3  # that chance does not make agree
DIGITS = 6  # fewer are a number that was rounded, which others may be by chance


def mean_square(errors: Line) -> float:
    return float(np.mean(errors**2))


def root_mean_square(errors: Line) -> float:
    return float(np.sqrt(np.mean(errors**2)))


def mean_absolute(errors: Line) -> float:
    return float(np.mean(np.abs(errors)))


MEASURES: tuple[Callable[[Line], float], ...] = (mean_square, root_mean_square, mean_absolute)


class Power(NamedTuple):
    """A measure of `MEASURES`: a mean of powers, in units to a power, to be raised to another."""

    of_each: int
    of_unit: int
    of_error: int


POWERS = (Power(2, 2, 1), Power(2, 1, 2), Power(1, 1, 1))
# Errors of both signs cancel in these.
CANCELLING: tuple[Callable[[Line], float], ...] = (
    lambda errors: float(np.mean(errors) ** 2),
    lambda errors: abs(float(np.mean(errors))),
)


@dataclass(frozen=True)
class Formulas:
    """Errors (any length), what came back, and the units of the predictions where they are known."""

    errors: Collection[float]
    predicted: Line
    true: Line
    losses: Line  # none where they are no numbers
    units: Units | None

    @cached_property
    def unexplained(self) -> list[float]:
        """The errors that are no right measure of the predictions, in either unit, as far as is known."""
        right = [measure(one) for one in self._scaled(self._plain) for measure in MEASURES]
        told = [error for error in self.errors if error > 0.0 and not _is_rounded(error)]
        return [error for error in told if not _among(error, right)]

    def is_crossed(self) -> bool:
        """Whether one compares every prediction with every target."""
        if self.predicted.size > MOST_CROSSED:
            return False
        crossed = (self.predicted[:, None] - self.true).ravel()
        return self._some(MEASURES, crossed)

    def is_cancelling(self) -> bool:
        """Whether one is the mean error, or its square, in place of the mean of squares."""
        return self._some(CANCELLING, self._plain)

    def is_of_two_units(self) -> bool:
        """Whether one compares scaled predictions with targets that are not, or the other way round."""
        if self.units is None or self.units.agree(PLAIN):
            return False
        mixed = (
            self.units.back(self.predicted) - self.true,
            self.predicted - self.units.back(self.true),
        )
        return any(_among(measure(one), self.unexplained) for one in mixed for measure in MEASURES)

    def is_training_loss(self) -> bool:
        """Whether one is a loss or the mean of the last ones, or its root, in either unit."""
        if not self.losses.size:
            return False
        latest = np.cumsum(self.losses[::-1]) / np.arange(1, self.losses.size + 1)
        losses = np.concatenate([self.losses, latest])
        roots = np.sqrt(np.maximum(losses, 0.0))
        scale = np.float64(1.0 if self.units is None else abs(self.units.scale))
        known = np.concatenate([losses, losses * scale, losses * scale**2, roots, roots * scale])
        return any(_among(error, known) for error in self.unexplained)

    def are_one(self) -> bool:
        """Whether all are one and the same number, which was not rounded."""
        first, *others = self.errors
        return (
            bool(others)
            and first > 0.0
            and not _is_rounded(first)
            and all(np.isclose(one, first, rtol=EVERY_DIGIT, atol=0.0) for one in others)
        )

    @property
    def _plain(self) -> Line:
        return self.predicted - self.true

    def _some(self, measures: Collection[Callable[[Line], float]], errors: Line) -> bool:
        wrong = [measure(one) for one in self._scaled(errors) for measure in measures]
        return any(_among(error, wrong) for error in self.unexplained)

    def _scaled(self, errors: Line) -> Iterator[Line]:
        """In the units of the series, and of the network."""
        yield errors
        if self.units is not None:
            yield errors / self.units.scale


@dataclass(frozen=True, slots=True)
class Fit:
    """How a network fits the windows of one length that it was trained on, in its own units.

    The value after the last of them was a target only: of one output the error is not known.
    """

    last: Line  # errors of the outputs after the windows
    every: Line  # errors of all outputs
    seen_last: float  # the last input before the unknown value
    given: float  # the output for it


def fits(seen: Observation) -> dict[int, Fit]:
    """By length, where windows that were trained on were evaluated later, and one error at most is missing."""
    found = {}
    for one in last_of_each(seen):
        if one.inputs.shape[2] != 1 or one.outputs.shape[2] != 1:
            continue
        places, trained = following(one), np.flatnonzero(one.before)
        known, unknown = (trained[side] for side in (places[trained] >= 0, places[trained] < 0))
        if known.size and unknown.size == 1:
            shown, given = one.inputs[:, :, 0], one.outputs[:, :, 0]
            last = given[-1, known] - shown[-1, places[known]]
            within = (given[:-1] - shown[1:])[:, trained].ravel()
            ends = float(shown[-1, unknown[0]]), float(given[-1, unknown[0]])
            found[one.steps] = Fit(last, np.concatenate([within, last]), *ends)
    return found


def are_of_training(errors: Collection[tuple[float, Fit]], scale: float) -> bool:
    """Whether the errors (one of each length) are right measures of what was trained on, to the digit.

    One and the same unknown value explains all of them, in one measure and unit.
    """
    first = next(iter(errors), None)
    if first is None or len(errors) < FEWEST_LENGTHS:
        return False
    if any(fit.seen_last != first[1].seen_last or error <= 0.0 for error, fit in errors):
        return False
    limit = SAME_VALUE * min(root_mean_square(fit.last) for _, fit in errors)
    return any(
        _one_value_explains(
            [_explaining(error, fit, power, unit, every) for error, fit in errors], limit
        )
        for unit in {1.0, scale}
        for power in POWERS
        for every in (False, True)
    )


def _explaining(error: float, fit: Fit, power: Power, unit: float, every: bool) -> list[float]:  # noqa: FBT001  # private
    """The values that the unknown target may have: one on either side of the output, or none."""
    known = fit.every if every else fit.last
    sizes = np.abs(known) ** power.of_each
    whole = (error / unit**power.of_unit) ** power.of_error * (known.size + 1)
    left = whole - float(sizes.sum())
    if not left >= -EVERY_DIGIT * whole:
        return []
    away = max(left, 0.0) ** (1 / power.of_each)
    return [fit.given - away, fit.given + away]


def _one_value_explains(values: list[list[float]], limit: float) -> bool:
    return any(
        all(any(abs(one - value) <= limit for one in each) for each in values)
        for value in values[0]
    )


def _is_rounded(value: float) -> bool:
    return value == round(value, DIGITS)


def _among(value: float, others: Collection[float] | Line) -> bool:
    known = np.asarray(list(others), np.float64)
    return bool(np.any(np.isclose(value, known, rtol=EVERY_DIGIT, atol=0.0)))
