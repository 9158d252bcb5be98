"""The optional part's reference: its gradients are slopes, its state is its own, its masks are fair.

That it agrees with other frameworks is held by `agreement/`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from solutions import rnn
from solutions.bonus import (
    Adam,
    BidirectionalRNN,
    DeepRNN,
    Dropout,
    GRUCell,
    Momentum,
    Seq2Seq,
    clip_by_norm,
)
from tests.solutions.agreement.cases import randomised
from tests.solutions.test_reference import central_difference

T, B, I, H, O, S = 5, 3, 4, 6, 2, 4  # noqa: E741


@pytest.fixture
def rng():
    return np.random.default_rng(19)


class Run:
    """A model with the arguments of its forward, and the loss whose gradient backward gives."""

    def __init__(self, model, arguments, d_outputs):
        self.model = model
        self.arguments = arguments
        self.d_outputs = d_outputs

    def outputs(self):
        found = self.model.forward(*self.arguments)
        return found[0] if isinstance(found, tuple) else found

    def loss(self):
        return float(np.sum(self.outputs() * self.d_outputs))

    def backward(self):
        self.model.forward(*self.arguments)
        return self.model.backward(self.d_outputs)


RUNS: dict[str, Callable[[np.random.Generator], Run]] = {
    "gru": lambda rng: Run(
        randomised(GRUCell(I, H), rng),
        (rng.standard_normal((B, I)), rng.standard_normal((B, H))),
        rng.standard_normal((B, H)),
    ),
    "gru, reset after": lambda rng: Run(
        randomised(GRUCell(I, H, reset_after=True), rng),
        (rng.standard_normal((B, I)), rng.standard_normal((B, H))),
        rng.standard_normal((B, H)),
    ),
    "bidirectional": lambda rng: Run(
        randomised(BidirectionalRNN(I, H, O), rng),
        (rng.standard_normal((T, B, I)),),
        rng.standard_normal((T, B, O)),
    ),
    "deep": lambda rng: Run(
        randomised(DeepRNN(I, H, O, 3), rng),
        (rng.standard_normal((T, B, I)),),
        rng.standard_normal((T, B, O)),
    ),
    "seq2seq, forced": lambda rng: Run(
        randomised(Seq2Seq(I, H, O), rng),
        (rng.standard_normal((T, B, I)), rng.standard_normal((S, B, O))),
        rng.standard_normal((S, B, O)),
    ),
    "seq2seq, free": lambda rng: Run(
        randomised(Seq2Seq(I, H, O), rng),
        (rng.standard_normal((T, B, I)), None, S),
        rng.standard_normal((S, B, O)),
    ),
}


@pytest.fixture(params=RUNS)
def run(request, rng) -> Run:
    return RUNS[request.param](rng)


def test_gradients_are_the_slopes_of_forward(run):
    gradients = run.backward()
    inputs = dict(zip(("input_t", "hidden_state"), run.arguments, strict=False))
    parameters = {name for name, value in vars(run.model).items() if isinstance(value, np.ndarray)}
    assert parameters <= set(gradients) <= parameters | set(inputs)
    for name, gradient in gradients.items():
        array = getattr(run.model, name) if name in parameters else inputs[name]
        slope = central_difference(run.loss, array)
        assert gradient.shape == array.shape
        assert np.abs(gradient - slope).max() < 1e-8 * max(1.0, np.abs(slope).max())


def test_arguments_stay_and_may_be_reused_before_backward(run):
    copies = [None if each is None else np.copy(each) for each in (*run.arguments, run.d_outputs)]
    expected = run.backward()
    for array, copy in zip((*run.arguments, run.d_outputs), copies, strict=True):
        if copy is not None:
            np.testing.assert_array_equal(array, copy)
    run.model.forward(*run.arguments)
    for array in run.arguments:
        if isinstance(array, np.ndarray):
            array[...] = np.nan
    for name, gradient in run.model.backward(run.d_outputs).items():
        np.testing.assert_array_equal(gradient, expected[name])


def test_backward_belongs_to_the_latest_forward(run):
    expected = run.backward()
    others = [
        array[:, :2] + 1.0 if isinstance(array, np.ndarray) and array.ndim == 3 else array
        for array in run.arguments
    ]
    run.model.forward(*others)
    for name, gradient in run.backward().items():
        np.testing.assert_array_equal(gradient, expected[name])


@pytest.mark.parametrize("name", [name for name in RUNS if not name.startswith("gru")])
def test_an_update_goes_down_the_gradient(name, rng):
    run = RUNS[name](rng)
    before = {name: getattr(run.model, name).copy() for name in run.backward()}
    gradients = run.backward()
    run.model.update_parameters(0.1)
    for parameter, gradient in gradients.items():
        np.testing.assert_allclose(
            getattr(run.model, parameter), before[parameter] - 0.1 * gradient
        )


def test_a_gru_with_a_closed_gate_keeps_its_state_whatever_comes(rng):
    cell = randomised(GRUCell(I, H), rng)
    cell.b_z[:] = 800.0
    h = rng.standard_normal((B, H))
    with np.errstate(all="raise"):
        np.testing.assert_array_equal(cell.forward(1e3 * rng.standard_normal((B, I)), h), h)


def test_each_direction_is_a_simple_rnn(rng):
    model = randomised(BidirectionalRNN(I, H, O), rng)
    x = rng.standard_normal((T, B, I))
    _, states = model.forward(x)
    for half, names, inputs in (
        (states[..., :H], model.FORWARD, x),
        (states[::-1, :, H:], model.BACKWARD, x[::-1]),
    ):
        single = rnn.SimpleRNN(I, H, O)
        for own, name in zip(("W_xh", "W_hh", "b_h"), names, strict=True):
            setattr(single, own, getattr(model, name))
        np.testing.assert_allclose(half, single.forward(inputs)[1], rtol=1e-12, atol=1e-14)


def test_one_layer_is_a_simple_rnn(rng):
    model, single = randomised(DeepRNN(I, H, O, 1), rng), rnn.SimpleRNN(I, H, O)
    for own, name in zip(("W_xh", "W_hh", "b_h"), model.layers[0], strict=True):
        setattr(single, own, getattr(model, name))
    single.W_hy, single.b_y = model.W_hy, model.b_y
    x = rng.standard_normal((T, B, I))
    (outputs, states), (theirs, their_states) = model.forward(x), single.forward(x)
    np.testing.assert_allclose(outputs, theirs, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(states, their_states[None], rtol=1e-12, atol=1e-14)


def test_running_free_is_being_taught_ones_own_outputs(rng):
    model = randomised(Seq2Seq(I, H, O), rng)
    x = rng.standard_normal((T, B, I))
    free = model.forward(x)
    assert free.shape == (T, B, O)
    np.testing.assert_allclose(model.forward(x, free), free, rtol=1e-12)
    np.testing.assert_array_equal(model.forward(x, None, 2), free[:2])
    np.testing.assert_array_equal(model.forward(x, free, 99), model.forward(x, free))


def test_clipping_keeps_the_direction_and_its_argument(rng):
    gradients = {"W": rng.standard_normal((4, 3)), "b": rng.standard_normal(3)}
    copies = {name: each.copy() for name, each in gradients.items()}
    norm = np.sqrt(sum(np.sum(each**2) for each in gradients.values()))
    for limit, scale in ((norm / 4, 0.25), (norm * 1.001, 1.0)):
        for name, each in clip_by_norm(gradients, limit).items():
            np.testing.assert_allclose(each, scale * copies[name])
            assert each is not gradients[name]
            np.testing.assert_array_equal(gradients[name], copies[name])
    np.testing.assert_array_equal(clip_by_norm({"W": np.zeros(3)}, 1.0)["W"], np.zeros(3))


@pytest.mark.parametrize("optimiser", [Momentum, Adam])
def test_a_step_changes_the_networks_own_arrays(optimiser, rng):
    model = rnn.SimpleRNN(I, H, O)
    own = {"W_xh": model.W_xh, "b_h": model.b_h}
    before = {name: each.copy() for name, each in own.items()}
    gradients = {name: rng.standard_normal(each.shape) for name, each in own.items()}
    assert optimiser().step(own, gradients, 0.01) is own
    for name, each in own.items():
        assert each is getattr(model, name)
        assert (np.sign(before[name] - each) == np.sign(gradients[name])).all()


def test_the_first_step_of_adam_is_the_rate():
    """With the bias corrected m = g and v = g^2 (Kingma & Ba 2015, section 2.1)."""
    parameter = np.zeros(5)
    gradient = np.array([1e-3, -1e-3, 1.0, -1e3, 1e6])
    Adam().step({"p": parameter}, {"p": gradient}, 0.01)
    np.testing.assert_allclose(parameter, -0.01 * np.sign(gradient), rtol=2e-5)


def test_dropout_draws_one_mask_for_all_time_steps(rng):
    rate, shape = 0.3, (200, 100)
    layer = Dropout(rate)
    x = rng.uniform(1.0, 2.0, (T, *shape))
    scale = layer.forward(x) / x
    np.testing.assert_allclose(scale, np.broadcast_to(scale[0], scale.shape))
    assert set(np.round(np.unique(scale), 9)) == {0.0, round(1 / (1 - rate), 9)}
    dropped = scale[0] == 0
    # Six standard deviations of a share of 20,000 draws, of 200 and of 100.
    for share, draws in ((dropped.mean(), 20_000), (dropped.mean(0), 200), (dropped.mean(1), 100)):
        assert np.abs(share - rate).max() < 6 * np.sqrt(rate * (1 - rate) / draws)
    d_outputs = rng.standard_normal(x.shape)
    np.testing.assert_allclose(layer.backward(d_outputs), d_outputs * scale)
    assert not np.array_equal(layer.forward(x) / x, scale)


def test_dropout_is_off_in_evaluation(rng):
    layer = Dropout(0.5)
    x = rng.standard_normal((T, B, H))
    layer.forward(x)
    assert layer.forward(x, training=False) is not x
    np.testing.assert_array_equal(layer.forward(x, training=False), x)
    np.testing.assert_array_equal(layer.backward(x), x)
