"""Whether states follow the equations, told from the states alone, wherever the weights are kept.

atanh of a hidden state is an affine map of what it is computed from; a least-squares fit finds the
map, and what it leaves over tells a right program (1e-14) from a wrong one (1e-2 and more).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from grader.assignment import load
from grader.checks.compare import agrees
from grader.protocol import Array

ROUGHLY = 1e-4
INSIDE = 1.0 - 1e-15  # a state of exactly 1 has no atanh


@dataclass(frozen=True)
class Affine:
    """The map that was found: a matrix for each source, a bias, and what is left over."""

    matrices: tuple[Array, ...]
    bias: Array
    rest: float  # norm of what the map does not explain, over the norm of all
    told: bool = True  # whether the sources vary enough to tell the map

    def is_like(self, other: Affine) -> bool:
        """Whether two maps are one and the same; at random weights none is by chance."""
        pairs = zip(self.matrices, other.matrices, strict=False)
        alike = [one.shape == two.shape and agrees(one, two, ROUGHLY) for one, two in pairs]
        return bool(alike) and all(alike)

    def roughly_holds(self) -> bool:
        """Whether the map explains everything even in float32."""
        return self.holds(single=True)

    def holds(self, *, single: bool = False) -> bool:
        """Whether the map explains everything, as nearly as the precision allows."""
        limits = load().learning["equations"]
        limit = limits["rest_float32" if single else "rest_float64"]
        return bool(self.rest <= limit)


def fit(target: Array, sources: Sequence[Array]) -> Affine:
    """target (..., K) as an affine map of the sources (..., n); leading axes are samples."""
    flat = target.reshape(-1, target.shape[-1]).astype(np.float64)
    columns = [source.reshape(len(flat), -1).astype(np.float64) for source in sources]
    design = np.hstack([*columns, np.ones((len(flat), 1))])
    if not (np.all(np.isfinite(flat)) and np.all(np.isfinite(design))):
        return Affine((), np.zeros(0), np.inf, told=False)
    solution, _, rank, _ = np.linalg.lstsq(design, flat, rcond=None)
    rest = float(np.linalg.norm(flat - design @ solution))
    scale = float(np.linalg.norm(flat - flat.mean(axis=0)))
    ends = np.cumsum([column.shape[1] for column in columns])
    parts = np.split(solution, ends)
    share = rest / scale if scale > 0.0 else np.inf
    return Affine(tuple(parts[:-1]), parts[-1][0], share, told=bool(rank == design.shape[1]))


def recurrence(states: Array, *sources: Array, first: Array | None = None) -> Affine:
    """states (T, B, H), t = 1..T, as tanh of an affine map of the sources at t and the state before.

    first: the state before the first, zero by default.
    """
    start = np.zeros_like(states[:1]) if first is None else first[None]
    before = np.concatenate([start, states[:-1]])
    return fit(_before_tanh(states), [*sources, before])


def later_recurrence(states: Array, *sources: Array) -> Affine:
    """The same from the second step on: whatever the state before the first is."""
    return fit(_before_tanh(states[1:]), [*(one[1:] for one in sources), states[:-1]])


def _before_tanh(states: Array) -> Array:
    return np.arctanh(np.clip(states.astype(np.float64), -INSIDE, INSIDE))
