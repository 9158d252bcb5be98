#!/usr/bin/env bash
# thinc 9.1.1 (8.3.14 too): the gradient of LSTM on the CPU holds the weights themselves.
#
# thinc's contract: begin_update returns the output and a callback that takes the gradient of the loss by
# the output, adds that by each parameter to the model, and returns that by the input. A gradient is linear:
# an output gradient of zero gives zero everywhere.
# Expected of LSTM.v1 with NumpyOps: the chain rule, as central differences of its own forward show it.
# Seen: with an output gradient of zero, the gradient of the parameters is the parameters (both biases of a
# gate, added, in the place of the first). With one step in a sequence, the input's gradient is exactly zero
# and that of the parameters is again the parameters alone: the first step gets no share. For longer ones
# something is added to the weights, but not what the differences say. Shapes are right and a loss may fall,
# but every step of training also pulls every weight to zero, at the full learning rate.
# Who wants an LSTM of thinc as a reference, or trains one without a GPU, should not use this layer.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "thinc==9.1.1" "numpy==2.4.6"
"$folder/venv/bin/python" - <<'PYTHON'
import numpy as np
from thinc.api import LSTM, NumpyOps, use_ops, with_padded

WIDTH, INPUTS = 4, 3
SIZES = [4 * WIDTH * INPUTS, 4 * WIDTH, 4 * WIDTH * WIDTH, 4 * WIDTH]  # W_x, b_x, W_h, b_h


def made(steps):
    """A model with random weights, and one sequence."""
    rng = np.random.default_rng(steps)
    sequences = [rng.normal(size=(steps, INPUTS)).astype("f")]
    model = with_padded(LSTM(nO=WIDTH)).initialize(X=sequences)
    layer = next(node for node in model.walk() if node.has_param("LSTM"))
    layer.set_param("LSTM", rng.normal(size=sum(SIZES)).astype("f") / 2)
    return model, layer, sequences, rng.normal(size=(steps, WIDTH)).astype("f")


def gradients(steps, scale):
    """What the callback gives for the loss sum(scale * weight * output), beside central differences."""
    model, layer, sequences, weight = made(steps)
    weight = weight * np.float32(scale)
    start = layer.get_param("LSTM").copy()
    _, back = model.begin_update(sequences)
    by_input = back([weight.copy()])[0]
    by_params = layer.get_grad("LSTM").copy()

    def loss(params):
        layer.set_param("LSTM", params)
        return float((model.predict(sequences)[0].astype("d") * weight).sum())

    differences = np.empty(start.size)
    for index in range(start.size):
        move = np.zeros_like(start)
        move[index] = 1e-2
        differences[index] = (loss(start + move) - loss(start - move)) / 2e-2
    return start, by_params, differences, by_input


def summed(params):
    """The parameters as the gradient has them: both biases in the place of the first."""
    w_x, b_x, w_h, b_h = np.split(params, np.cumsum(SIZES)[:-1])
    return np.concatenate([w_x, b_x + b_h, w_h, 0 * b_h])


with use_ops("numpy"):
    for steps, scale in ((5, 0), (1, 1), (5, 1)):
        start, got, differences, by_input = gradients(steps, scale)
        print(f"steps {steps}, output gradient times {scale}:")
        print(f"  largest entry by differences              {np.abs(differences).max():.3f}")
        print(f"  largest entry of the layer's gradient     {np.abs(got).max():.3f}")
        print(f"  largest distance between the two          {np.abs(got - differences).max():.3f}")
        print(f"  largest distance of it from the weights   {np.abs(got - summed(start)).max():.3f}")
        print(f"  largest entry of the input's gradient     {np.abs(by_input).max():.3f}")
        if scale == 0 or steps == 1:
            assert np.allclose(got, summed(start), atol=1e-6), "changed: the gradient is not the weights"
            assert not by_input.any(), "changed: the input of a single step gets a gradient"
        assert np.abs(got - differences).max() > 0.5, "changed: the gradient is that of the forward"
print("as described")
PYTHON
