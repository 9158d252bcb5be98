"""The reference: equal to PyTorch and to central differences, and safe to call in any order."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
import pytest

from solutions import rnn as reference
from solutions.rnn import LSTMCell, SimpleRNN, generate_sequence_data, sigmoid

PARAMETERS = ("W_xh", "W_hh", "b_h", "W_hy", "b_y")
GATES = "fico"


def randomised(model, rng, scale=1.0):
    """The model with all parameters redrawn, biases included."""
    for name, value in vars(model).items():
        if isinstance(value, np.ndarray):
            value[...] = scale * rng.standard_normal(value.shape) / np.sqrt(value.shape[-1])
            assert getattr(model, name) is value
    return model


@pytest.fixture
def rng():
    return np.random.default_rng(20)


@pytest.fixture
def case(rng):
    """An RNN, inputs and d_outputs, all sizes different."""
    model = randomised(SimpleRNN(3, 5, 2), rng)
    return model, rng.standard_normal((6, 4, 3)), rng.standard_normal((6, 4, 2))


def assert_same(ours, theirs):
    """Equal to 1e-10 of the largest entry: sums over many terms grow, rounding with them."""
    assert ours.dtype == np.float64
    assert ours.shape == theirs.shape
    assert np.isfinite(ours).all()
    assert np.abs(ours - theirs).max() <= 1e-10 * max(1.0, np.abs(theirs).max())


@pytest.mark.needs("torch")
@pytest.mark.parametrize("seed", range(60))
def test_rnn_agrees_with_torch(seed):
    import torch

    rng = np.random.default_rng(seed)
    # Sizes are named as in the equations.
    T, B, I, H, O = (int(rng.integers(1, most)) for most in (40, 9, 12, 24, 7))  # noqa: E741
    model = randomised(SimpleRNN(I, H, O), rng, scale=rng.uniform(0.1, 1.5))
    inputs, d_outputs = rng.standard_normal((T, B, I)), rng.standard_normal((T, B, O))

    layer = torch.nn.RNN(I, H, dtype=torch.float64)
    head = torch.nn.Linear(H, O, dtype=torch.float64)
    theirs = {
        "W_xh": layer.weight_ih_l0,
        "W_hh": layer.weight_hh_l0,
        "b_h": layer.bias_ih_l0,
        "W_hy": head.weight,
        "b_y": head.bias,
    }
    with torch.no_grad():
        layer.bias_hh_l0.zero_()  # torch has two hidden biases; the contract has one
        for name, tensor in theirs.items():
            tensor.copy_(torch.from_numpy(getattr(model, name).T))

    states, _ = layer(torch.from_numpy(inputs))
    head(states).backward(torch.from_numpy(d_outputs))
    outputs, hidden_states = model.forward(inputs)
    gradients = model.backward(d_outputs)

    assert_same(hidden_states, states.detach().numpy())
    assert_same(outputs, head(states).detach().numpy())
    assert set(gradients) == set(PARAMETERS)
    for name, tensor in theirs.items():
        assert_same(gradients[name], tensor.grad.numpy().T)


@pytest.mark.needs("torch")
@pytest.mark.parametrize("seed", range(40))
def test_lstm_agrees_with_torch(seed):
    import torch

    rng = np.random.default_rng(seed)
    # Sizes are named as in the equations.
    steps, B, I, H = (int(rng.integers(1, most)) for most in (20, 9, 12, 24))  # noqa: E741
    model = randomised(LSTMCell(I, H), rng, scale=rng.uniform(0.1, 3.0))
    theirs = torch.nn.LSTMCell(I, H, dtype=torch.float64)
    order = "ifco"  # torch stacks input, forget, cell, output
    with torch.no_grad():
        for tensor, letter in ((theirs.weight_ih, "W"), (theirs.weight_hh, "U")):
            stacked = np.concatenate([getattr(model, f"{letter}_{gate}").T for gate in order])
            tensor.copy_(torch.from_numpy(stacked))
        stacked = np.concatenate([getattr(model, f"b_{gate}") for gate in order])
        theirs.bias_ih.copy_(torch.from_numpy(stacked))
        theirs.bias_hh.zero_()

    h, c = rng.standard_normal((B, H)), rng.standard_normal((B, H))
    state = torch.from_numpy(h), torch.from_numpy(c)
    for _ in range(steps):
        x = rng.standard_normal((B, I))
        h, c = model.forward(x, h, c)
        state = theirs(torch.from_numpy(x), state)
        assert_same(h, state[0].detach().numpy())
        assert_same(c, state[1].detach().numpy())


def central_difference(function: Callable[[], float], array, step=1e-5):
    gradient = np.empty_like(array)
    for index in np.ndindex(array.shape):
        value = array[index]
        array[index] = value + step
        above = function()
        array[index] = value - step
        below = function()
        array[index] = value
        gradient[index] = (above - below) / (2 * step)
    return gradient


@pytest.mark.parametrize("name", PARAMETERS)
def test_gradients_are_the_slopes_of_forward(case, name):
    model, inputs, d_outputs = case
    model.forward(inputs)
    gradient = model.backward(d_outputs)[name]
    slope = central_difference(
        lambda: float(np.sum(model.forward(inputs)[0] * d_outputs)), getattr(model, name)
    )
    assert gradient.shape == getattr(model, name).shape
    error = np.linalg.norm(gradient - slope) / (np.linalg.norm(gradient) + np.linalg.norm(slope))
    assert error < 1e-8


def test_what_was_returned_never_changes(case):
    model, inputs, d_outputs = case
    returned = [*model.forward(inputs), *model.backward(d_outputs).values()]
    copies = [array.copy() for array in returned]
    model.forward(inputs + 1.0)
    model.backward(d_outputs - 1.0)
    model.update_parameters(0.1)
    for array, copy in zip(returned, copies, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_the_caller_may_reuse_its_arrays_before_backward(case):
    model, inputs, d_outputs = case
    model.forward(inputs)
    expected = model.backward(d_outputs)
    scratch = inputs.copy()
    outputs, hidden_states = model.forward(scratch)
    for array in (scratch, outputs, hidden_states):
        array[...] = np.nan
    for name, gradient in model.backward(d_outputs).items():
        np.testing.assert_array_equal(gradient, expected[name])


def test_arguments_stay_as_they_were(case, rng):
    model, inputs, d_outputs = case
    before = inputs.copy(), d_outputs.copy()
    model.forward(inputs)
    model.backward(d_outputs)
    np.testing.assert_array_equal(inputs, before[0])
    np.testing.assert_array_equal(d_outputs, before[1])

    arguments = [rng.standard_normal(shape) for shape in ((4, 3), (4, 5), (4, 5))]
    copies = [array.copy() for array in arguments]
    LSTMCell(3, 5).forward(*arguments)
    for array, copy in zip(arguments, copies, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_backward_belongs_to_the_latest_forward_and_starts_from_zero(case, rng):
    model, inputs, d_outputs = case
    model.forward(inputs)
    expected = model.backward(d_outputs)
    model.forward(rng.standard_normal((9, 2, 3)))  # other sizes: the workspace is made anew
    model.backward(rng.standard_normal((9, 2, 2)))
    model.forward(inputs)
    for _ in range(2):
        for name, gradient in model.backward(d_outputs).items():
            np.testing.assert_array_equal(gradient, expected[name])


def test_every_forward_starts_from_rest(case):
    model, inputs, _ = case
    first = model.forward(inputs)
    for array, again in zip(first, model.forward(inputs), strict=True):
        np.testing.assert_array_equal(array, again)


def test_update_is_plain_gradient_descent(case):
    model, inputs, d_outputs = case
    before = {name: getattr(model, name).copy() for name in PARAMETERS}
    model.forward(inputs)
    gradients = model.backward(d_outputs)
    for steps in (1, 2):
        model.update_parameters(0.25)
        for name, gradient in gradients.items():
            expected = before[name] - steps * 0.25 * gradient
            np.testing.assert_allclose(getattr(model, name), expected, rtol=0, atol=1e-14)


def test_initial_weights_are_xavier_and_biases_zero():
    model, cell = SimpleRNN(300, 500, 200), LSTMCell(300, 500)
    weights = [model.W_xh, model.W_hh, model.W_hy]
    weights += [getattr(cell, f"{letter}_{gate}") for letter in "WU" for gate in GATES]
    for weight in weights:
        assert weight.var() == pytest.approx(2.0 / sum(weight.shape), rel=0.02)
        assert abs(weight.mean()) < 0.001
    for bias in (model.b_h, model.b_y, *(getattr(cell, f"b_{gate}") for gate in GATES)):
        assert not bias.any()
    assert not np.array_equal(SimpleRNN(2, 3, 1).W_hh, SimpleRNN(2, 3, 1).W_hh)


def test_sigmoid_is_exact_and_never_overflows():
    z = np.array([-1e4, -800.0, -5.0, 0.0, 5.0, 800.0, 1e4])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        values = sigmoid(z)
    np.testing.assert_allclose(values[2:5], 1 / (1 + np.exp(-z[2:5])), rtol=1e-14)
    np.testing.assert_array_equal(values[[0, 1, 5, 6]], [0.0, 0.0, 1.0, 1.0])


def test_fibonacci_is_exact_up_to_rounding():
    terms = generate_sequence_data()
    assert terms.dtype == np.float64
    assert terms.shape == (1000,)
    assert terms[:9].tolist() == [0, 1, 1, 2, 3, 5, 8, 13, 21]
    a, b = 0, 1
    for term in terms:
        assert term == float(a)
        a, b = b, a + b
    assert np.isfinite(generate_sequence_data("fibonacci", 1477)).all()
    with pytest.raises(OverflowError):
        generate_sequence_data("fibonacci", 1478)


@pytest.mark.parametrize("kind", reference.SEQUENCES)
@pytest.mark.parametrize("length", [1, 2, 7, 300])
def test_every_sequence_is_float64_finite_and_a_prefix_of_the_longer(kind, length):
    series = generate_sequence_data(kind, length)
    assert series.dtype == np.float64
    assert series.shape == (length,)
    assert np.isfinite(series).all()
    np.testing.assert_allclose(series, generate_sequence_data(kind, 400)[:length], rtol=1e-15)


def test_sine_obeys_its_recurrence():
    s = generate_sequence_data("sine", 500)
    np.testing.assert_allclose(s[2:], 2 * np.cos(0.2) * s[1:-1] - s[:-2], atol=1e-12)


@pytest.mark.parametrize("arguments", [("no such sequence", 10), ("sine", 0), ("fibonacci", -3)])
def test_what_cannot_be_generated_is_refused(arguments):
    with pytest.raises(ValueError, match=r"unknown sequence type|at least 1"):
        generate_sequence_data(*arguments)
