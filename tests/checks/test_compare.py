"""Nothing passes a comparison through NaN, broadcasting, an empty array or a lying type."""

from __future__ import annotations

import numpy as np
import pytest

from grader.checks.compare import What, agrees, as_array, distance, same, tolerance
from grader.checks.states import Sizes, read_cell, read_forward
from grader.faults import BadValue, CheckFailed, ReturnedNothing
from grader.protocol import Opaque

WHAT = What("outputs", "forward(inputs: (6, 3, 2))")
ONES = np.ones((2, 3))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (np.ones((3, 2)), r"shape \(3, 2\), expected \(2, 3\)"),
        (np.ones((0, 3)), r"shape \(0, 3\)"),
        (np.float64(1.0), "numeric array|shape"),
        (np.full((2, 3), np.nan), "NaN"),
        (np.full((2, 3), np.inf), "NaN or infinity"),
        (None, "is None, not a numeric array"),
        ("ones", "is str"),
        (Opaque("Tensor"), "is Tensor"),
        (np.array([["a"] * 3] * 2), "not a numeric array"),
        ({0: ONES}, "dict of 1"),
    ],
)
def test_bad_values_are_named(value, words) -> None:
    with pytest.raises(BadValue, match=words):
        same(value, ONES, WHAT)


def test_wrong_values_say_where_and_what() -> None:
    wrong = ONES.copy()
    wrong[1, 2] = 1.5
    with pytest.raises(
        CheckFailed, match=r"index \(1, 2\) it is 1.5, expected 1 \[forward"
    ) as failed:
        same(wrong, ONES, WHAT)
    assert str(failed.value.guarded) == "outputs has wrong values."


def test_hidden_words_hold_no_value() -> None:
    with pytest.raises(BadValue) as failed:
        same(np.ones((3, 2)), ONES, WHAT)
    assert "3" not in str(failed.value.guarded)


def test_lists_of_arrays_are_arrays() -> None:
    assert as_array([np.ones(3), np.ones(3)], WHAT).shape == (2, 3)
    with pytest.raises(BadValue):
        as_array([np.ones(3), np.ones(2)], WHAT)
    with pytest.raises(BadValue):
        as_array([], WHAT)


def test_the_tolerance_follows_the_dtype_and_float16_earns_none() -> None:
    assert tolerance(np.ones(1, np.float32)) > tolerance(np.ones(1))
    assert tolerance(np.ones(1, np.float16)) == tolerance(np.ones(1))


def test_nothing_agrees_with_what_overflowed() -> None:
    """A formula that a diagnosis tries may divide by 0."""
    assert not agrees(np.ones(2), np.array([1.0, np.inf]), 1e-3)
    assert not agrees(np.ones(2), np.array([1.0, np.nan]), 1e-3)


def test_distance_of_zeros_is_zero_and_nan_agrees_with_nothing() -> None:
    assert distance(np.zeros(3), np.zeros(3)) == 0
    assert not agrees(np.array([np.nan]), np.array([np.nan]), 1.0)
    assert not agrees(np.ones((1, 3)), np.ones(3), 1.0)


SIZES = Sizes(T=6, B=5, I=3, H=4, O=2)
OUTPUTS = np.random.default_rng(0).normal(size=(6, 5, 2))
HIDDEN = np.random.default_rng(1).normal(size=(6, 5, 4))
FIRST = np.concatenate([np.zeros((1, 5, 4)), HIDDEN])
LAST = np.concatenate([HIDDEN, np.zeros((1, 5, 4))])


@pytest.mark.parametrize(
    "hidden",
    [
        HIDDEN,
        FIRST,
        LAST,
        list(HIDDEN),
        list(FIRST),
        {t - 1: state for t, state in enumerate(FIRST)},
        {str(t): state for t, state in enumerate(HIDDEN)},
        HIDDEN.transpose(0, 2, 1),
        [state.T for state in HIDDEN],
    ],
)
@pytest.mark.parametrize("outputs", [OUTPUTS, list(OUTPUTS), OUTPUTS[..., None]])
def test_every_way_to_return_states_reads_the_same(hidden, outputs) -> None:
    forward = read_forward((outputs, hidden), SIZES)
    assert np.array_equal(forward.outputs, OUTPUTS)
    assert np.array_equal(forward.hidden, HIDDEN)
    assert forward.in_order
    assert forward.documented_outputs
    assert not read_forward((hidden, outputs), SIZES).in_order


def test_an_extra_cache_does_no_harm_and_missing_outputs_are_named() -> None:
    assert read_forward((OUTPUTS, HIDDEN, {"cache": HIDDEN}), SIZES).hidden is not None
    assert read_forward(OUTPUTS, SIZES).hidden is None
    with pytest.raises(
        BadValue, match=r"ndarray \(6, 5, 4\); expected outputs of shape \(6, 5, 2\)"
    ):
        read_forward(HIDDEN, SIZES)
    with pytest.raises(ReturnedNothing, match=r"SimpleRNN\.forward returned None"):
        read_forward(None, SIZES)


def test_cell_states_come_as_pair_list_or_nested() -> None:
    h, c = HIDDEN[0], HIDDEN[1]
    for returned in ((h, c), [h, c], np.stack([h, c]), (h, (h, c))):
        first, second = read_cell(returned, 5, 4)
        assert first.shape == second.shape == (5, 4)
    with pytest.raises(BadValue, match="expected new_hidden_state"):
        read_cell((h, c.T), 5, 4)
