"""Predictions and losses against what was recorded: what is refused, what a person sees, what passes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from grader.checks.experiment import honesty, loss_curve, repetition
from grader.checks.experiment.evaluations import Evaluation
from grader.checks.experiment.provenance import Provenance
from grader.faults import CheckFailed, NeedsReview
from tests.checks.test_learning_windows import SERIES, SPLIT, cut, observation

T = 5
X = cut(SERIES[SPLIT:], T)
TRUE = SERIES[SPLIT + T :]
LAST = X[-1, :, 0]
OUT = TRUE + 0.05 * np.random.default_rng(1).normal(size=TRUE.size)
OTHER = TRUE + 0.05 * np.random.default_rng(2).normal(size=TRUE.size)
CHANGE = OUT - LAST


def outputs(line: np.ndarray) -> np.ndarray:
    """All outputs (T, N, 1), of which the last are `line`."""
    noise = np.random.default_rng(3).normal(size=X.shape)
    noise[-1, :, 0] = line
    return noise


def found(predicted: np.ndarray, *lines: np.ndarray, true: np.ndarray = TRUE) -> Provenance:
    seen = observation([(X, outputs(line)) for line in lines])
    return Provenance.of(seen, predicted, true)


HONEST: dict[str, tuple[np.ndarray, tuple[np.ndarray, ...]]] = {
    "scaled back": (3.5 * OUT - 2, (OUT,)),
    "float32": ((3.5 * OUT.astype(np.float32) - 2).astype(float), (OUT.astype(np.float32),)),
    "last plus output": (LAST + 0.3 * CHANGE, (CHANGE,)),
    "last times exp(output)": (LAST * np.exp(CHANGE), (CHANGE,)),
    "last times one plus output": (LAST * (1 + CHANGE), (CHANGE,)),
    "logarithm undone": (np.exp(0.7 * OUT + 0.1), (OUT,)),
    "rounded": (np.round(OUT, 1), (OUT,)),
    "clipped": (np.clip(OUT, 1.2, 2.5), (OUT,)),
    "mean of two networks": ((OUT + OTHER) / 2, (OUT, OTHER)),
    "mean plus last": (LAST + (CHANGE + OTHER) / 2, (CHANGE, OTHER)),
    "scaled by its window": (OUT * X[:, :, 0].std(axis=0) + X[:, :, 0].mean(axis=0), (OUT,)),
    "one of two evaluations": (OTHER, (OUT, OTHER)),
}


@pytest.mark.parametrize(("predicted", "lines"), HONEST.values(), ids=HONEST)
def test_one_fixed_map_of_outputs_is_the_network(
    predicted: np.ndarray, lines: tuple[np.ndarray, ...]
) -> None:
    origin = found(predicted, *lines)
    honesty.refuse_foreign(origin)
    honesty.ask_about(origin)


DISHONEST: dict[str, tuple[np.ndarray, str]] = {
    "truth and output": (0.95 * TRUE + 0.05 * OUT, ""),
    "truth and a little output": (0.5 * TRUE + 0.5 * OUT, ""),
    "nearly from the last to the next": (LAST + 0.9 * (TRUE - LAST), ""),
    "truth, smoothed": (0.8 * TRUE + 0.1 * (np.roll(TRUE, 1) + np.roll(TRUE, -1)), ""),
    "truth, shrunk": (0.9 * TRUE + 0.1, "predictions-are-the-targets"),
    "the last input": (LAST, "forecast-is-the-input-shifted"),
    "the last input, scaled": (0.9 * LAST - 0.1, "forecast-is-the-input-shifted"),
    "the first input of the window": (X[0, :, 0], "forecast-is-the-input-shifted"),
}


@pytest.mark.parametrize(("predicted", "diagnosis"), DISHONEST.values(), ids=DISHONEST)
def test_inputs_and_a_share_of_truth_are_refused(predicted: np.ndarray, diagnosis: str) -> None:
    with pytest.raises(CheckFailed) as caught:
        honesty.refuse_foreign(found(predicted, OUT))
    assert caught.value.diagnosis == diagnosis


NOISE = np.random.default_rng(4).normal(size=TRUE.size)


def test_what_fits_nothing_goes_to_a_person() -> None:
    origin = found(TRUE + 0.01 * NOISE, OUT)
    honesty.refuse_foreign(origin)
    with pytest.raises(NeedsReview):
        honesty.ask_about(origin)


def test_predictions_of_windows_that_grow_are_one_line_in_their_order() -> None:
    """Twice, as of two networks: the lengths come again."""
    pairs = [(cut(SERIES[SPLIT:], T), T) for T in (1, 2, 3, 1, 2, 3)]
    seen = observation(
        [(x[:, :10], x[:, 20 * k : 20 * k + 10] + T) for k, (x, T) in enumerate(pairs)]
    )
    lines = [outputs[-1, :, 0] for _, outputs in seen.evaluations]
    predicted = np.concatenate(lines)
    assert Provenance.of(seen, predicted, TRUE[: predicted.size]).are_outputs


BLOCKS = np.repeat([[1.0], [2.0], [0.5]], 25, axis=0).ravel()


@pytest.mark.parametrize(("scale", "known"), [(BLOCKS, True), (1.0 + 0.1 * NOISE[:75], False)])
def test_blocks_may_each_have_their_own_scaler(scale: np.ndarray, known: bool) -> None:  # noqa: FBT001  # a parameter of the test
    origin = found(scale * OUT + scale, OUT)
    assert origin.are_outputs is known


def test_a_constant_ratio_accuses_nobody() -> None:
    true = 1.1 ** np.arange(TRUE.size)
    origin = found(1.1 * np.append(1 / 1.1, true[:-1]), OUT, true=true)
    honesty.refuse_foreign(origin)
    honesty.ask_about(origin)


def test_few_classes_may_all_be_right() -> None:
    true = np.arange(TRUE.size) % 3.0
    honesty.refuse_foreign(found(true.copy(), OUT, true=true))


def test_where_outputs_may_be_missing_nobody_is_asked() -> None:
    seen = observation([(X, outputs(OUT))] * 512)
    honesty.ask_about(Provenance.of(seen, TRUE + 0.01 * NOISE, TRUE))


ERRORS = np.exp(-np.arange(120) / 30) * np.random.default_rng(5).uniform(0.7, 1.3, 120) + 0.01
CURVES: dict[str, Callable[[], np.ndarray]] = {
    "every step": lambda: 3 * ERRORS,
    "every epoch": lambda: ERRORS.reshape(30, 4).mean(axis=1),
    "root": lambda: np.sqrt(ERRORS),
    "last of every epoch": lambda: ERRORS[3::4],
    "one epoch more": lambda: np.append(ERRORS.reshape(30, 4).mean(axis=1), 0.02),
}


@pytest.mark.parametrize("curve", CURVES.values(), ids=CURVES)
def test_losses_of_the_training_follow_it(curve: Callable[[], np.ndarray]) -> None:
    seen = replace(observation([]), squared_errors=(np.ones(3), ERRORS))
    assert loss_curve.follows(curve(), seen)
    assert not loss_curve.is_formula(curve())


def test_losses_that_fall_where_the_training_rises_do_not() -> None:
    seen = replace(observation([]), squared_errors=(ERRORS[::-1].copy(),))
    assert not loss_curve.follows(ERRORS, seen)


@pytest.mark.parametrize(
    "losses", [0.9 ** np.arange(40.0), 1 / (2 + np.arange(40.0)), 2 - np.arange(40.0) / 50]
)
def test_a_formula_is_seen_and_its_rounded_values_are_not(losses: np.ndarray) -> None:
    assert loss_curve.is_formula(losses)
    assert not loss_curve.is_formula(losses.round(4) + 1e-5 * ERRORS[:40])


def test_a_derivative_of_constant_size_tells_nothing() -> None:
    seen = replace(observation([]), squared_errors=(np.full(120, 0.01),))
    assert loss_curve.follows(ERRORS, seen)


def test_losses_that_stand_still_tell_nothing() -> None:
    seen = replace(observation([]), squared_errors=(ERRORS[::-1].copy(),))
    noise = np.random.default_rng(3).normal(size=40)
    assert loss_curve.follows(np.full(40, 2.0), seen)
    assert loss_curve.follows(1.0 + 0.001 * noise, seen)
    assert not loss_curve.follows(1.0 + 0.1 * ERRORS[:40], seen)


def evaluation(line: np.ndarray, trained: np.ndarray | None = None) -> Evaluation:
    x = cut(line, 3)
    flags = np.zeros(x.shape[1], bool) if trained is None else trained
    return Evaluation(x, x, flags, flags, flags, flags)


WHOLE = np.sin(2 * np.pi * np.arange(300) / 30)


def test_a_sine_with_a_whole_period_does_not_repeat_bit_by_bit() -> None:
    one = evaluation(WHOLE[200:])
    assert not repetition.comes_again([WHOLE], [one])
    assert repetition.nearly_comes_again([], one)
    assert not repetition.nearly_comes_again([WHOLE], evaluation(WHOLE[200:], np.ones(97, bool)))


@pytest.mark.parametrize(
    "line", [np.arange(300) % 3.0, np.tile(WHOLE[:30], 10), np.sign(WHOLE + 0.1)]
)
def test_what_repeats_bit_by_bit_accuses_nobody(line: np.ndarray) -> None:
    assert repetition.comes_again([line], [])
    assert repetition.comes_again([], [evaluation(line)])
