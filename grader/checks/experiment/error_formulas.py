"""By which formula an error by length was computed, as far as what came back tells it to the digit.

Predictions and targets of one length came back, and the losses of one training: an error that is a
right measure of the former is right, whatever else it is like. The others may be a wrong measure of
them, or a loss.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from grader.checks.experiment.evaluations import Line
from grader.checks.experiment.reading_off import PLAIN, Units

EVERY_DIGIT = 1e-9  # relative: sums in another order
MOST_CROSSED = 2_000  # predictions that are compared with each target
DIGITS = 6  # fewer are a number that was rounded, which others may be by chance


def mean_square(errors: Line) -> float:
    return float(np.mean(errors**2))


def root_mean_square(errors: Line) -> float:
    return float(np.sqrt(np.mean(errors**2)))


def mean_absolute(errors: Line) -> float:
    return float(np.mean(np.abs(errors)))


MEASURES: tuple[Callable[[Line], float], ...] = (mean_square, root_mean_square, mean_absolute)
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


def _is_rounded(value: float) -> bool:
    return value == round(value, DIGITS)


def _among(value: float, others: Collection[float] | Line) -> bool:
    known = np.asarray(list(others), np.float64)
    return bool(np.any(np.isclose(value, known, rtol=EVERY_DIGIT, atol=0.0)))
