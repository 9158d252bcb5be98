"""What observed evaluations prove: where predictions come from, true errors, order, scalers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from grader.checks.experiment import evaluations, placing, scalers, scaling
from grader.checks.experiment.placing import placed
from grader.protocol import Observation
from grader.sandbox.worker.watching.window_log import Windows

Pair = tuple[np.ndarray, np.ndarray]

SERIES = 2 + np.sin(0.7 * np.arange(400)) + 0.5 * np.sin(1.9 * np.arange(400))
SPLIT = 320


def observation(
    evaluations: Sequence[Pair],
    trained: Sequence[np.ndarray] = (),
    series: Sequence[np.ndarray] = (),
) -> Observation:
    return Observation(
        returned=None,
        seconds=1.0,
        forward_calls=1,
        backward_calls=1,
        update_calls=1,
        weights_moved=True,
        lengths_trained=(),
        lengths_evaluated=(),
        first_error=1.0,
        last_error=0.1,
        evaluation_windows=1,
        evaluation_windows_trained=0,
        evaluations=tuple(evaluations),
        figures=(),
        trained_columns=tuple(trained),
        trained_before=tuple(trained),
        series=tuple(series),
    )


def cut(series: np.ndarray, T: int) -> np.ndarray:
    """All windows (T, N, 1) but the last, which has no next value."""
    return np.lib.stride_tricks.sliding_window_view(series[:-1], T).T[:, :, None].copy()


def held_out(inputs: np.ndarray, outputs: np.ndarray) -> evaluations.Evaluation:
    flags = np.zeros(inputs.shape[1], bool)
    return evaluations.Evaluation(inputs, outputs, *[flags] * 4)


def outputs_of(inputs: np.ndarray, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=inputs.shape)


@pytest.mark.parametrize("column", [slice(None), slice(3, 60), slice(20, None)])
def test_predictions_are_found_where_they_came_from(column: slice) -> None:
    x = cut(SERIES[SPLIT:], 5)
    y = outputs_of(x)
    predictions = 3.5 * y[-1, column, 0] - 2
    other = cut(SERIES[:SPLIT], 5)
    found = evaluations.source(observation([(other, outputs_of(other, 1)), (x, y)]), predictions)
    assert found is not None
    np.testing.assert_array_equal(found.inputs, x[:, column])


def test_predictions_of_one_long_sequence_are_found() -> None:
    x = SERIES[SPLIT:-1].reshape(-1, 1, 1)
    y = outputs_of(x)
    assert evaluations.source(observation([(x, y)]), y[10:, 0, 0]) is not None


def test_made_up_predictions_come_from_nowhere() -> None:
    x = cut(SERIES[SPLIT:], 5)
    made_up = np.random.default_rng(9).normal(size=x.shape[1])
    assert evaluations.source(observation([(x, outputs_of(x))]), made_up) is None


def test_between_equal_sources_the_one_not_trained_on_is_believed() -> None:
    x = cut(SERIES[SPLIT:], 5)
    y = outputs_of(x)
    flags = [np.ones(x.shape[1], bool), np.zeros(x.shape[1], bool)]
    found = evaluations.source(observation([(x, y), (x, y)], flags), y[-1, :, 0])
    assert found is not None
    assert not found.trained.any()


@pytest.mark.parametrize("T", [1, 2, 12])
def test_errors_are_recomputed_from_the_windows_alone(T: int) -> None:
    part = SERIES[SPLIT:]
    x = cut(part, T)
    y = outputs_of(x)
    errors, targets = evaluations.residuals(held_out(x, y))["last"]
    np.testing.assert_array_equal(targets, part[T:-1])
    np.testing.assert_allclose(errors, y[-1, :-1, 0] - part[T:-1])


def test_of_several_features_the_predicted_one_is_found() -> None:
    x = np.concatenate([cut(SERIES[SPLIT:], 4), cut(np.diff(SERIES[SPLIT - 1 :]), 4)], axis=2)
    y = np.roll(x[:, :, :1], -1, axis=1) + 1e-3
    errors, _ = evaluations.residuals(held_out(x, y))["last"]
    assert np.abs(errors).max() < 2e-3


def test_only_the_last_evaluation_of_a_window_counts_and_none_that_was_trained_on() -> None:
    x = cut(SERIES[SPLIT:], 5)
    early, late = outputs_of(x, 1), outputs_of(x, 2)
    trained = cut(SERIES[:SPLIT], 5)
    flags = [
        np.zeros(x.shape[1], bool),
        np.ones(trained.shape[1], bool),
        np.zeros(x.shape[1], bool),
    ]
    seen = observation([(x, early), (trained, outputs_of(trained)), (x, late)], flags)
    (one,) = evaluations.by_length(seen).values()
    np.testing.assert_array_equal(one.outputs, late)


def test_shuffled_windows_show_in_their_order() -> None:
    x = cut(SERIES, 5)
    chosen = np.random.default_rng(2).permutation(x.shape[1])[:80]
    assert evaluations.successors(held_out(x[:, -80:], x[:, -80:])) > 0.95
    assert 0.05 < evaluations.successors(held_out(x[:, chosen], x[:, chosen])) < 0.5


NOISY = SERIES + 0.1 * np.random.default_rng(5).normal(size=SERIES.size)


def divided(
    series: np.ndarray, T: int, kept: np.ndarray, shown: np.ndarray
) -> tuple[Observation, np.ndarray]:
    """What is observed where the windows `kept` are evaluated after training on those `shown`; their targets."""
    x = cut(series, T)
    trained = Windows()
    trained.add(np.ascontiguousarray(x[:, shown]), 1)
    held = trained.holds(x[:, kept], 2)
    beside = trained.neighbours(x[:, kept], 2)
    seen = replace(
        observation([(x[:, kept], outputs_of(x[:, kept]))], [held > 0]),
        earlier_trained=(beside % 2 == 1,),
        later_trained=(beside > 1,),
    )
    return seen, 3 * series[kept + T] + 1


ORDER = np.random.default_rng(4).permutation(SERIES.size - 6)
LATE = np.arange(SPLIT, SERIES.size - 6)
DRAWN = ORDER[ORDER >= SPLIT][:40]


@pytest.mark.parametrize("T", [2, 5])
@pytest.mark.parametrize(
    ("kept", "shown", "strewn", "whole"),
    [
        (ORDER[300:], ORDER[:300], True, True),
        (ORDER[200:], ORDER[:200], True, True),
        (ORDER[340:], ORDER[:300], True, False),  # not all that were held out
        (LATE, np.arange(SPLIT - 6), False, False),
        (DRAWN, np.arange(SPLIT - 6), False, False),
        (LATE, np.arange(SPLIT + 1), False, False),  # training begins to reach into it
        (np.arange(100, 180), np.r_[:95, 185:390], False, False),  # a block in the middle
    ],
)
def test_windows_from_between_those_of_training_are_told(
    T: int,
    kept: np.ndarray,
    shown: np.ndarray,
    *,
    strewn: bool,
    whole: bool,
) -> None:
    seen, targets = divided(NOISY, T, kept, shown)
    (one,) = evaluations.evaluations(seen)
    assert placing.lies_between(seen, one) is strewn
    assert placing.is_whole_split(seen, kept.size) is whole
    assert not placing.is_whole_split(seen, kept.size + 1)
    found = placing.with_targets(seen, targets)
    assert found is not None
    np.testing.assert_array_equal(found.inputs, one.inputs)
    assert placing.with_targets(seen, targets[::-1]) is None


@pytest.mark.parametrize(
    "series",
    [np.sin(2 * np.pi * np.arange(SERIES.size) / 50), NOISY.round(2), np.sign(NOISY - 2)],
    ids=["a whole period", "two digits", "two values"],
)
@pytest.mark.parametrize("T", [2, 5])
def test_where_values_come_again_nothing_is_told(series: np.ndarray, T: int) -> None:
    for kept, shown in ((ORDER[300:], ORDER[:300]), (DRAWN, np.arange(SPLIT - 6))):
        seen, _ = divided(series, T, kept, shown)
        (one,) = evaluations.evaluations(seen)
        assert not placing.lies_between(seen, one)


def test_of_windows_trained_on_before_the_others_decide() -> None:
    """As where blocks were trained on in turn, to choose a model by."""
    seen, _ = divided(NOISY, 5, ORDER[300:], ORDER[:300])
    (one,) = evaluations.evaluations(seen)
    known = replace(one, before=np.arange(one.width) % 4 > 0)
    assert placing.lies_between(seen, known)
    assert not placing.lies_between(seen, replace(one, before=np.ones(one.width, bool)))


@pytest.mark.parametrize("T", [2, 3, 12])
@pytest.mark.parametrize("part", [slice(None), slice(SPLIT, None)])
def test_windows_in_any_order_are_found_in_their_series(T: int, part: slice) -> None:
    x = cut(SERIES[part], T)
    chosen = np.random.default_rng(2).permutation(x.shape[1])[:40]
    scaled = (x[:, chosen] - 2.1) / 0.7
    there = placed(held_out(scaled, scaled), SERIES)
    assert there is not None
    np.testing.assert_array_equal(there.starts, (part.start or 0) + chosen)
    np.testing.assert_allclose((there.scale, there.offset), (1 / 0.7, -3.0), rtol=1e-12)
    other = np.random.default_rng(3).normal(size=scaled.shape)
    assert placed(held_out(other, other), SERIES) is None


@pytest.mark.parametrize("of", ["mean and standard deviation", "minimum and maximum, 0 to 1"])
def test_a_scaler_of_the_whole_series_is_seen_in_shuffled_windows(of: str) -> None:
    """Unless it takes the two ends, which the windows of training may hold as well."""
    chosen = np.random.default_rng(2).permutation(SERIES.size - 5)[:80]

    def fitted_on(part: np.ndarray) -> scaling.Part | None:
        scale, offset = scalers.SCALERS[of](part)
        x = cut((SERIES - offset) / scale, 5)[:, chosen]
        return scaling.fitted_on(observation([(x, x)], series=[SERIES]))

    assert fitted_on(SERIES) is (scaling.Part.WHOLE if of.startswith("mean") else None)
    assert fitted_on(SERIES[:SPLIT]) is None


@pytest.mark.parametrize("scaler", list(scalers.SCALERS)[:4])
@pytest.mark.parametrize("first", [0, 5])
def test_a_held_out_part_scaled_with_its_own_numbers_is_seen(scaler: str, first: int) -> None:
    """Also where its first windows begin in the training part."""
    scale, offset = scalers.SCALERS[scaler](SERIES[SPLIT:])
    x = cut((SERIES[SPLIT - first :] - offset) / scale, 5)
    seen = observation([(x, x)], series=[SERIES])
    assert scaling.fitted_on(seen) is scaling.Part.HELD_OUT


def test_a_mean_over_all_windows_is_one_of_the_whole_series() -> None:
    X = cut(SERIES, 5)
    x = (X[:, SPLIT:] - X.mean()) / X.std()
    assert scaling.fitted_on(observation([(x, x)], series=[SERIES])) is scaling.Part.WHOLE
    x = (X[:, SPLIT:] - X[:, : SPLIT - 5].mean()) / X[:, : SPLIT - 5].std()
    assert scaling.fitted_on(observation([(x, x)], series=[SERIES])) is None


def test_a_forward_that_gives_the_last_output_only_is_evaluated_all_the_same() -> None:
    x = cut(SERIES, 5)
    every = outputs_of(x)
    (one,) = evaluations.evaluations(observation([(x, every[-1])]))
    assert one.outputs.shape == every.shape
    np.testing.assert_array_equal(one.outputs[-1], every[-1])


def test_what_is_no_sequence_is_passed_over() -> None:
    odd = [(np.zeros(5), np.zeros(5)), (np.zeros((3, 2, 1)), np.zeros((4, 2, 1)))]
    assert evaluations.evaluations(observation(odd)) == []


@pytest.mark.parametrize("T", [1, 2, 12])
@pytest.mark.parametrize("scaler", scalers.SCALERS)
@pytest.mark.parametrize("grows", [0.0, 0.01])
def test_a_scaler_of_the_whole_series_is_told_from_one_of_the_training_part(
    T: int, scaler: str, grows: float
) -> None:
    series = SERIES + grows * np.arange(SERIES.size)

    def fitted_on(part: np.ndarray) -> bool:
        scale, offset = scalers.SCALERS[scaler](part)
        x = cut((series[SPLIT:] - offset) / scale, T)
        return scaling.fitted_on(observation([(x, x)], series=[series])) is scaling.Part.WHOLE

    assert not fitted_on(series[:SPLIT])
    differs = scalers.SCALERS[scaler](series) != scalers.SCALERS[scaler](series[:SPLIT])
    assert fitted_on(series) is differs


@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_series_too_short_to_be_scaled_accuses_nobody(size: int) -> None:
    x = cut((SERIES[SPLIT:] - SERIES.mean()) / SERIES.std(), 5)
    assert scaling.fitted_on(observation([(x, x)], series=[SERIES[:size]])) is None


def test_no_scaler_is_accused_without_the_series_or_without_held_out_windows() -> None:
    x = cut((SERIES[SPLIT:] - SERIES.mean()) / SERIES.std(), 5)
    assert scaling.fitted_on(observation([(x, x)], series=[SERIES])) is scaling.Part.WHOLE
    assert scaling.fitted_on(observation([(x, x)])) is None
    trained = observation([(x, x)], [np.ones(x.shape[1], bool)], [SERIES])
    assert scaling.fitted_on(trained) is None
    raw = cut(SERIES[SPLIT:], 5)
    assert (
        scaling.fitted_on(replace(trained, evaluations=((raw, raw),), trained_columns=())) is None
    )


@pytest.mark.parametrize("start", [0.0, -1.0])
def test_a_range_that_only_held_out_inputs_fill_is_seen_without_the_series(start: float) -> None:
    growing = (SERIES - 2) * np.linspace(1, 3, SERIES.size)
    trending = SERIES + 0.05 * np.arange(SERIES.size)

    def fitted_on(series: np.ndarray, part: np.ndarray) -> bool:
        scaled = (series - part.min()) / np.ptp(part) * (1 - start) + start
        x, trained = cut(scaled[SPLIT:], 5), scaled[: SPLIT - 1]
        seen = replace(observation([(x, x)]), trained_span=(trained.min(), trained.max()))
        return scaling.fitted_on(seen) is scaling.Part.WHOLE

    assert growing[:SPLIT].min() > growing.min()
    assert growing[:SPLIT].max() < growing.max()
    assert fitted_on(growing, growing)
    assert not fitted_on(growing, growing[:SPLIT])
    # One end may be the target of the last window, which is no input.
    assert not fitted_on(trending, trending)


def test_a_scaler_behind_a_logarithm_is_seen() -> None:
    series = np.array([1.0, 2.0, *np.zeros(88)])
    for n in range(2, 90):
        series[n] = series[n - 1] + series[n - 2]
    logs = np.log(series)
    for part, guilty in ((logs[:70], False), (logs, True)):
        x = cut((logs[70:] - part.mean()) / part.std(), 3)
        told = scaling.fitted_on(observation([(x, x)], series=[series]))
        assert told is (scaling.Part.WHOLE if guilty else None)
