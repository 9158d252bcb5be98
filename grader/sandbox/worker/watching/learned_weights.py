"""The weights that a network learned: the arrays of the object that its training changed."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

import numpy as np

from grader.sandbox.worker import parameters
from grader.sandbox.worker.parameters import Reach

DIGITS = 12  # significant ones: the same training on another machine differs in the last few
FEWEST = 16  # numbers; fewer may agree by chance
MOST = 1_000_000

Array = np.ndarray[Any, Any]  # not numpy.typing: its import costs every worker 5 ms


Start = tuple[Any, dict[str, Array], Reach]  # an object, its arrays, where they were looked for


def begin(obj: Any) -> Start:
    """What an object begins with."""
    try:
        reach = parameters.reach_of(obj)
    except Exception:  # noqa: BLE001 - attribute access may run a student's code
        reach = Reach.OWN
    return obj, snapshot(obj, reach), reach


def snapshot(obj: Any, reach: Reach) -> dict[str, Array]:
    try:
        # By every path: where an update makes one array anew, others to it stay what they were.
        arrays = parameters.read(parameters.everywhere(obj, reach))
        return {path: np.array(value) for path, value in arrays.items()}
    except Exception:  # noqa: BLE001 - attribute access may run a student's code
        return {}


def learned(obj: Any, start: dict[str, Array], reach: Reach) -> list[Array]:
    """The arrays that changed since `start`. What starts as zeros may be a buffer: it is left out."""
    now = snapshot(obj, reach)
    return [
        now[path]
        for path, old in start.items()
        if np.any(old)
        and path in now
        and now[path].shape == old.shape
        and not np.array_equal(now[path], old)
    ]


def change(obj: Any, start: dict[str, Array], reach: Reach) -> float:
    """How far the weights went from `start`, as a share of their norm there; 0 where nothing can be told."""
    now = snapshot(obj, reach)
    pairs = [
        (now[path], old)
        for path, old in start.items()
        if np.any(old) and path in now and now[path].shape == old.shape
    ]
    size = sum(float(np.vdot(old, old)) for _, old in pairs)
    moved = sum(float(np.vdot(new - old, new - old)) for new, old in pairs)
    return float(np.sqrt(moved / size)) if size > 0.0 else 0.0


def digests(arrays: Sequence[Array]) -> list[str]:
    """One for each array of many different numbers: the same wherever they are called and however they lie.

    Numbers are sorted, so that a transposed array has the same digest.
    """
    flat = [np.sort(array.astype(np.float64, copy=False), axis=None) for array in arrays]
    return [_digest(values) for values in flat if _is_telling(values)]


def _is_telling(values: Array) -> bool:
    if not FEWEST <= values.size <= MOST or not np.isfinite(values).all():
        return False
    return 2 * np.unique(values).size > values.size


def _digest(values: Array) -> str:
    text = " ".join(f"{value:.{DIGITS - 1}e}" for value in values.tolist())
    return blake2b(text.encode(), digest_size=8).hexdigest()
