"""What an object shows under a name, by whatever ways: a property, a descriptor, `__getattr__`.

`array_search` finds an array where it lies; here its owner says what a part of it is called.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import numpy as np

from grader.sandbox.worker.array_search import Array, Leaf


def shown(obj: Any, names: Iterable[str], found: Iterable[Leaf]) -> dict[str, Array]:
    """The float arrays under these names that are views of those found; a copy is none."""
    held = [leaf.value for leaf in found if isinstance(leaf.value, np.ndarray)]
    views = {}
    for name in names:
        with suppress(Exception):  # one that raises shows nothing
            value = getattr(obj, name)
            if isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.size:
                view = np.ndarray.view(value, np.ndarray)
                if any(np.may_share_memory(view, one) for one in held):
                    views[name] = view
    return views
