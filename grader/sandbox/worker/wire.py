"""Frames: how the messages of `schema` travel between examiner and worker.

A frame is two little-endian uint32 (bytes of header, bytes of body), the header (one msgpack
message of the schema) and the body (the raw bytes of its arrays, in the order in which the
header names them, each padded to 16 bytes). Nothing is ever unpickled; a size, a dtype, a shape
and a depth are checked before they are believed. Whatever is wrong with a frame is a `WireError`.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import msgspec
import numpy as np

from grader.sandbox.worker import schema

MAX_HEADER = 256 * 1024  # bytes; 64 steps with a dozen arrays each need 40 KiB
MAX_BODY = 64 * 1024 * 1024  # bytes
MAX_DEPTH = 12  # containers in containers
MAX_NODES = 50_000  # values in one frame
MAX_RANK = 16  # dimensions of one array
FIRST = 8 * 1024  # bytes asked for at first: most frames come whole
ALIGNMENT = 16  # bytes; NumPy is slower on arrays that are not aligned
PREFIX = struct.Struct("<II")

_CODES = ("b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16")
DTYPES: dict[str, np.dtype[Any]] = {code: np.dtype(code) for code in _CODES}
CODES = {dtype: code for code, dtype in DTYPES.items()}  # of what travels as it is
_BOOL = DTYPES["b1"]
_PADDING = tuple(bytes(size) for size in range(ALIGNMENT))


class WireError(Exception):
    """A frame that the schema does not allow, or that is larger than the caps."""


_ENCODER = msgspec.msgpack.Encoder()
_REQUESTS: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(schema.Request)
_REPLIES: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(schema.Reply)


class FrameWriter:
    """Gathers the arrays of one frame."""

    def __init__(self) -> None:
        self.chunks: list[bytes] = []
        self.size = 0

    def add(self, array: np.ndarray[Any, Any]) -> schema.Array:
        """`array` as a node. WireError where its dtype cannot travel or the body is full."""
        code = CODES.get(array.dtype) or _code(array.dtype)
        if self.size + array.nbytes > MAX_BODY:
            raise WireError("body too large")
        if not array.dtype.isnative:
            array = array.astype(DTYPES[code])
        data = array.tobytes()
        padding = _PADDING[-len(data) % ALIGNMENT]
        self._append(data + padding if padding else data)
        return schema.Array(code, array.shape)

    def repeat(self, chunks: list[bytes]) -> None:
        """The same bytes again, of arrays whose nodes are used again. WireError as `add`."""
        for chunk in chunks:
            if self.size + len(chunk) > MAX_BODY:
                raise WireError("body too large")
            self._append(chunk)

    def _append(self, chunk: bytes) -> None:
        self.chunks.append(chunk)
        self.size += len(chunk)

    def frame(self, message: schema.Request | schema.Reply) -> bytes:
        """The finished frame."""
        try:
            header = _ENCODER.encode(message)
        except (UnicodeEncodeError, OverflowError, RecursionError) as error:
            raise WireError(str(error)) from None
        if len(header) > MAX_HEADER or self.size > MAX_BODY:
            raise WireError("frame too large")
        return b"".join((PREFIX.pack(len(header), self.size), header, *self.chunks))


class FrameReader:
    """Hands out the arrays of one frame, in order, as views on its body.

    given_away: a body that nobody else reads, so that the values may be views as well. Else the
    views are read-only, and the values copies.
    """

    def __init__(self, body: bytes | bytearray | memoryview, *, given_away: bool = False) -> None:
        self.body = memoryview(body) if given_away else memoryview(body).toreadonly()
        self._given_away = given_away
        self.position = 0
        self.nodes = 0

    def take(self, node: schema.Array) -> np.ndarray[Any, Any]:
        shape = node.shape
        dtype, size = _extent(node.dtype, shape)
        start = self.position
        if start + size > len(self.body):
            raise WireError("array beyond the body")
        self.position = start + size + -size % ALIGNMENT
        if dtype is not _BOOL:
            return np.ndarray(shape, dtype, self.body, start)
        octets: np.ndarray[Any, Any] = np.ndarray(shape, np.uint8, self.body, start)
        return np.asarray(octets != 0)  # a bool that is neither 0 nor 1 is no bool

    def value(  # noqa: PLR0911 - a table of types
        self, node: Any, special: Callable[[Any], Any], depth: int = 0
    ) -> Any:
        """Plain data for a node; `special` makes what it likes of an Image or Other."""
        self.nodes += 1
        if self.nodes > MAX_NODES or depth > MAX_DEPTH:
            raise WireError("too many values, or too deep")
        if isinstance(node, schema.Array):  # first: most are
            return self._array(node)
        if isinstance(node, schema.Group):
            return tuple(self._values(node.items, special, depth + 1))
        if node is None or isinstance(node, (bool, int, float, str)):
            return node
        if isinstance(node, schema.Numbers):
            return self._numbers(node)
        if isinstance(node, schema.Items):
            return self._values(node.items, special, depth + 1)
        if isinstance(node, schema.Table):
            return self._table(node, special, depth + 1)
        if isinstance(node, schema.Big):
            return int.from_bytes(node.octets, "little", signed=True)
        if isinstance(node, schema.Objects):
            return self._objects(node)
        return special(node)

    def _array(self, node: schema.Array) -> np.ndarray[Any, Any]:
        array = self.take(node)
        return array if self._given_away else array.copy()

    def finish(self) -> None:
        """WireError unless the whole body was named."""
        if self.position != len(self.body):
            raise WireError("body longer than its arrays")

    def _numbers(self, node: schema.Numbers) -> list[Any] | tuple[Any, ...]:
        array = self.take(node.array)
        if array.ndim != 1 or array.dtype.str[1:] not in ("f8", "i8"):
            raise WireError("numbers that are no numbers")
        values: list[Any] = array.tolist()
        return tuple(values) if node.is_tuple else values

    def _table(
        self, node: schema.Table, special: Callable[[Any], Any], depth: int
    ) -> dict[Any, Any]:
        if len(node.keys) != len(node.values):
            raise WireError("a dict with more keys than values")
        return dict(zip(node.keys, self._values(node.values, special, depth), strict=True))

    def _values(
        self, nodes: list[schema.Value], special: Callable[[Any], Any], depth: int
    ) -> list[Any]:
        """`value` of each; arrays, which most are, without asking what else they may be."""
        found: list[Any] = []
        for node in nodes:
            if type(node) is schema.Array and depth <= MAX_DEPTH and self.nodes < MAX_NODES:
                self.nodes += 1
                found.append(self._array(node))
            else:
                found.append(self.value(node, special, depth))
        return found

    def _objects(self, node: schema.Objects) -> np.ndarray[Any, Any]:
        if len(node.shape) > MAX_RANK or any(not 0 <= n <= MAX_NODES for n in node.shape):
            raise WireError("object array with an impossible shape")
        if math.prod(node.shape) != len(node.items):
            raise WireError("object array with a wrong count")
        array = np.empty(len(node.items), dtype=object)
        for index, item in enumerate(node.items):
            if not isinstance(item, (bool, int, float, schema.Big)):
                raise WireError("object array of something else than numbers")
            array[index] = self.value(item, lambda _: None)
        return array.reshape(node.shape)


@lru_cache(1024)  # a program has a few dozen shapes
def _extent(code: str, shape: tuple[int, ...]) -> tuple[np.dtype[Any], int]:
    """The dtype of this name, and how many bytes an array of it takes. WireError beyond the caps."""
    dtype = DTYPES.get(code)
    if dtype is None or len(shape) > MAX_RANK:
        raise WireError("array of a type or rank that is not allowed")
    product = 1
    for length in shape:
        if not 0 <= length <= MAX_BODY:
            raise WireError("array with an impossible size")
        product *= length or 1  # an empty array's must not overflow either
    if product > MAX_BODY:
        raise WireError("array with an impossible shape")
    return dtype, 0 if 0 in shape else product * dtype.itemsize


def _code(dtype: np.dtype[Any]) -> str:
    """How a dtype that is not in `CODES` is called on the wire: of the other byte order, say."""
    code = f"{dtype.kind}{dtype.itemsize}"
    if code not in DTYPES:
        raise WireError(f"dtype {dtype}")
    return code


def sizes(prefix: bytes | bytearray) -> tuple[int, int]:
    """Bytes of header and body that follow. WireError beyond the caps."""
    header, body = PREFIX.unpack(prefix)
    if not 0 < header <= MAX_HEADER or body > MAX_BODY:
        raise WireError("frame too large")
    return header, body


def split(frame: bytes) -> tuple[bytes, bytes]:
    """Header and body of a whole frame. WireError where it is not one."""
    start = PREFIX.size
    header_size, body_size = sizes(frame[:start])
    end = start + header_size
    if len(frame) != end + body_size:
        raise WireError("not one frame")
    return frame[start:end], frame[end:]


def receive(fill: Callable[[memoryview], int]) -> tuple[bytearray, bytearray]:
    """Header and body of the next frame. WireError beyond the caps, or where more than it came.

    fill: puts bytes that came into a view and says how many, at least one; raises at the end.
    """
    start = bytearray(FIRST)
    view = memoryview(start)
    count = fill(view)
    while count < PREFIX.size:
        count += fill(view[count:])
    header_size, body_size = sizes(start[: PREFIX.size])
    end = PREFIX.size + header_size
    if count == end + body_size:
        return start[PREFIX.size : end], start[end:count]
    came = view[PREFIX.size : count]
    header = _filled(header_size, came[:header_size], fill)
    return header, _filled(body_size, came[header_size:], fill)


def _filled(size: int, came: memoryview, fill: Callable[[memoryview], int]) -> bytearray:
    """So many bytes, of which some came already."""
    if len(came) > size:
        raise WireError("more than one frame")
    data = bytearray(size)
    data[: len(came)] = came
    view = memoryview(data)[len(came) :]
    while view:
        view = view[fill(view) :]
    return data


def decode_request(header: bytes | bytearray) -> schema.Request:
    return _decode(_REQUESTS, header)  # type: ignore[no-any-return]  # the decoder's own union


def decode_reply(header: bytes | bytearray) -> schema.Reply:
    return _decode(_REPLIES, header)  # type: ignore[no-any-return]  # the decoder's own union


def _decode(decoder: msgspec.msgpack.Decoder[Any], header: bytes | bytearray) -> Any:
    try:
        return decoder.decode(header)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise WireError(str(error)[:200]) from None
