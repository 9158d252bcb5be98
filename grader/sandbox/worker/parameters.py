"""Find the float arrays that an object holds, wherever it keeps them, and write them back.

Looks through attributes (`__dict__` and `__slots__` over the whole MRO), class attributes, dicts,
lists, tuples and objects of any user class, nearest first, and never through modules, functions
or classes. Pure-Python weights (nested lists of floats) count as arrays.
"""

from __future__ import annotations

import copy
import sys
import types
from collections import Counter, defaultdict, deque
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from grader.sandbox.worker import attribute_path
from grader.sandbox.worker.attribute_path import Step

Array = np.ndarray[Any, Any]  # not numpy.typing: its import costs every worker 5 ms

MAX_DEPTH = 7  # containers between the object and an array
MAX_ARRAYS = 512
MAX_VISITS = 20_000  # values looked at
MAX_BYTES = 48 * 1024 * 1024  # of all arrays together

_CLOSED = (
    type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.MethodType,
    types.GeneratorType, types.CodeType, types.FrameType, property, staticmethod, classmethod,
    str, bytes, bytearray, int, float, complex, np.generic, np.dtype, type(None),
)  # fmt: skip


_MOVERS = ("backward", "update_parameters")  # methods that move weights

# Objects of these libraries (a figure, a logger) hold thousands of parts and no parameters.
_LIBRARIES = (sys.stdlib_module_names | {"numpy", "matplotlib"}) - {"types"}


@dataclass(frozen=True, slots=True)
class Leaf:
    """An array in an object: its path for people, the way to it, and what stands there."""

    path: str
    steps: tuple[Step, ...]
    value: Any  # ndarray or list; or what holds some


def leaves(obj: Any, *, outside: bool = False, kept_up: Collection[str] = ()) -> list[Leaf]:
    """The float arrays of `obj`, nearest first, each number once.

    outside: also what its functions reach in closures and at module level. kept_up: paths that count
    before others of the same array, and before the parts that make an array up.
    """
    return _each_number_once(_found(obj, outside=outside, ways=2 if kept_up else 1), kept_up)


def everywhere(obj: Any, *, outside: bool = False) -> list[Leaf]:
    """The float arrays of `obj` by two paths where several lead to one, views among them."""
    return _found(obj, outside=outside, ways=2)


def _found(obj: Any, *, outside: bool, ways: int) -> list[Leaf]:
    found = list(_search(obj, _parts(obj, top=True), ways=ways))
    if not found:
        found = list(_search(obj, _properties(obj)))
    if outside:
        found += _search(obj, _around(obj))
    return found


def part(obj: Any) -> None:
    """Give each of several parameters that are one array, or views of one, an array of its own.

    `b_f = b_i = zeros`, `U_c = U_f`, `[Gate()] * 4`. Not where a method of the object moves them, and both with one.
    """
    if any(hasattr(type(obj), name) for name in _MOVERS):
        return
    by_owner: dict[int, list[Leaf]] = {}
    # The second of each kind, the third ...: `W_i` and `input.W` stay one array where they were.
    copies: defaultdict[int, dict[int, Any]] = defaultdict(dict)
    for leaf in _search(obj, _parts(obj, top=True), holders=True):
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
    holder = _holder(obj, leaf)
    old = attribute_path.get(holder, leaf.steps[-1])
    if (
        isinstance(old, np.ndarray)
        and old.shape == new.shape
        and old.flags.writeable
        and old.dtype.kind not in "iu"
    ):
        np.copyto(np.ndarray.view(old, np.ndarray), new, casting="unsafe")
    elif isinstance(old, list) and list.__len__(old) == len(new):
        old[:] = new.tolist()
    else:
        floats = isinstance(old, np.ndarray) and old.dtype.kind == "f"
        dtype = old.dtype if floats else np.float64
        attribute_path.put(holder, leaf.steps[-1], new.astype(dtype))


def _holder(obj: Any, leaf: Leaf) -> Any:
    """What holds the leaf itself: the object, or a container somewhere in it."""
    for step in leaf.steps[:-1]:
        obj = attribute_path.get(obj, step)
    return obj


def _search(
    obj: Any, start: Iterator[tuple[str, Step, Any]], *, holders: bool = False, ways: int = 1
) -> Iterator[Leaf]:
    """Breadth first, so that parameters come before what is cached deep down.

    holders: yield also what may hold arrays, each time that it is met. ways: how often what holds
    arrays is looked into.
    """
    seen = Counter({id(obj): ways})
    queue: deque[tuple[str, tuple[Step, ...], Any]]
    queue = deque((name, (step,), value) for name, step, value in start)
    count = 0
    for _ in range(MAX_VISITS):
        if not queue or count >= MAX_ARRAYS:
            return
        path, steps, value = queue.popleft()
        if isinstance(value, _CLOSED):
            continue
        if _is_leaf(value):
            count += 1
            yield Leaf(path, steps, value)
            continue
        if holders:
            yield Leaf(path, steps, value)
        if seen[id(value)] == ways:
            continue
        seen[id(value)] += 1
        if len(steps) < MAX_DEPTH and len(queue) < MAX_VISITS:
            for name, step, part in _parts(value, last=ways > 1):
                queue.append((path + name, (*steps, step), part))


def _is_leaf(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        array = np.ndarray.view(value, np.ndarray)
        return array.ndim > 0 and array.size > 0 and (array.dtype.kind == "f" or _numeric(array))
    return isinstance(value, list) and _rectangular(value)


def _numeric(array: Array) -> bool:
    """Whether an object array holds numbers, at least one of them a float."""
    if array.dtype.kind != "O" or array.size > MAX_VISITS:
        return False
    kinds = set(map(type, array.ravel().tolist()))
    return kinds <= {int, float, np.float64} and kinds != {int}


def _rectangular(value: list[Any]) -> bool:
    """Whether nested lists hold floats in equal rows; whole zeros pass for floats (`[0] * H`)."""
    rows: list[Any] = [value]
    while all(type(row) is list for row in rows):
        lengths = {len(row) for row in rows}
        if len(lengths) != 1 or 0 in lengths or len(rows) * lengths.pop() > MAX_VISITS:
            return False
        rows = [item for row in rows for item in row]
    kinds = set(map(type, rows))
    if not kinds <= {int, float, np.float64, np.float32}:
        return False
    return kinds != {int} or not any(rows)


def _parts(value: Any, *, top: bool = False, last: bool = False) -> Iterator[tuple[str, Step, Any]]:
    """What `value` holds: (text to add to the path, step, part). last: of a sequence as [-1] too."""
    if isinstance(value, dict):
        for key, part in list(dict.items(value)):
            yield f"[{_quoted(key)}]", ("item", key), part
    if isinstance(value, np.ndarray) and value.dtype.names:
        for field in value.dtype.names:
            yield f"[{field!r}]", ("item", field), value[field]
    if isinstance(value, (list, tuple, deque)):
        names = getattr(type(value), "_fields", ()) if isinstance(value, tuple) else ()
        for index, part in enumerate(list(value)):
            label = f".{names[index]}" if index < len(names) else f"[{index}]"
            yield label, ("item", index), part
        if last and value:
            yield "[-1]", ("item", -1), value[-1]
    if str(type(value).__module__).partition(".")[0] not in _LIBRARIES:
        dot = "" if top else "."
        for name, step, part in _attributes(value):
            yield dot + name, step, part


def _attributes(value: Any) -> Iterator[tuple[str, Step, Any]]:
    """Instance attributes, then slots and plain class attributes that none of them hides."""
    try:
        own = object.__getattribute__(value, "__dict__")
    except AttributeError:
        own = {}
    seen = set()
    for name, part in list(own.items()):
        seen.add(name)
        yield str(name), ("attribute", name), part
    for base in type(value).__mro__:
        if base.__module__ in ("builtins", "collections", "typing"):
            continue
        for name, part in list(vars(base).items()):
            if name in seen or name.startswith("__"):
                continue
            seen.add(name)
            if isinstance(part, types.MemberDescriptorType):
                try:
                    yield name, ("slot", part), part.__get__(value)
                except AttributeError:
                    continue
            elif isinstance(part, (np.ndarray, dict, list, tuple)):
                yield name, ("attribute", name), part


def _properties(obj: Any) -> Iterator[tuple[str, Step, Any]]:
    """Properties: looked at only where the object itself holds no array."""
    for base in type(obj).__mro__:
        for name, part in list(vars(base).items()):
            if isinstance(part, (property, cached_property)) and name.isidentifier():
                try:
                    yield name, ("attribute", name), getattr(obj, name)
                except Exception:  # noqa: BLE001, S112 - a property that raises holds nothing
                    continue


def _around(obj: Any) -> Iterator[tuple[str, Step, Any]]:
    """What the object's functions reach in closures and at module level: the last resort."""
    own = getattr(obj, "__dict__", {})
    members = [*own.items(), *(part for base in type(obj).__mro__ for part in vars(base).items())]
    seen: set[Any] = set()
    for owner, member in members:
        function = getattr(member, "__wrapped__", member)  # a decorator, or our own watcher
        if not isinstance(function, types.FunctionType):
            continue
        for name, cell in zip(
            function.__code__.co_freevars, function.__closure__ or (), strict=False
        ):
            if id(cell) not in seen:
                # Four gates made by one function each have a cell of this name.
                path = f"{owner}.{name}" if name in seen else name
                seen |= {id(cell), name}
                with suppress(ValueError):  # a cell that nothing was put into yet
                    yield path, ("cell", cell), cell.cell_contents
        for name in function.__code__.co_names:
            if (None, name) not in seen and name in function.__globals__:
                seen.add((None, name))
                yield name, ("global", (function.__globals__, name)), function.__globals__[name]


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


def _quoted(key: Any) -> str:
    if isinstance(key, str):
        return repr(str.__str__(key))[:100]
    return str(int(key)) if isinstance(key, (int, np.integer)) else type(key).__name__
