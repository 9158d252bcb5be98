"""ONNX Runtime in float32: its GRU and RNN nodes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from solutions.bonus import BidirectionalRNN, DeepRNN, GRUCell
from tests.solutions.agreement import Pairs
from tests.solutions.agreement.cases import randomised, sizes, stacked


def run(
    operator: str, inputs: np.ndarray, weights: Sequence[np.ndarray], **options: Any
) -> np.ndarray:
    """A model of one node on (T, B, I): the states (T, directions, B, H).

    weights: W, R, B as the operator wants them, a direction each.
    """
    hidden_size = weights[1].shape[-1]
    named = [
        numpy_helper.from_array(np.ascontiguousarray(each, dtype=np.float32), name)
        for name, each in zip("WRB", weights, strict=True)
    ]
    node = helper.make_node(
        operator, ["X", "W", "R", "B"], ["Y"], hidden_size=hidden_size, **options
    )
    floats = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in "XY"]
    graph = helper.make_graph([node], "one", floats[:1], floats[1:], named)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 22)], ir_version=10)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    return session.run(None, {"X": inputs.astype(np.float32)})[0]


def gru(rng: np.random.Generator, *, reset_after: bool) -> Pairs:
    T, B, I, H, _ = sizes(rng)  # noqa: E741
    cell = randomised(GRUCell(I, H, reset_after=reset_after), rng)
    b = stacked(cell, "b", "zrh")
    weights = [stacked(cell, "W", "zrh").T[None], stacked(cell, "U", "zrh").T[None]]
    bias = np.concatenate([b, np.zeros_like(b)])[None]
    inputs = rng.standard_normal((T, B, I))
    theirs = run("GRU", inputs, [*weights, bias], linear_before_reset=int(reset_after))
    h, states = np.zeros((B, H)), []
    for x_t in inputs:
        h = cell.forward(x_t, h)
        states.append(h)
    return [(np.stack(states), theirs[:, 0])]


def rnn_weights(*directions: tuple[np.ndarray, ...]) -> list[np.ndarray]:
    return [
        np.stack([W_xh.T for W_xh, _, _ in directions]),
        np.stack([W_hh.T for _, W_hh, _ in directions]),
        np.stack([np.concatenate([b_h, np.zeros_like(b_h)]) for _, _, b_h in directions]),
    ]


def bidirectional(rng: np.random.Generator) -> Pairs:
    T, B, I, H, O = sizes(rng)  # noqa: E741
    model = randomised(BidirectionalRNN(I, H, O), rng)
    weights = rnn_weights(model.parameters(*model.FORWARD), model.parameters(*model.BACKWARD))
    inputs = rng.standard_normal((T, B, I))
    theirs = run("RNN", inputs, weights, direction="bidirectional", activations=["Tanh", "Tanh"])
    return [(model.forward(inputs)[1], np.concatenate([theirs[:, 0], theirs[:, 1]], axis=-1))]


def deep(rng: np.random.Generator) -> Pairs:
    T, B, I, H, O = sizes(rng)  # noqa: E741
    model = randomised(DeepRNN(I, H, O, 3), rng)
    inputs = rng.standard_normal((T, B, I))
    below, states = inputs, []
    for names in model.layers:
        below = run("RNN", below, rnn_weights(model.parameters(*names)))[:, 0]
        states.append(below)
    return [(model.forward(inputs)[1], np.stack(states))]


COMPARISONS = {
    "GRU layer (linear_before_reset=1)": partial(gru, reset_after=True),
    "GRU layer (linear_before_reset=0)": partial(gru, reset_after=False),
    "bidirectional RNN, both halves": bidirectional,
    "deep RNN, three layers": deep,
}
