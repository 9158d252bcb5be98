"""A table of errors that are, to the digit, those of windows that were trained on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from grader.checks.experiment.error_formulas import MEASURES, are_of_training, fits
from grader.protocol import Observation
from tests.checks.test_learning_windows import SERIES, SPLIT, cut, observation

LUCK = np.random.default_rng(3)
Z = (SERIES - SERIES[:SPLIT].mean()) / SERIES[:SPLIT].std()
KNOWN, LATER = Z[:SPLIT], Z[SPLIT:]
STD = 2.5
Measure = Callable[[np.ndarray], float]


def errors_of(outputs: np.ndarray, line: np.ndarray, T: int) -> np.ndarray:
    """Of the last output of every window (N,)."""
    return np.asarray(outputs[-1, :, 0] - line[T:])


def experiment(
    lengths: tuple[int, ...] = (2, 5, 12),
) -> tuple[Observation, dict[int, tuple[np.ndarray, ...]]]:
    """Both parts evaluated at every length; errors (of training, of all its outputs, held out) by length."""
    pairs, flags, errors = [], [], {}
    for T in lengths:
        both = []
        for line, trained in ((LATER, False), (KNOWN, True)):
            x = cut(line, T)
            true = np.concatenate([x[1:], line[None, T:, None]])
            outputs = true + 0.2 * LUCK.normal(size=x.shape)
            pairs.append((x, outputs))
            flags.append(np.full(x.shape[1], trained))
            both += [errors_of(outputs, line, T), (outputs - true).ravel()]
        errors[T] = (both[2], both[3], both[0])
    return observation(pairs, flags), errors


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("unit", [1.0, STD])
@pytest.mark.parametrize("which", [0, 1])
def test_errors_on_training_are_told_from_those_on_held_out_windows(
    measure: Measure, unit: float, which: int
) -> None:
    seen, errors = experiment()
    known = fits(seen)

    def told(of: int) -> bool:
        return are_of_training([(measure(unit * errors[T][of]), known[T]) for T in known], STD)

    assert told(which)
    assert not told(2)


def test_one_length_more_is_not_enough_and_one_other_error_is_too_many() -> None:
    seen, errors = experiment()
    table = [(float(np.mean(errors[T][0] ** 2)), fit) for T, fit in fits(seen).items()]
    assert are_of_training(table, STD)
    assert not are_of_training(table[:2], STD)
    assert not are_of_training([], STD)
    assert not are_of_training([(table[0][0] * (1 + 1e-5), table[0][1]), *table[1:]], STD)
    assert not are_of_training([(0.0, table[0][1]), *table[1:]], STD)
    assert not are_of_training([(round(error, 5), fit) for error, fit in table], STD)


def test_losses_near_those_of_the_windows_are_not_they() -> None:
    """The mean over an epoch in which the weights moved a little."""
    seen, errors = experiment()
    moved = {T: one[0] + 1e-4 * LUCK.normal(size=one[0].size) for T, one in errors.items()}
    table = [(float(np.mean(moved[T] ** 2)), fit) for T, fit in fits(seen).items()]
    assert not are_of_training(table, STD)


def test_only_windows_that_were_trained_on_before_count() -> None:
    seen, _ = experiment()
    assert set(fits(seen)) == {2, 5, 12}
    assert not fits(replace(seen, trained_before=()))
    assert not fits(observation([(np.zeros((3, 4, 2)), np.zeros((3, 4, 1)))]))
