"""Read the float arrays that an object holds, each number once, and write them back.

`array_search` finds them. Of an object that holds none its properties are read instead, or what its
functions reach: see `Reach`.
"""

from __future__ import annotations

import copy
import types
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from enum import Enum
from itertools import chain
from typing import Any

import numpy as np

from grader.sandbox.worker import attribute_path, memory_views
from grader.sandbox.worker.array_search import Array, Leaf, around, computed, parts, search
from grader.sandbox.worker.attribute_path import Step

MAX_BYTES = 48 * 1024 * 1024  # of all arrays together
EVERY_WAY = 4  # how often a holder is looked into: first or last of a sequence, in another such

_MOVERS = ("backward", "update_parameters")  # methods that move weights


class Reach(Enum):
    """Where an object's arrays are looked for. It stays what it was for a fresh object.

    Later it may hold others: what the first look at a property made, or what forward has cached.
    """

    OWN = "what it holds"
    COMPUTED = "what its properties give"
    OUTSIDE = (
        "what it holds, bare bytes too, and what functions reach in closures and at module level"
    )


def reach_of(obj: Any) -> Reach:
    """Where a fresh object's arrays are: its weights, which are not all zero as room for gradients is."""
    own = _kinds(search(obj, parts(obj, top=True)))
    if any(own):
        return Reach.OWN
    given = _kinds(search(obj, computed(obj)))
    if own and not any(given):
        return Reach.OWN
    return Reach.COMPUTED if given else Reach.OUTSIDE


def _kinds(found: Iterator[Leaf]) -> list[bool]:
    """Of each array whether it holds anything but zeros, up to the first that does."""
    kinds = []
    for leaf in found:
        kinds.append(bool(np.any(as_array(leaf.value))))
        if kinds[-1]:
            break
    return kinds


def leaves(obj: Any, reach: Reach = Reach.OWN, kept_up: Collection[str] = ()) -> list[Leaf]:
    """The float arrays of `obj`, nearest first, each number once.

    kept_up: paths that count before others of the same array, and before the parts that make an
    array up.
    """
    return _each_number_once(_found(obj, reach, ways=EVERY_WAY if kept_up else 1), kept_up)


def everywhere(obj: Any, reach: Reach = Reach.OWN) -> list[Leaf]:
    """The float arrays of `obj` by all paths where several lead to one, views among them."""
    return _found(obj, reach, ways=EVERY_WAY)


def _found(obj: Any, reach: Reach, *, ways: int) -> list[Leaf]:
    if reach is Reach.COMPUTED:
        return list(search(obj, computed(obj)))
    own = parts(obj, top=True)
    if reach is Reach.OWN:
        return list(search(obj, own, ways=ways))
    held = (part for part in own if not isinstance(part[2], types.FunctionType))
    return list(search(obj, chain(held, around(obj)), ways=ways, deep=True))


def part(obj: Any) -> None:
    """Give each of several parameters that are one array, or views of one, an array of its own.

    `b_f = b_i = zeros`, `U_c = U_f`, `[Gate()] * 4`. Not where a method of the object moves them, and both with one.
    """
    if any(hasattr(type(obj), name) for name in _MOVERS):
        return
    by_owner: dict[int, list[Leaf]] = {}
    # The second of each kind, the third ...: `W_i` and `input.W` stay one array where they were.
    copies: defaultdict[int, dict[int, Any]] = defaultdict(dict)
    for leaf in search(obj, parts(obj, top=True), holders=True):
        known = by_owner.setdefault(_owner(leaf.value), [])
        if place := sum(_are_twins(leaf, other) for other in known):
            with suppress(Exception):  # what cannot be bound anew stays one
                new = copy.deepcopy(leaf.value, copies[place])
                attribute_path.put(_holder(obj, leaf), leaf.steps[-1], new)
        known.append(leaf)


def _owner(value: Any) -> int:
    """Which object's memory holds the numbers."""
    while isinstance(value, np.ndarray) and isinstance(value.base, np.ndarray):
        value = value.base
    return id(value)


def _are_twins(one: Leaf, other: Leaf) -> bool:
    """Whether two of one kind (`gates[0].b`, `gates[1].b`) are as many numbers in one memory."""
    if len(one.steps) != len(other.steps):
        return False
    if sum(a != b for a, b in zip(one.steps, other.steps, strict=True)) != 1:
        return False
    if one.value is other.value:
        return True
    return one.value.size == other.value.size and _shared(one, other)


def read(found: Iterable[Leaf]) -> dict[str, Array]:
    """Copies of all arrays by path: "W_xh", "params['W']", "gates[0].b"."""
    arrays = {}
    size = 0
    for leaf in found:
        array = as_array(leaf.value)
        size += array.nbytes
        if size > MAX_BYTES:
            break
        arrays[leaf.path] = array
    return arrays


def as_array(value: Any) -> Array:
    """A float ndarray of the values; the dtype is kept where it is a float's."""
    if isinstance(value, np.ndarray):
        array = np.ndarray.view(value, np.ndarray)
        return array.astype(np.float64) if array.dtype.kind == "O" else array
    return np.array(value, np.float64)


def shown(obj: Any, names: Iterable[str], found: Iterable[Leaf]) -> dict[str, Array]:
    """The float arrays that `obj` gives under these names by whatever ways, if they are views of those found.

    A property, a descriptor, `__getattr__`: a copy is no parameter.
    """
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


def misfit(obj: Any, name: str) -> Leaf:
    """An attribute that is no leaf, since it holds one number or integers. KeyError if it does not."""
    value = attribute_path.get(obj, ("attribute", name)) if hasattr(obj, name) else None
    if isinstance(value, (float, int, np.number)) or (
        isinstance(value, np.ndarray) and (value.ndim == 0 or value.dtype.kind in "iu")
    ):
        return Leaf(name, (("attribute", name),), value)
    raise KeyError(name)


def write(obj: Any, leaf: Leaf, new: Array) -> None:
    """Put `new` where `leaf` is: in place where the shape fits, else by rebinding."""
    holder, step = _holder(obj, leaf), leaf.steps[-1]
    old = attribute_path.get(holder, step)
    there = old if isinstance(old, np.ndarray) else memory_views.of(old)
    if there is not None and _takes(there, new) and _lasts(holder, step, there):
        np.copyto(np.ndarray.view(there, np.ndarray), new, casting="unsafe")
    elif isinstance(old, list) and list.__len__(old) == len(new):
        old[:] = new.tolist()
    elif isinstance(old, bytes):
        _bind(obj, leaf.steps, new.astype(np.float64).tobytes())
    else:
        floats = isinstance(old, np.ndarray) and old.dtype.kind == "f"
        dtype = old.dtype if floats else np.float64
        _bind(obj, leaf.steps, new.astype(dtype))


def _bind(obj: Any, steps: tuple[Step, ...], value: Any) -> None:
    """Bind a value; what holds it is made anew where it never changes, as a tuple."""
    holder = _at(obj, steps[:-1])
    try:
        attribute_path.put(holder, steps[-1], value)
    except attribute_path.NotWritable:
        if len(steps) == 1:
            raise
        _bind(obj, steps[:-1], attribute_path.replaced(holder, steps[-1], value))


def _takes(array: Array, new: Array) -> bool:
    """Whether an array can be written into."""
    return array.shape == new.shape and array.flags.writeable and array.dtype.kind not in "iu"


def _lasts(holder: Any, step: Step, value: Array) -> bool:
    """Whether an array is there to stay: a property may give a new one each time."""
    if step[0] != "computed":
        return True
    again = attribute_path.get(holder, step)
    return isinstance(again, np.ndarray) and np.may_share_memory(value, again)


def _holder(obj: Any, leaf: Leaf) -> Any:
    """What holds the leaf itself: the object, or a container somewhere in it."""
    return _at(obj, leaf.steps[:-1])


def _at(obj: Any, steps: tuple[Step, ...]) -> Any:
    for step in steps:
        obj = attribute_path.get(obj, step)
    return obj


def _each_number_once(found: list[Leaf], kept_up: Collection[str]) -> list[Leaf]:
    """Of arrays that share memory the largest; its parts where they make it up.

    Of the paths to one array the first counts, and before it one that is `kept_up`.
    """
    named = {id(leaf.value): leaf.path for leaf in reversed(found)}
    named |= {id(leaf.value): leaf.path for leaf in found if leaf.path in kept_up}
    found = [leaf for leaf in found if named[id(leaf.value)] == leaf.path]
    arrays = [leaf for leaf in found if isinstance(leaf.value, np.ndarray)]
    largest_first = sorted(arrays, key=_size_then_owner)
    kept: dict[str, tuple[int, int, Leaf]] = {}
    for leaf in reversed(largest_first):  # of equals the owner and the nearest stay, coming last
        low, high = np.lib.array_utils.byte_bounds(leaf.value)
        inside = [
            part
            for start, end, part in kept.values()
            if low < end and start < high and _shared(leaf, part)
        ]
        if leaf.path not in kept_up and _make_up(inside, leaf):
            continue
        for part in inside:
            del kept[part.path]
        kept[leaf.path] = (low, high, leaf)
    dropped = {leaf.path for leaf in arrays} - set(kept)
    return [leaf for leaf in found if leaf.path not in dropped]


def _make_up(parts: list[Leaf], whole: Leaf) -> bool:
    return len(parts) > 1 and sum(part.value.size for part in parts) == whole.value.size


def _size_then_owner(leaf: Leaf) -> tuple[int, bool]:
    return -leaf.value.nbytes, leaf.value.base is not None


def _shared(one: Leaf, other: Leaf) -> bool:
    try:
        # The stubs know only two of the values that max_work may have.
        return bool(np.shares_memory(one.value, other.value, max_work=10_000))
    except (np.exceptions.TooHardError, OverflowError):
        return True
