"""What an RNN, a GRU and an LSTM cost: parameters counted, time per step measured."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SIZES = ((16, 32), (64, 128), (128, 256))  # (input, hidden)
BATCH = 16
STEPS = 50
ROUNDS = 25
BLOCKS = {"RNN": 1, "GRU": 3, "LSTM": 4}


@dataclass(frozen=True, slots=True)
class Cost:
    """One architecture at one size; the time as a multiple of the RNN's."""

    name: str
    input_size: int
    hidden_size: int
    parameters: int
    ratio: float


def costs() -> list[Cost]:
    """All architectures at all sizes. Times are taken in turns and compared by their medians."""
    found = []
    for input_size, hidden_size in SIZES:
        seconds = _seconds(input_size, hidden_size)
        found += [
            Cost(name, input_size, hidden_size, parameters(name, input_size, hidden_size),
                 seconds[name] / seconds["RNN"])
            for name in BLOCKS
        ]  # fmt: skip
    return found


def parameters(name: str, input_size: int, hidden_size: int) -> int:
    """Blocks of W (I, H), U (H, H) and b (H,)."""
    return BLOCKS[name] * hidden_size * (input_size + hidden_size + 1)


def _seconds(input_size: int, hidden_size: int) -> dict[str, float]:
    rng = np.random.default_rng(6)
    x = rng.normal(size=(STEPS, BATCH, input_size))
    weights = {
        name: (
            rng.normal(size=(input_size, blocks * hidden_size)) / np.sqrt(input_size),
            rng.normal(size=(hidden_size, blocks * hidden_size)) / np.sqrt(hidden_size),
        )
        for name, blocks in BLOCKS.items()
    }
    times: dict[str, list[float]] = {name: [] for name in BLOCKS}
    for _ in range(ROUNDS):
        for name, (W, U) in weights.items():
            began = time.thread_time()
            FORWARDS[name](x, W, U, hidden_size)
            times[name].append(time.thread_time() - began)
    return {name: statistics.median(each) for name, each in times.items()}


def _rnn(x: Array, W: Array, U: Array, H: int) -> None:
    h = np.zeros((BATCH, H))
    for x_t in x:
        h = np.tanh(x_t @ W + h @ U)


def _gru(x: Array, W: Array, U: Array, H: int) -> None:
    """Cho et al. 2014: the reset gate before the product."""
    h = np.zeros((BATCH, H))
    for x_t in x:
        a = x_t @ W
        z, r = np.split(_sigmoid(a[:, : 2 * H] + h @ U[:, : 2 * H]), 2, axis=1)
        h = (1 - z) * h + z * np.tanh(a[:, 2 * H :] + (r * h) @ U[:, 2 * H :])


def _lstm(x: Array, W: Array, U: Array, H: int) -> None:
    h = c = np.zeros((BATCH, H))
    for x_t in x:
        a = x_t @ W + h @ U
        f, i, o = np.split(_sigmoid(a[:, : 3 * H]), 3, axis=1)
        c = f * c + i * np.tanh(a[:, 3 * H :])
        h = o * np.tanh(c)


def _sigmoid(a: Array) -> Array:
    return np.asarray(0.5 * (1 + np.tanh(0.5 * a)))


FORWARDS = {"RNN": _rnn, "GRU": _gru, "LSTM": _lstm}
