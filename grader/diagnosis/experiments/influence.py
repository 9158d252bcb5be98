"""Which results move when one input is changed: step by step, sequence by sequence."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from grader.protocol import Array

MOVED = 1e-9
CHANGE = 0.5
Run = Callable[[Array], tuple[Array, Array]]


def of_steps(run: Run, x: Array) -> tuple[Array, Array]:
    """Whether changing x at step s moves the states and the outputs of step t: two (T, T)."""
    return _moved(run, x, axis=0)


def of_sequences(run: Run, x: Array) -> tuple[Array, Array]:
    """Whether changing sequence a of the batch moves the results of sequence b: two (B, B)."""
    return _moved(run, x, axis=1)


def _moved(run: Run, x: Array, axis: int) -> tuple[Array, Array]:
    base = run(x)
    # Another number everywhere: what is centred or scaled would hide one that is the same.
    pattern = np.random.default_rng(18).uniform(0.5, 1.5, x.take(0, axis).shape)
    rows: tuple[list[Array], list[Array]] = ([], [])
    for place in range(x.shape[axis]):
        changed = x.copy()
        changed[(slice(None),) * axis + (place,)] += CHANGE * pattern
        for kept, before, after in zip(rows, base, run(changed), strict=True):
            others = tuple(a for a in range(before.ndim) if a != axis)
            kept.append(np.abs(after.astype(np.float64) - before).max(axis=others) > MOVED)
    return np.array(rows[0]), np.array(rows[1])
