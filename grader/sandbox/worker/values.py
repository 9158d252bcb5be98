"""From any Python value to nodes of the wire, without trusting the value.

A student's object may lie: subclass ndarray, override `__eq__` or `__len__`, contain itself.
So every container is read through its built-in base type, and counts and depth are capped.
"""

from __future__ import annotations

import dataclasses
import sys
import types
from collections import deque
from collections.abc import Mapping
from enum import Enum
from typing import Any

import numpy as np

from grader.sandbox.worker import render_figures, schema, wire

MAX_TEXT = 10_000  # characters of one str
MAX_BIG = 1024  # bytes of one int: 2,400 digits, far beyond the 1,000th Fibonacci number
MANY = 8  # a list of more floats than this travels as one array


class TooMuch(Exception):
    """The value has too many parts, is too deep or too large to travel."""


class Packer:
    """Nodes of one frame; arrays go to its writer."""

    def __init__(self) -> None:
        self.writer = wire.FrameWriter()
        self.nodes = 0

    def pack(self, value: Any, depth: int = 0) -> Any:  # noqa: PLR0911 - a table of types
        """A node for `value`; `Other` where it cannot travel. Raises TooMuch."""
        self.nodes += 1
        if self.nodes > wire.MAX_NODES or depth > wire.MAX_DEPTH:
            raise TooMuch
        kind = type(value)
        if kind is np.ndarray:
            return self._array(value)
        if value is None or kind is bool or kind is float:
            return value
        if issubclass(kind, np.ndarray):
            return self._array(np.ndarray.view(value, np.ndarray))
        if issubclass(kind, (str, int, float, np.generic)):
            return self._scalar(value)
        picture = self._picture(value)
        if picture is not None:
            return picture
        if issubclass(kind, (list, tuple, deque)):
            return self._sequence(value, depth)
        pairs = _pairs(value, kind)
        return (
            schema.Other(text(kind.__name__, 100)) if pairs is None else self._table(pairs, depth)
        )

    def _array(self, array: np.ndarray[Any, Any]) -> Any:
        if array.dtype not in wire.CODES:
            if array.dtype.kind == "O":
                return self._objects(array)
            if array.dtype == np.longdouble:
                array = array.astype(np.float64)
            if f"{array.dtype.kind}{array.dtype.itemsize}" not in wire.DTYPES:
                return schema.Other(f"ndarray of {array.dtype.name[:40]}")
        try:
            return self.writer.add(array)
        except wire.WireError:
            raise TooMuch from None

    def _objects(self, array: np.ndarray[Any, Any]) -> Any:
        if array.size > wire.MAX_NODES // 4:
            raise TooMuch
        items = array.ravel().tolist()
        # Looked at before they are packed: what a figure or an array among them had written could
        # not be taken back, and all that follows would be misread.
        if not all(isinstance(item, (int, float, np.generic)) for item in items):
            return schema.Other("ndarray of object")
        nodes = [self.pack(item, 1) for item in items]
        if not all(isinstance(node, (bool, int, float, schema.Big)) for node in nodes):
            return schema.Other("ndarray of object")
        return schema.Objects(array.shape, nodes)

    def _scalar(self, value: Any) -> Any:
        if isinstance(value, str):
            plain = str.__str__(value)
            picture = self._picture(plain) if plain[-4:].lower() == ".png" else None
            return text(plain, MAX_TEXT) if picture is None else picture
        if isinstance(value, np.generic):
            return self._generic(value)
        if isinstance(value, int):
            return self._integer(int.__index__(value))
        return float.__float__(value)

    def _generic(self, value: np.generic) -> Any:
        if isinstance(value, np.bool_):
            return bool(value)
        if isinstance(value, np.integer):
            return int(value)
        if isinstance(value, np.floating):
            return float(value)
        return schema.Other(text(type(value).__name__, 100))

    def _integer(self, value: int) -> Any:
        if -(2**63) <= value < 2**63:
            return value
        size = value.bit_length() // 8 + 1
        if size > MAX_BIG:
            return schema.Other("int")
        return schema.Big(value.to_bytes(size, "little", signed=True))

    def _sequence(self, value: Any, depth: int) -> Any:
        is_tuple = isinstance(value, tuple)
        base = tuple if is_tuple else deque if isinstance(value, deque) else list
        items = list(base.__iter__(value))
        if len(items) > MANY:
            kinds = set(map(type, items))
            if kinds <= {float, np.float64}:
                return schema.Numbers(self._array(np.array(items, np.float64)), is_tuple)
            if kinds == {int} and all(-(2**63) <= item < 2**63 for item in items):
                return schema.Numbers(self._array(np.array(items, np.int64)), is_tuple)
        self._make_room(len(items))
        nodes = [self.pack(item, depth + 1) for item in items]
        return schema.Group(nodes) if is_tuple else schema.Items(nodes)

    def _make_room(self, count: int) -> None:
        """TooMuch before so many values are looked at one by one."""
        if self.nodes + count > wire.MAX_NODES:
            raise TooMuch

    def _table(self, pairs: list[tuple[Any, Any]], depth: int) -> Any:
        self._make_room(len(pairs))
        keys = [_key(key, number) for number, (key, _) in enumerate(pairs)]
        return schema.Table(keys, [self.pack(value, depth + 1) for _, value in pairs])

    def _picture(self, value: Any) -> Any:
        # Only a program that has imported matplotlib can return a figure; the import is slow.
        if "matplotlib.figure" not in sys.modules and type(value) not in (str, bytes):
            return None
        picture = render_figures.of(value)
        return None if picture is None else self.image(*picture)

    def image(self, png: bytes, axes: int, lines: int) -> schema.Image:
        """A node for a rendered figure."""
        return schema.Image(self._array(np.frombuffer(png, np.uint8)), axes, lines)


def _pairs(value: Any, kind: type) -> list[tuple[Any, Any]] | None:
    """Keys and values of what passes for a dict; what another mapping gives is the student's code."""
    if issubclass(kind, dict):
        return list(dict.items(value))
    if dataclasses.is_dataclass(kind) or kind is types.SimpleNamespace:
        return list(vars(value).items())
    return [(key, value[key]) for key in value] if issubclass(kind, Mapping) else None


def text(value: str, limit: int) -> str:
    """At most `limit` characters that UTF-8 can carry."""
    cut = value if len(value) <= limit else value[: limit - 1] + "…"
    return cut.encode("utf-8", "backslashreplace").decode()


def _key(key: Any, place: int = 0) -> str | int:
    """A dict key that can travel: int where it is a whole number, else its text.

    place: tells keys apart that have no text of their own.
    """
    if isinstance(key, str):
        return text(str.__str__(key), 200)
    if isinstance(key, (bool, np.bool_)):
        return str(bool(key))
    if isinstance(key, (int, float, np.integer, np.floating)):
        return _number_key(key)
    if isinstance(key, tuple):
        parts = [str(_key(part)) for part in tuple.__getitem__(key, slice(8))]
        return text(f"({', '.join(parts)})", 200)
    name = key.name if isinstance(key, Enum) else type(key).__name__ + f"#{place}" * bool(place)
    return text(name, 200)


def _number_key(key: float | np.integer[Any] | np.floating[Any]) -> str | int:
    if isinstance(key, (int, np.integer)):
        number = int(key)
        return number if -(2**63) <= number < 2**63 else "int"
    value = float(key)
    return int(value) if value.is_integer() and abs(value) < 2**53 else repr(value)
