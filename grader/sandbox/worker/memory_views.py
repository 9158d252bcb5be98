"""Floats that lie in memory of another kind than an ndarray's, as an array that shares it.

`array.array`, arrays of ctypes and a memoryview say that they hold floats; `bytes`, `bytearray` and
`mmap` do not, so their numbers have to look like weights. Such a view is not to be kept: while it is
there, Python refuses to resize what it looks at.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]  # not numpy.typing: its import costs every worker 5 ms

FLOATS = {"d": np.float64, "f": np.float32}
BYTES = {"B", "b", "c"}
# Sizes of most numbers that are not 0: other bytes, read as floats, are spread over 1e-308 to 1e308.
SMALLEST, LARGEST, MOST = 1e-15, 1e9, 0.75


def of(value: Any, *, bare: bool = True) -> Array | None:
    """The floats in an object's memory; None where it has none to show.

    bare: also where it does not say that they are floats.
    """
    try:
        view = memoryview(value)
    except (TypeError, ValueError, BufferError):
        return None
    kind = view.format.lstrip("@=<")
    if not view.nbytes or not view.contiguous:
        return None
    if kind in FLOATS:
        return np.frombuffer(view, FLOATS[kind]).reshape(view.shape)
    if bare and kind in BYTES and view.nbytes % 8 == 0:
        numbers = np.frombuffer(view, np.float64)
        return numbers if _look_like_weights(numbers) else None
    return None


def _look_like_weights(numbers: Array) -> bool:
    sizes = np.abs(numbers[numbers != 0.0])
    if not np.all(np.isfinite(sizes)):
        return False
    return not sizes.size or float(np.mean((sizes > SMALLEST) & (sizes < LARGEST))) >= MOST
