"""How a gradient fares over time: the norm of dh_t/dh_k by lag t - k, for RNNs and an LSTM.

The Jacobian of an RNN's step is diag(1 - h_t^2) W_hh (Pascanu, Mikolov & Bengio 2013, eq. 5), that of a
cell state on its direct way diag(f_t) and on all ways what central differences give.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Step = Callable[[Array, Array], tuple[Array, Array]]

HIDDEN = 64
INPUT = 8
LAGS = 60
WARM_UP = 100  # steps until the state has forgotten its start
SEED = 6
RADII = (0.5, 1.0, 1.5)
NOISE = 0.01  # standard deviation of the input's share: small, so that tanh is nearly linear
FORGET_BIAS = 1.0
STEP = 1e-6


@dataclass(frozen=True, slots=True)
class Curve:
    """Spectral norms at lags 1, 2, ..., LAGS."""

    name: str
    norms: Array


def curves() -> list[Curve]:
    """One for each spectral radius of W_hh, and one of an LSTM with forget bias 1."""
    found = [Curve(f"RNN, ρ = {radius:g}", rnn(radius)) for radius in RADII]
    return [*found, Curve(f"LSTM, b_f = {FORGET_BIAS:g}", lstm())]


def rnn(radius: float) -> Array:
    """Norms of a tanh RNN whose W_hh is `radius` times a random orthogonal matrix."""
    rng = np.random.default_rng(SEED)
    W_hh = radius * _orthogonal(rng)
    h = rng.normal(size=HIDDEN) * NOISE
    product = np.eye(HIDDEN)
    norms = []
    for step in range(WARM_UP + LAGS):
        h = np.tanh(W_hh @ h + NOISE * rng.normal(size=HIDDEN))
        if step >= WARM_UP:
            product = ((1 - h * h)[:, None] * W_hh) @ product
            norms.append(np.linalg.norm(product, 2))
    return np.array(norms)


def lstm() -> Array:
    """Norms of dc_t/dc_k of an LSTM cell with usual weights, over every way, h and gates included."""
    rng = np.random.default_rng(SEED)
    scale = 1 / np.sqrt(HIDDEN)
    W, U = (rng.uniform(-scale, scale, (4, HIDDEN, size)) for size in (INPUT, HIDDEN))
    b = np.zeros((4, HIDDEN))
    b[0] = FORGET_BIAS
    inputs = rng.normal(size=(WARM_UP + LAGS, INPUT))

    def run(h: Array, c: Array, x: Array) -> tuple[Array, Array]:
        z = np.einsum("ghi,i->gh", W, x) + np.einsum("ghk,k->gh", U, h) + b
        f, i, o = (1 / (1 + np.exp(-z[gate])) for gate in (0, 1, 3))
        c = f * c + i * np.tanh(z[2])
        return o * np.tanh(c), c

    h = c = np.zeros(HIDDEN)
    for x in inputs[:WARM_UP]:
        h, c = run(h, c, x)
    norms, jacobian = [], np.eye(2 * HIDDEN)
    for x in inputs[WARM_UP:]:
        jacobian = _jacobian(partial(run, x=x), h, c) @ jacobian
        norms.append(np.linalg.norm(jacobian[HIDDEN:, HIDDEN:], 2))
        h, c = run(h, c, x)
    return np.array(norms)


def _jacobian(step: Step, h: Array, c: Array) -> Array:
    """d(h, c after the step) / d(h, c before it), by central differences."""
    columns = []
    for number in range(2 * HIDDEN):
        change = np.zeros(2 * HIDDEN)
        change[number] = STEP
        up = np.concatenate(step(h + change[:HIDDEN], c + change[HIDDEN:]))
        down = np.concatenate(step(h - change[:HIDDEN], c - change[HIDDEN:]))
        columns.append((up - down) / (2 * STEP))
    return np.stack(columns, axis=1)


def _orthogonal(rng: np.random.Generator) -> Array:
    Q, R = np.linalg.qr(rng.normal(size=(HIDDEN, HIDDEN)))
    return np.asarray(Q * np.sign(np.diag(R)))
