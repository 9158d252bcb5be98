"""The weights that a network learned: the arrays of the object that its training changed."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

import numpy as np

from grader.sandbox.worker import parameters

DIGITS = 12  # significant ones: the same training on another machine differs in the last few
FEWEST = 16  # numbers; fewer may agree by chance
MOST = 1_000_000

Array = np.ndarray[Any, Any]  # not numpy.typing: its import costs every worker 5 ms


def snapshot(obj: Any, *, outside: bool) -> dict[str, Array]:
    try:
        arrays = parameters.read(obj, outside=outside)
        return {path: np.array(value) for path, value in arrays.items()}
    except Exception:  # noqa: BLE001 - attribute access may run a student's code
        return {}


def learned(obj: Any, start: dict[str, Array], outside: bool) -> list[Array]:  # noqa: FBT001 - as kept
    """The arrays that changed since `start`. What starts as zeros may be a buffer: it is left out."""
    now = snapshot(obj, outside=outside)
    return [
        now[path]
        for path, old in start.items()
        if np.any(old)
        and path in now
        and now[path].shape == old.shape
        and not np.array_equal(now[path], old)
    ]


def moved(arrays: Sequence[Array]) -> bool:
    return len(arrays) > 0


def digest(arrays: Sequence[Array]) -> str:
    """The same for the same numbers, whatever arrays are called and however they lie; "" for few.

    Each array is sorted, so that a transposed one has the same digest.
    """
    flat = [np.sort(array.astype(np.float64, copy=False), axis=None) for array in arrays]
    if not FEWEST <= sum(one.size for one in flat) <= MOST or not all(map(_is_finite, flat)):
        return ""
    texts = sorted("".join(f"{value:.{DIGITS - 1}e} " for value in one.tolist()) for one in flat)
    return blake2b("\n".join(texts).encode(), digest_size=8).hexdigest()


def _is_finite(values: Array) -> bool:
    return bool(np.isfinite(values).all())
