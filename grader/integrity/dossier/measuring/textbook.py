"""The documented equations with one quantity held at a value: what a line's role would give.

h_t = tanh(x_t W_xh + h_{t-1} W_hh + b_h), y_t = h_t W_hy + b_y and their gradients by
backpropagation through time; one step of an LSTM. Goodfellow, Bengio, Courville, "Deep Learning",
(10.8) to (10.11), 10.2.2, 10.10.1. T steps, B sequences, I inputs, H hidden units, O outputs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from grader.protocol import Array

Parameters = Mapping[str, Array]

FORWARD = ("a", "h", "xW", "hW", "xW+b", "xW+hW", "h_prev", "h_0", "hV", "y")
BACKWARD = (
    "da",
    "dh",
    "dhy",
    "carry",
    "first carry",
    "slope",
    "h",
    "h_prev",
    "x",
    "dy",
    "W_hh",
    "W_hy",
)
GRADIENTS = ("W_xh", "W_hh", "b_h", "W_hy", "b_y")
CELL = (
    "zf",
    "zi",
    "zg",
    "zo",
    "f",
    "i",
    "g",
    "o",
    "fc",
    "ig",
    "c",
    "tanh c",
    "h",
    "c_prev",
    "h_prev",
    "x",
)


@dataclass(frozen=True, slots=True)
class Held:
    """A quantity that is held at a value wherever it occurs; "" holds nothing."""

    name: str = ""
    value: float = 0.0

    def __call__(self, name: str, computed: Array) -> Array:
        return np.full_like(computed, self.value) if name == self.name else computed


FREE = Held()


def forward(p: Parameters, x: Array, held: Held = FREE) -> tuple[Array, Array]:
    """Outputs (T, B, O) and hidden states (T, B, H) of inputs (T, B, I)."""
    h = held("h_0", np.zeros((x.shape[1], p["b_h"].size)))
    hidden, outputs = [], []
    for x_t in x:
        by_input = held("xW", x_t @ p["W_xh"])
        by_state = held("hW", held("h_prev", h) @ p["W_hh"])
        if held.name == "xW+b":
            a = held("xW+b", by_input) + by_state
        else:
            a = held("xW+hW", by_input + by_state) + p["b_h"]
        h = held("h", np.tanh(held("a", a)))
        hidden.append(h)
        outputs.append(held("y", held("hV", h @ p["W_hy"]) + p["b_y"]))
    return np.array(outputs), np.array(hidden)


def backward(
    p: Parameters, x: Array, hidden: Array, d_outputs: Array, held: Held = FREE
) -> dict[str, Array]:
    """Gradients of sum(d_outputs * outputs) by every parameter."""
    T, B, H = hidden.shape
    gradients = {name: np.zeros(np.shape(p[name])) for name in GRADIENTS}
    carry = held("first carry", np.zeros((B, H)))
    W_hh, W_hy = held("W_hh", p["W_hh"]), held("W_hy", p["W_hy"])
    for t in reversed(range(T)):
        h_t, dy = held("h", hidden[t]), held("dy", d_outputs[t])
        before = held("h_prev", hidden[t - 1] if t else np.zeros((B, H)))
        dh = held("dh", held("dhy", dy @ W_hy.T) + carry)
        da = held("da", dh * held("slope", 1.0 - h_t**2))
        gradients["W_xh"] += held("x", x[t]).T @ da
        gradients["W_hh"] += before.T @ da
        gradients["b_h"] += da.sum(axis=0)
        gradients["W_hy"] += h_t.T @ dy
        gradients["b_y"] += dy.sum(axis=0)
        carry = held("carry", da @ W_hh.T)
    return gradients


def cell(p: Parameters, x: Array, h: Array, c: Array, held: Held = FREE) -> tuple[Array, Array]:
    """New hidden and cell state (B, H) from input (B, I) and states (B, H)."""
    x, h, c = held("x", x), held("h_prev", h), held("c_prev", c)

    def gate(letter: str, name: str) -> Array:
        return held(f"z{name}", x @ p[f"W_{letter}"] + h @ p[f"U_{letter}"] + p[f"b_{letter}"])

    f, i, o = (held(name, _sigmoid(gate(name, name))) for name in "fio")
    g = held("g", np.tanh(gate("c", "g")))
    new_c = held("c", held("fc", f * c) + held("ig", i * g))
    return held("h", o * held("tanh c", np.tanh(new_c))), new_c


def _sigmoid(z: Array) -> Array:
    return 0.5 * (1.0 + np.tanh(0.5 * z))
