"""Walk through an object to the float arrays that it holds, wherever it keeps them.

Through attributes (`__dict__` and `__slots__` over the whole MRO), class attributes, dicts, lists,
tuples and objects of any user class, nearest first, and never through modules or classes; through
the closures of functions only on request. Pure-Python weights (nested lists of floats) count as
arrays, and so do floats in other containers of memory, see `memory_views`.
"""

from __future__ import annotations

import sys
import types
import weakref
from collections import ChainMap, Counter, deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np

from grader.sandbox.worker import memory_views
from grader.sandbox.worker.attribute_path import Step

Array = np.ndarray[Any, Any]  # not numpy.typing: its import costs every worker 5 ms
Part = tuple[str, Step, Any]  # text to add to the path, the step, and what is there

MAX_DEPTH = 7  # containers between the object and an array
MAX_ARRAYS = 512
MAX_VISITS = 20_000  # values looked at

_CLOSED = (
    type, types.ModuleType, types.BuiltinFunctionType, types.MethodType,
    types.GeneratorType, types.CodeType, types.FrameType, property, staticmethod, classmethod,
    str, int, float, complex, np.generic, np.dtype, type(None),
)  # fmt: skip

_PLAIN = (
    types.FunctionType, staticmethod, classmethod, types.MemberDescriptorType, types.GetSetDescriptorType,
)  # fmt: skip

# Objects of these libraries (a figure, a logger) hold thousands of parts and no parameters.
# Of these alone some do: SimpleNamespace, ChainMap and UserDict, partial.
_HOLDERS = {"types", "collections", "functools"}
_LIBRARIES = (sys.stdlib_module_names | {"numpy", "matplotlib"}) - _HOLDERS


@dataclass(frozen=True, slots=True)
class Leaf:
    """An array in an object: its path for people, the way to it, and what stands there."""

    path: str
    steps: tuple[Step, ...]
    value: Any  # ndarray (perhaps a view of other memory) or list; or what holds some


def search(
    obj: Any,
    start: Iterable[Part],
    *,
    holders: bool = False,
    ways: int = 1,
    deep: bool = False,
) -> Iterator[Leaf]:
    """Breadth first, so that parameters come before what is cached deep down.

    holders: yield also what may hold arrays, each time that it is met. ways: how often what holds
    arrays is looked into. deep: look into closures and bare bytes as well.
    """
    seen = Counter({id(obj): ways})
    queue: deque[tuple[str, tuple[Step, ...], Any]]
    queue = deque((name, (step,), value) for name, step, value in start)
    count = 0
    for _ in range(MAX_VISITS):
        if not queue or count >= MAX_ARRAYS:
            return
        path, steps, value = queue.popleft()
        if isinstance(value, _CLOSED) or (isinstance(value, types.FunctionType) and not deep):
            continue
        if (numbers := _numbers(value, deep=deep)) is not None:
            count += 1
            yield Leaf(path, steps, numbers)
            continue
        if holders:
            yield Leaf(path, steps, value)
        if seen[id(value)] == ways:
            continue
        seen[id(value)] += 1
        if len(steps) < MAX_DEPTH and len(queue) < MAX_VISITS:
            for name, step, part in _of_object(obj, value) or parts(value, last=ways > 1):
                queue.append((path + name, (*steps, step), part))


def _numbers(value: Any, *, deep: bool) -> Any:
    """What holds floats and nothing else, as it is or as a view of its memory; else None."""
    if _is_leaf(value):
        return value
    return None if isinstance(value, np.ndarray) else memory_views.of(value, bare=deep)


def _of_object(obj: Any, value: Any) -> list[Part]:
    """The entry of a registry that belongs to the object, by itself or by its id; [] in anything else."""
    if isinstance(value, dict) and dict.__contains__(value, id(obj)):
        return [("[self]", ("item", id(obj)), dict.__getitem__(value, id(obj)))]
    if type(value) is weakref.WeakKeyDictionary:
        with suppress(Exception):  # its hash is the student's
            return [("[self]", ("entry", (value, obj)), value[obj])]
    return []


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


def parts(value: Any, *, top: bool = False, last: bool = False) -> Iterator[Part]:
    """What `value` holds: (text to add to the path, step, part). last: of a sequence as [-1] too."""
    yield from _items(value, last=last)
    if str(type(value).__module__).partition(".")[0] not in _LIBRARIES:
        dot = "" if top else "."
        for name, step, part in _attributes(value):
            if name != "maps" or not isinstance(value, ChainMap):
                yield dot + name, step, part


def _items(value: Any, *, last: bool) -> Iterator[Part]:
    if isinstance(value, (dict, types.MappingProxyType, ChainMap)):
        for number, (key, part) in enumerate(_pairs(value)):
            yield f"[{_quoted(key, number)}]", ("item", key), part
    if isinstance(value, np.ndarray):
        yield from _elements(value)
    if isinstance(value, types.FunctionType):
        yield from _closure(value)
    if type(type(value)).__name__ == "PyCStructType":  # of ctypes, which few import
        for field, *_ in getattr(value, "_fields_", ()):
            yield f".{field}", ("attribute", field), getattr(value, field)
    if isinstance(value, (list, tuple, deque)):
        names = getattr(type(value), "_fields", ()) if isinstance(value, tuple) else ()
        for index, part in enumerate(list(value)):
            label = f".{names[index]}" if index < len(names) else f"[{index}]"
            yield label, ("item", index), part
        if last and value:
            yield "[-1]", ("item", -1), value[-1]


def _pairs(table: Any) -> list[tuple[Any, Any]]:
    """Keys and values; of a ChainMap what its tables give together."""
    if isinstance(table, ChainMap):
        return [(key, ChainMap.__getitem__(table, key)) for key in ChainMap.__iter__(table)]
    return list(dict.items(table) if isinstance(table, dict) else table.items())


def _elements(array: Array) -> Iterator[Part]:
    """The fields of records, and the objects in an array of objects."""
    for field in array.dtype.names or ():
        yield f"[{field!r}]", ("item", field), array[field]
    if array.dtype.kind == "O" and array.size <= MAX_ARRAYS:
        for place in np.ndindex(array.shape):
            yield f"[{', '.join(map(str, place))}]", ("item", place), array[place]


def _closure(function: types.FunctionType) -> Iterator[Part]:
    for name, cell in _cells(function):
        with suppress(ValueError):  # a cell that nothing was put into yet
            yield f".{name}", ("cell", cell), cell.cell_contents


def _cells(function: types.FunctionType) -> Iterator[tuple[str, types.CellType]]:
    """What a function has closed over, by name."""
    return zip(function.__code__.co_freevars, function.__closure__ or (), strict=False)


def _attributes(value: Any) -> Iterator[Part]:
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


def computed(obj: Any) -> Iterator[Part]:
    """What properties and other descriptors give: some decode what they store, or make it at the first look."""
    for base in type(obj).__mro__:
        for name, part in list(vars(base).items()):
            if isinstance(part, _PLAIN) or not hasattr(type(part), "__get__"):
                continue
            if name.isidentifier() and not name.startswith("__"):
                with suppress(Exception):  # one that raises holds nothing
                    yield name, ("computed", name), getattr(obj, name)


def around(obj: Any) -> Iterator[Part]:
    """What the object's functions reach in closures and at module level: the last resort.

    `parts` gives what it holds itself, functions in tuples among it.
    """
    own = getattr(obj, "__dict__", {})
    members = [*own.items(), *(part for base in type(obj).__mro__ for part in vars(base).items())]
    seen: set[Any] = set()
    for owner, member in members:
        function = getattr(member, "__wrapped__", member)  # a decorator, or our own watcher
        if not isinstance(function, types.FunctionType):
            continue
        for name, cell in _cells(function):
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


def _quoted(key: Any, number: int) -> str:
    """A key in a path; what has no text of its own by its number among the keys."""
    if isinstance(key, str):
        return repr(str.__str__(key))[:100]
    if isinstance(key, (int, np.integer)):
        return str(int(key))
    if isinstance(key, tuple):
        # Names; or sizes, by which a cache of the class tells nobody's arrays.
        names = [_quoted(one, number) for one in key if isinstance(one, (str, Enum))]
        return ", ".join(names) or "tuple"
    name = key.name if isinstance(key, Enum) else f"#{number}"
    return f"{type(key).__name__}.{name}"
