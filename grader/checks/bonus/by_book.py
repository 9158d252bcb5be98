"""The gradients that the textbook gives where a forward is wrong, which was charged in its own case.

A right backward on top of a wrong forward is not the gradient of that forward. What it gives is told
by the textbook's forward, differentiated with the complex step (Squire & Trapp 1998): exact, and no
line of backpropagation. Where a value is the student's own, only its slope is the textbook's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import product

import numpy as np
from numpy.typing import NDArray

from grader.checks.compare import agrees
from grader.protocol import Array

Arrays = Mapping[str, Array]
Complex = NDArray[np.complex128]
Forward = Callable[[Mapping[str, Complex]], Complex]

STEP = 1e-30
ROUGHLY = 1e-4
DEVIATIONS = ("", "z tanh", "r tanh", "r one", "n sigmoid", "n without bias", "r on input")
RESETS = ("before", "after", "inside")  # the product with U_h, the bias


def derivative(forward: Forward, at: Arrays, d_outputs: Array) -> dict[str, Array]:
    """The gradient of sum(d_outputs * forward(at)) by every array."""
    found = {name: np.zeros(value.shape) for name, value in at.items()}
    values: dict[str, Complex] = {name: value.astype(np.complex128) for name, value in at.items()}
    for name, value in values.items():
        for place in np.ndindex(*value.shape):
            value[place] += 1j * STEP
            found[name][place] = np.sum(d_outputs * forward(values).imag) / STEP
            value[place] = at[name][place]
    return found


def _sloped(value: Array, slope: Array, inside: Complex) -> Complex:
    """An activation of this value and slope, whatever it was computed by."""
    return np.asarray(value + 1j * slope * inside.imag)


def _tanh(inside: Complex, value: Array | None = None) -> Complex:
    own = np.tanh(inside.real) if value is None else value
    return _sloped(own, 1.0 - own**2, inside)


def _gate(inside: Complex, value: Array | None = None) -> Complex:
    own = _sigmoid(inside.real) if value is None else value
    return _sloped(own, own * (1.0 - own), inside)


def _sigmoid(inside: Array) -> Array:
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * inside)))


def gru(values: Arrays, x: Array, h: Array, seen: Array, d_state: Array) -> list[dict[str, Array]]:
    """What a right backward may give: none where `seen` is a published form's new state.

    values: by documented name; the gradients by `input_t` and `hidden_state` are among those returned.
    """
    at = {**values, "input_t": x, "hidden_state": h}
    forms = [partial(_gru, reset=reset, swap=swap) for reset, swap in _published()]
    if any(agrees(form(_complex(at)).real, seen, ROUGHLY) for form in forms):
        return []
    return [
        derivative(partial(form, deviation=deviation), at, d_state)
        for deviation in DEVIATIONS
        for form in forms
    ]


def _published() -> Iterator[tuple[str, bool]]:
    yield from product(RESETS, (False, True))


def _complex(at: Arrays) -> dict[str, Complex]:
    return {name: value.astype(np.complex128) for name, value in at.items()}


def _gru(at: Mapping[str, Complex], *, reset: str, swap: bool, deviation: str = "") -> Complex:
    x, h = at["input_t"], at["hidden_state"]
    in_z, in_r = (x @ at[f"W_{g}"] + h @ at[f"U_{g}"] + at[f"b_{g}"] for g in "zr")
    z = _gate(in_z, np.tanh(in_z.real) if deviation == "z tanh" else None)
    own_r = {"r tanh": np.tanh(in_r.real), "r one": np.ones(in_r.shape)}.get(deviation)
    r = _gate(in_r, own_r)
    read = {
        "before": lambda: (r * h) @ at["U_h"] + at["b_h"],
        "after": lambda: r * (h @ at["U_h"]) + at["b_h"],
        "inside": lambda: r * (h @ at["U_h"] + at["b_h"]),
    }[reset]()
    n = _tanh(x @ at["W_h"] + read, _own_candidate(at, r, x @ at["W_h"] + read, deviation))
    return z * n + (1.0 - z) * h if swap else z * h + (1.0 - z) * n


def _own_candidate(
    at: Mapping[str, Complex], r: Complex, inside: Complex, deviation: str
) -> Array | None:
    """The candidate's value under a known mistake in forward; None under none."""
    if deviation == "n sigmoid":
        return _sigmoid(inside.real)
    if deviation == "n without bias":
        return np.asarray(np.tanh((inside - at["b_h"]).real))
    if deviation == "r on input":
        on_input = r * (at["input_t"] @ at["W_h"])
        return np.asarray(np.tanh((on_input + at["hidden_state"] @ at["U_h"] + at["b_h"]).real))
    return None


def _recur(
    x: Sequence[Complex],
    weights: Sequence[Complex],
    own: Array | None,
    start: Complex | None = None,
) -> list[Complex]:
    """The states of one layer; `own`: their values (T, B, H) where they are the student's."""
    W_xh, W_hh, b_h = weights
    state = np.zeros((len(x[0]), len(b_h)), np.complex128) if start is None else start
    states = []
    for t, x_t in enumerate(x):
        state = _tanh(x_t @ W_xh + state @ W_hh + b_h, None if own is None else own[t])
        states.append(state)
    return states


def _layer(at: Mapping[str, Complex], suffix: str, reads: str = "W_xh") -> list[Complex]:
    return [at[f"{name}_{suffix}"] for name in (reads, "W_hh", "b_h")]


def bidirectional(at: Mapping[str, Complex], x: Array, own: Array | None = None) -> Complex:
    """Outputs (T, B, O); own: hidden_states (T, B, 2H) of the student's forward."""
    ahead, back = (None, None) if own is None else np.split(own, 2, axis=-1)
    first = _recur(list(x), _layer(at, "forward"), ahead)
    second = _recur(list(x[::-1]), _layer(at, "backward"), None if back is None else back[::-1])
    both = [np.hstack(pair) for pair in zip(first, second[::-1], strict=True)]
    return np.stack(both) @ at["W_hy"] + at["b_y"]


def deep(at: Mapping[str, Complex], x: Array, own: Array | None = None) -> Complex:
    """Outputs (T, B, O); own: hidden_states (K, T, B, H) of the student's forward."""
    below: list[Complex] = list(x.astype(np.complex128))
    for k in range(sum(name.startswith("W_xh_") for name in at)):
        below = _recur(below, _layer(at, str(k + 1)), None if own is None else own[k])
    return np.stack(below) @ at["W_hy"] + at["b_y"]


def seq2seq(
    at: Mapping[str, Complex],
    x: Array,
    targets: Array | None,
    steps: int,
    deviation: str = "",
) -> Complex:
    """Outputs (S, B, O) under teacher forcing, or running free; deviation: one of WAYS."""
    encoded = _recur(list(x), _layer(at, "encoder"), None)
    state = _with_value(_begins(encoded, deviation), encoded[-1])
    weights = _layer(at, "decoder", "W_yh")
    fed = np.zeros((len(state), len(at["b_y"])), np.complex128)
    outputs = []
    for t in range(steps):
        state = _recur([fed], weights, None, state)[-1]
        outputs.append(state @ at["W_hy"] + at["b_y"])
        free = outputs[-1] if deviation != "reads zeros" else _with_value(0.0, outputs[-1])
        fed = free if targets is None else targets[t].astype(np.complex128)
    return np.stack(outputs)


WAYS = ("", "begins with zeros", "begins with the first", "reads zeros")


def _begins(encoded: Sequence[Complex], deviation: str) -> Array | float:
    """The value with which the decoder begins."""
    if deviation == "begins with zeros":
        return 0.0
    return encoded[0 if deviation == "begins with the first" else -1].real


def _with_value(value: Array | float, slope: Complex) -> Complex:
    return np.asarray(value + 1j * slope.imag)
