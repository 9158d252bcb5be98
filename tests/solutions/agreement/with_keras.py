"""Keras on torch in float32: layers forward, optimisers, clipping."""

from __future__ import annotations

import os
import tempfile
from functools import partial

import numpy as np

os.environ["KERAS_BACKEND"] = "torch"
with tempfile.TemporaryDirectory() as settings:  # where it writes a file when it is imported
    os.environ["KERAS_HOME"] = settings
    import keras

from solutions.bonus import Adam, BidirectionalRNN, DeepRNN, GRUCell, Momentum, clip_by_norm
from tests.solutions.agreement import Pairs
from tests.solutions.agreement.cases import randomised, sizes, stacked

Layer = keras.layers.Layer


def values(variable: keras.Variable) -> np.ndarray:
    """By way of torch: `variable.numpy()` warns (Keras 3.15, NumPy 2)."""
    return variable.value.detach().cpu().numpy()


def run(layer: Layer, inputs: np.ndarray) -> np.ndarray:
    """Sequences (T, B, I) through a layer that wants (B, T, I)."""
    x = np.ascontiguousarray(inputs.swapaxes(0, 1), dtype=np.float32)
    return layer(x).detach().cpu().numpy().swapaxes(0, 1)


def gru(rng: np.random.Generator, *, reset_after: bool) -> Pairs:
    T, B, I, H, _ = sizes(rng)  # noqa: E741
    cell = randomised(GRUCell(I, H, reset_after=reset_after), rng)
    layer = keras.layers.GRU(H, reset_after=reset_after, return_sequences=True)
    layer.build((B, T, I))
    b = stacked(cell, "b", "zrh")
    bias = np.stack([b, np.zeros_like(b)]) if reset_after else b  # outside and inside the reset
    layer.set_weights([stacked(cell, "W", "zrh"), stacked(cell, "U", "zrh"), bias])
    inputs = rng.standard_normal((T, B, I))
    h, states = np.zeros((B, H)), []
    for x_t in inputs:
        h = cell.forward(x_t, h)
        states.append(h)
    return [(np.stack(states), run(layer, inputs))]


def bidirectional(rng: np.random.Generator) -> Pairs:
    T, B, I, H, O = sizes(rng)  # noqa: E741
    model = randomised(BidirectionalRNN(I, H, O), rng)
    layer = keras.layers.Bidirectional(keras.layers.SimpleRNN(H, return_sequences=True))
    layer.build((B, T, I))
    layer.set_weights([*model.parameters(*model.FORWARD), *model.parameters(*model.BACKWARD)])
    inputs = rng.standard_normal((T, B, I))
    return [(model.forward(inputs)[1], run(layer, inputs))]


def deep(rng: np.random.Generator) -> Pairs:
    T, B, I, H, O = sizes(rng)  # noqa: E741
    model = randomised(DeepRNN(I, H, O, 3), rng)
    inputs = rng.standard_normal((T, B, I))
    below, states = inputs, []
    for names in model.layers:
        layer = keras.layers.SimpleRNN(H, return_sequences=True)
        layer.build((B, T, below.shape[-1]))
        layer.set_weights(model.parameters(*names))
        below = run(layer, below)
        states.append(below)
    return [(model.forward(inputs)[1], np.stack(states))]


def optimiser(rng: np.random.Generator, ours: type, theirs: keras.Optimizer, scale: float) -> Pairs:
    """Thirty steps. Gradients of about 1: Keras's epsilon stands where tiny ones would show it."""
    parameters = {"W": rng.standard_normal((4, 3)), "b": rng.standard_normal(3)}
    copies = {name: keras.Variable(each, dtype="float32") for name, each in parameters.items()}
    own = ours()
    for _ in range(30):
        gradients = {
            name: scale * rng.uniform(0.5, 1.5, each.shape) * rng.choice([-1, 1], each.shape)
            for name, each in parameters.items()
        }
        own.step(parameters, gradients, 0.05)
        given = [keras.ops.convert_to_tensor(each, "float32") for each in gradients.values()]
        theirs.apply(given, list(copies.values()))
    return [(parameters[name], values(copy)) for name, copy in copies.items()]


def momentum(rng: np.random.Generator) -> Pairs:
    return optimiser(rng, Momentum, keras.optimizers.SGD(0.05, momentum=0.9), scale=0.1)


def adam(rng: np.random.Generator) -> Pairs:
    return optimiser(rng, Adam, keras.optimizers.Adam(0.05, epsilon=1e-8), scale=1.0)


def clipping(rng: np.random.Generator) -> Pairs:
    """What one step of gradient descent at rate 1 takes away is the clipped gradient."""
    gradients = {"W": rng.standard_normal((4, 3)), "b": rng.standard_normal(3)}
    limit = float(rng.uniform(0.2, 3.0))
    variables = [keras.Variable(np.zeros(each.shape)) for each in gradients.values()]
    given = [keras.ops.convert_to_tensor(each, "float32") for each in gradients.values()]
    keras.optimizers.SGD(1.0, global_clipnorm=limit).apply(given, variables)
    ours = clip_by_norm(gradients, limit).values()
    return [(own, -values(their)) for own, their in zip(ours, variables, strict=True)]


COMPARISONS = {
    "GRU layer (reset after)": partial(gru, reset_after=True),
    "GRU layer (reset before)": partial(gru, reset_after=False),
    "bidirectional RNN, both halves": bidirectional,
    "deep RNN, three layers": deep,
    "momentum, 30 steps": momentum,
    "Adam, 30 steps": adam,
    "clipping by the global norm": clipping,
}
