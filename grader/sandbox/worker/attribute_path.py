"""One step from an object to what it holds: read it, and bind something else there."""

from __future__ import annotations

from collections import ChainMap, deque
from types import MappingProxyType
from typing import Any

import numpy as np

# ("attribute", name), ("computed", name) by the object's own ways, ("slot", descriptor), ("item", key),
# ("entry", (mapping, key)), ("cell", cell) of a closure, or ("global", (namespace, name)).
Step = tuple[str, Any]


class NotWritable(Exception):
    """Nothing can be bound there."""


def get(holder: Any, step: Step) -> Any:
    """What is in `holder` at `step`, past any method that the student has overridden."""
    kind, key = step
    if kind == "item":
        bases = (
            dict,
            MappingProxyType,
            list,
            tuple,
            deque,
            ChainMap,
            np.ndarray,
        )  # an array of records has fields
        base = next(one for one in bases if isinstance(holder, one))
        return base.__getitem__(holder, key)
    if kind == "cell":
        return key.cell_contents
    if kind in {"global", "entry"}:
        return key[0][key[1]]
    return key.__get__(holder) if kind == "slot" else getattr(holder, key)


def put(holder: Any, step: Step, value: Any) -> None:
    """Bind `value` there. NotWritable in what cannot be changed, as a tuple."""
    kind, key = step
    if kind == "slot":
        key.__set__(holder, value)
    elif kind == "cell":
        key.cell_contents = value
    elif kind in {"global", "entry"}:
        key[0][key[1]] = value
    elif kind == "attribute":
        object.__setattr__(holder, key, value)
    elif kind == "computed":
        setattr(holder, key, value)
    elif isinstance(holder, dict):
        dict.__setitem__(holder, key, value)
    elif isinstance(holder, (list, deque, ChainMap, np.ndarray)):
        holder[key] = value
    else:
        raise NotWritable


def replaced(holder: Any, step: Step, value: Any) -> Any:
    """A copy of what cannot be changed, with `value` at `step`. NotWritable where there is no such copy."""
    kind, key = step
    if kind == "item" and isinstance(holder, tuple):
        items = list(holder)
        items[key] = value
        return tuple.__new__(type(holder), items)
    if kind == "item" and isinstance(holder, MappingProxyType):
        return MappingProxyType({**holder, key: value})
    raise NotWritable
