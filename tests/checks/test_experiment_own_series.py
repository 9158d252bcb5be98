"""A scaler of a series that was not observed: what the windows alone prove, and whom they accuse of nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from grader.checks.experiment import scalers, truth
from grader.checks.experiment.parts import Experiment
from grader.faults import CheckFailed
from grader.sandbox.worker.watching.window_log import Windows
from tests.checks.test_learning_windows import observation, outputs_of

N, SPLIT, T = 400, 300, 5
LUCK = np.random.default_rng(6)
NOISE = LUCK.normal(size=N)
T_AXIS = np.arange(N)
WAVES = 3 + np.sin(0.7 * T_AXIS) + 0.5 * np.sin(1.9 * T_AXIS) + 0.1 * NOISE
TREND = WAVES + 0.02 * T_AXIS
WALK = np.cumsum(NOISE)
SERIES = {"waves": WAVES, "trend": TREND, "walk": WALK, "noise": NOISE}
SCALERS = dict(scalers.SCALERS)

Windowed = tuple[list[np.ndarray], np.ndarray, np.ndarray]  # trained on, held out, its targets


def windows(line: np.ndarray, steps: int = T) -> np.ndarray:
    return np.lib.stride_tricks.sliding_window_view(line, steps).T[:, :, None].copy()


def by_parts(z: np.ndarray) -> Windowed:
    """Each part is cut on its own: the last target of training is never shown."""
    held_out = z[SPLIT:]
    return [windows(z[: SPLIT - 1])], windows(held_out[:-1]), held_out[T:]


def by_windows(z: np.ndarray) -> Windowed:
    """Windows of the whole series, cut by time."""
    x = windows(z[:-1])
    return [x[:, : SPLIT - T]], x[:, SPLIT - T :], z[SPLIT:]


def in_batches(z: np.ndarray) -> Windowed:
    """As `by_parts`, in random order and with some of the windows twice."""
    (x,), held_out, targets = by_parts(z)
    order = LUCK.permutation(x.shape[1])
    return (
        [x[:, part] for part in np.array_split(np.append(order, order[:20]), 9)],
        held_out,
        targets,
    )


def shuffled(z: np.ndarray) -> Windowed:
    x, y = windows(z[:-1]), z[T:]
    order = np.random.default_rng(1).permutation(x.shape[1])
    return [x[:, order[:SPLIT]]], x[:, order[SPLIT:]], y[order[SPLIT:]]


def as_sequences(z: np.ndarray) -> Windowed:
    """One long sequence to train on, another to predict at every step."""
    return [z[: SPLIT - 1, None, None]], z[SPLIT:-1, None, None], z[SPLIT + 1 :]


def from_the_last(z: np.ndarray) -> Windowed:
    """As `as_sequences`, from the last value of the training part on."""
    return [z[: SPLIT - 1, None, None]], z[SPLIT - 1 : -1, None, None], z[SPLIT:]


STYLES = (by_parts, by_windows, in_batches, shuffled, as_sequences, from_the_last)
IN_ORDER = tuple(one for one in STYLES if one is not shuffled)


def accused(
    seen_as: Windowed, scale: float, offset: float, series: Sequence[np.ndarray] = ()
) -> bool:
    """Of a scaler that has seen the whole series."""
    told = told_of(seen_as, scale, offset, series)
    return told is not None and told.diagnosis == "scaler-sees-held-out-data"


def told_of(
    seen_as: Windowed, scale: float, offset: float, series: Sequence[np.ndarray] = ()
) -> CheckFailed | None:
    batches, held_out, targets = seen_as
    trained = Windows()
    for number, batch in enumerate(batches):
        trained.add(np.ascontiguousarray(batch), number)
    held = trained.holds(held_out, 1000)
    outputs = outputs_of(held_out)
    line = outputs[-1, :, 0] if held_out.shape[1] > 1 else outputs[:, 0, 0]
    seen = replace(
        observation([(held_out, outputs)], [held > 0], series),
        returned={"predictions": scale * line + offset, "targets": scale * targets + offset},
        trained_windows=tuple(trained.distinct()),
        trained_span=trained.span,
    )
    try:
        truth.scaled_on_training_part(Experiment(seen))
    except CheckFailed as told:
        return told
    return None


def scaled_by(
    style: Callable[[np.ndarray], Windowed], part: np.ndarray, series: np.ndarray, scaler: str
) -> bool:
    scale, offset = SCALERS[scaler](part)
    return accused(style((series - offset) / scale), scale, offset)


@pytest.mark.parametrize("series", SERIES.values(), ids=SERIES)
@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("scaler", list(SCALERS)[:2])
def test_a_deviation_of_the_whole_is_told_from_one_of_the_training_part(
    series: np.ndarray, style: Callable[[np.ndarray], Windowed], scaler: str
) -> None:
    assert scaled_by(style, series, series, scaler)
    assert not scaled_by(style, series[:SPLIT], series, scaler)


@pytest.mark.parametrize("style", IN_ORDER)
@pytest.mark.parametrize("scaler", list(SCALERS)[2:])
def test_so_is_a_range_that_held_out_values_alone_fill(
    style: Callable[[np.ndarray], Windowed], scaler: str
) -> None:
    in_windows = style not in (as_sequences, from_the_last)  # there no value is surely held out
    assert scaled_by(style, TREND, TREND, scaler) is in_windows
    for series in SERIES.values():
        assert not scaled_by(style, series[:SPLIT], series, scaler)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("series", SERIES.values(), ids=SERIES)
@pytest.mark.parametrize("scaler", SCALERS)
@pytest.mark.parametrize("end", [150, SPLIT - T, SPLIT - 1, SPLIT])
def test_a_scaler_of_any_first_part_accuses_nobody(
    style: Callable[[np.ndarray], Windowed], series: np.ndarray, scaler: str, end: int
) -> None:
    assert not scaled_by(style, series[:end], series, scaler)


@pytest.mark.parametrize("style", STYLES)
def test_units_that_are_the_series_own_accuse_nobody(
    style: Callable[[np.ndarray], Windowed],
) -> None:
    """It may have been made so: of mean 0 and deviation 1, of a range from 0 to 1."""
    assert not accused(style((WAVES - WAVES.mean()) / WAVES.std()), 1.0, 0.0)
    assert not accused(style((TREND - TREND.min()) / np.ptp(TREND)), 1.0, 0.0)
    assert not accused(style((WAVES - 3.0) / 2.0), 2.0, 3.0)


@pytest.mark.parametrize("style", STYLES)
def test_where_parts_and_whole_have_the_same_numbers_nobody_is_accused(
    style: Callable[[np.ndarray], Windowed],
) -> None:
    """Whole periods; noise that comes again with the other sign."""
    wave = 2 + np.sin(2 * np.pi * T_AXIS / 100) + 0.5 * np.cos(2 * np.pi * T_AXIS / 50)
    folded = np.concatenate([NOISE[:150], -NOISE[:150], NOISE[150:200], -NOISE[150:200]])
    assert not scaled_by(style, wave, wave, "mean and standard deviation")
    assert not scaled_by(style, wave[:SPLIT], wave, "mean and standard deviation")
    assert not scaled_by(style, folded[:SPLIT], folded, "mean and standard deviation")


@pytest.mark.parametrize("style", IN_ORDER)
def test_a_range_that_is_clipped_or_reached_again_accuses_nobody(
    style: Callable[[np.ndarray], Windowed],
) -> None:
    """Also where the largest value to train on is a target only."""
    peak = WAVES.copy()
    peak[SPLIT - 1] = 9.0
    higher = np.where(T_AXIS == 350, 10.0, peak)  # in the held-out part
    for series in (TREND, peak, higher):
        low, high = series[:SPLIT].min(), series[:SPLIT].max()
        z = np.clip((series - low) / (high - low), 0.0, 1.0)
        assert not accused(style(z), high - low, low)
    counts = np.round(10 * peak)
    counts[350] = counts[SPLIT - 1]
    assert not scaled_by(style, counts[:SPLIT], counts, "minimum and maximum, 0 to 1")


@pytest.mark.parametrize("scaler", SCALERS)
def test_a_part_to_choose_a_model_by_may_be_scaled_with(scaler: str) -> None:
    """Training, validation, held-out part: what lies between is no windows of training."""
    scale, offset = SCALERS[scaler](TREND[:SPLIT])
    z = (TREND - offset) / scale
    trained = [windows(z[:199])]
    for held_out in (z[200:SPLIT], z[SPLIT:]):
        told = accused((trained, windows(held_out[:-1]), held_out[T:]), scale, offset)
        assert told is bool(held_out[0] == z[200])


@pytest.mark.parametrize("scaler", SCALERS)
def test_several_series_each_scaled_on_its_own_accuse_nobody(scaler: str) -> None:
    lines = [
        (part - offset) / scale
        for part in np.split(WALK + 0.01 * WAVES, 4)
        for scale, offset in [SCALERS[scaler](part)]
    ]
    trained = [windows(line[:-1]) for line in lines[:3]]
    assert told_of((trained, windows(lines[3][:-1]), lines[3][T:]), 2.5, 1.0) is None
    assert not accused((trained[:1], windows(lines[3][:-1]), lines[3][T:]), 2.5, 1.0)


ALONE = list(SCALERS)[:2]  # a range may be reached by chance


@pytest.mark.parametrize("scaler", SCALERS)
@pytest.mark.parametrize("style", [by_parts, in_batches, from_the_last])
def test_a_held_out_part_scaled_with_its_own_numbers_is_told(
    scaler: str, style: Callable[[np.ndarray], Windowed]
) -> None:
    series = WALK + 0.01 * WAVES
    (_, _), (scale, offset) = numbers = [
        SCALERS[scaler](p) for p in (series[:SPLIT], series[SPLIT:])
    ]
    parts = np.split(series, [SPLIT])
    z = np.concatenate([(p - o) / s for p, (s, o) in zip(parts, numbers, strict=True)])
    told = told_of(style(z), scale, offset)
    # From the last value of training on there is one more than was scaled alone.
    assert (told is not None) == (scaler in ALONE and style is not from_the_last)
    assert told is None or "with its own numbers" in str(told)


@pytest.mark.parametrize("scaler", SCALERS)
@pytest.mark.parametrize("style", [by_parts, by_windows, in_batches])
@pytest.mark.parametrize("end", [SPLIT // 2, SPLIT - 1, SPLIT])
def test_a_scaler_of_training_values_is_no_scaler_of_the_held_out_ones(
    scaler: str, style: Callable[[np.ndarray], Windowed], end: int
) -> None:
    series = WALK + 0.01 * WAVES
    scale, offset = SCALERS[scaler](series[:end])
    assert told_of(style((series - offset) / scale), scale, offset) is None


@pytest.mark.parametrize("scaler", SCALERS)
def test_periods_with_the_same_numbers_on_both_sides_accuse_nobody(scaler: str) -> None:
    wave = np.sin(2 * np.pi * np.arange(SPLIT + SPLIT // 2) / (SPLIT // 2) + 0.1)
    scale, offset = SCALERS[scaler](wave[:SPLIT])
    assert told_of(by_parts((wave - offset) / scale), scale, offset) is None


def test_where_the_series_was_observed_its_windows_are_not_asked() -> None:
    z = by_parts((WAVES - WAVES.mean()) / WAVES.std())
    assert accused(z, WAVES.std(), WAVES.mean())
    longer = np.append(WAVES, 50.0)  # of which the windows are the beginning
    assert not accused(z, WAVES.std(), WAVES.mean(), [longer])
