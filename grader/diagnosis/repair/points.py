"""The points at which repairs are judged, and what the right forward gives there.

Parameters and inputs come from fixed seeds, so what is right is a list of numbers: `points.npz`,
written by `python -m grader fingerprints` from the reference. No solution code is needed here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from grader.checks.known_model import SMALL, Parameters, random_parameters
from grader.checks.parameters import lstm_roles, rnn_roles
from grader.faults import KitFault
from grader.protocol import Array

FILE = Path(__file__).with_name("points.npz")
BIASES = ("b_h", "b_y")


@dataclass(frozen=True, slots=True)
class RnnPoints:
    """Sizes (I, H, O), a seed, and the calls (T, B): strong ones first, a single step last."""

    sizes: tuple[int, int, int]
    seed: int
    calls: tuple[tuple[int, int], ...]

    def parameters(self, *, symmetric: bool = False) -> Parameters:
        shapes = rnn_roles.shapes(*self.sizes)
        return _drawn(shapes, self.seed, symmetric=symmetric)

    def inputs(self) -> list[tuple[Array, Array]]:
        """inputs (T, B, I) and d_outputs (T, B, O) of each call; the first d_outputs count most."""
        rng = np.random.default_rng(self.seed + 1)
        I, _, O = self.sizes  # noqa: E741  # sizes as in the equations
        return [
            (rng.normal(size=(T, B, I)), SMALL * rng.normal(size=(T, B, O))) for T, B in self.calls
        ]

    def right(
        self, absent: Collection[str], *, symmetric: bool = False
    ) -> list[tuple[Array, Array]]:
        """Outputs (T, B, O) and hidden states (T, B, H) of each call, without these biases."""
        prefix = rnn_key(self, absent, symmetric=symmetric)
        numbers = _numbers()
        return [
            (numbers[f"{prefix} {call} outputs"], numbers[f"{prefix} {call} hidden"])
            for call in range(len(self.calls))
        ]


@dataclass(frozen=True, slots=True)
class CellPoints:
    """Sizes (I, H), a seed, and the numbers of rows of each call."""

    sizes: tuple[int, int]
    seed: int
    rows: tuple[int, ...]

    def parameters(self, *, symmetric: bool = False) -> Parameters:
        shapes = lstm_roles.shapes(*self.sizes)
        return _drawn(shapes, self.seed, symmetric=symmetric)

    def inputs(self) -> list[tuple[Array, Array, Array]]:
        """input_t (B, I), hidden_state (B, H) and cell_state (B, H) of each call."""
        rng = np.random.default_rng(self.seed + 1)
        I, H = self.sizes  # noqa: E741  # sizes as in the equations
        return [
            (rng.normal(size=(B, I)), rng.uniform(-0.9, 0.9, (B, H)), rng.normal(size=(B, H)))
            for B in self.rows
        ]

    def right(self, *, symmetric: bool = False) -> list[tuple[Array, Array]]:
        """New hidden and cell states (B, H) of each call."""
        prefix, numbers = cell_key(self, symmetric=symmetric), _numbers()
        return [
            (numbers[f"{prefix} {call} hidden"], numbers[f"{prefix} {call} cell"])
            for call in range(len(self.rows))
        ]


RNN_SEARCH = RnnPoints((3, 4, 2), 60, ((6, 5), (2, 5), (1, 1)))
RNN_VERIFY = (
    RnnPoints((2, 5, 3), 61, ((7, 2), (3, 2), (1, 3))),
    RnnPoints((4, 3, 2), 62, ((26, 1), (2, 5))),
)
CELL_SEARCH = CellPoints((3, 4), 63, (5, 1))
CELL_VERIFY = (CellPoints((2, 5), 64, (4, 1)), CellPoints((4, 3), 65, (6,)))


def _drawn(shapes: Mapping[str, tuple[int, ...]], seed: int, *, symmetric: bool) -> Parameters:
    """Random parameters; symmetric: square ones are the same either way round."""
    values = random_parameters(shapes, np.random.default_rng(seed))
    if not symmetric:
        return values
    return {
        name: (value + value.T) / 2 if value.ndim > 1 and value.shape == value.T.shape else value
        for name, value in values.items()
    }


def rnn_key(points: RnnPoints, absent: Collection[str], *, symmetric: bool) -> str:
    words = ["rnn", str(points.seed), *(name for name in BIASES if name in absent)]
    return " ".join([*words, "symmetric"] if symmetric else words)


def cell_key(points: CellPoints, *, symmetric: bool) -> str:
    return f"cell {points.seed}{' symmetric' if symmetric else ''}"


@cache
def _numbers() -> dict[str, Array]:
    if not FILE.exists():
        raise KitFault(f"{FILE.name} is missing: run `python -m grader fingerprints`")
    with np.load(FILE, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}
