"""Frames and values: what goes in comes out, and nothing else than WireError ever comes out."""

from __future__ import annotations

import random
import resource
import struct
from collections import ChainMap, OrderedDict
from enum import Enum
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.faults import BadValue
from grader.protocol import Observation, Opaque, Picture
from grader.sandbox import png, replies
from grader.sandbox.worker import schema, wire
from grader.sandbox.worker.values import Packer, TooMuch


class Pair(NamedTuple):
    first: int
    second: float


# The machines are shared: a slow example says nothing.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def travelled(value: Any) -> Any:
    """`value` as it arrives at the examiner's."""
    packer = Packer()
    node = packer.pack(value)
    reply, reader = decoded(packer.writer.frame(schema.Done([node], [], None, "")))
    assert isinstance(reply, schema.Done)
    result = replies.value(reply.values[0], reader, "here")
    reader.finish()
    return result


def decoded(frame: bytes) -> tuple[schema.Reply, wire.FrameReader]:
    start = wire.PREFIX.size
    header, body = wire.sizes(frame[:start])
    assert len(frame) == start + header + body
    reply = wire.decode_reply(frame[start : start + header])
    return reply, wire.FrameReader(frame[start + header :])


scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**2000), 2**2000)
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
)
nested = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=12)
        | st.lists(inner, max_size=12).map(tuple)
        | st.dictionaries(st.text(max_size=5) | st.integers(-(2**63), 2**63 - 1), inner, max_size=4)
    ),
    max_leaves=40,
)


@unhurried
@given(nested)
def test_plain_data_comes_back_as_it_was(value: Any) -> None:
    back = travelled(value)
    assert back == value
    assert type(back) is type(value)


@unhurried
@given(
    hnp.arrays(
        st.sampled_from(list(wire.DTYPES.values())), hnp.array_shapes(min_dims=0, min_side=0)
    )
)
def test_arrays_come_back_bit_by_bit(array: Any) -> None:
    back = travelled(array)
    assert (back.dtype, back.shape) == (array.dtype, array.shape)
    assert back.tobytes() == array.tobytes()


def test_a_float_that_is_none_travels() -> None:
    back = travelled([float("nan"), float("inf"), -float("inf")])
    assert np.isnan(back[0])
    assert back[1:] == [np.inf, -np.inf]


class Letter(Enum):
    A = 1
    B = 2


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float32(1.5), 1.5),
        (np.int16(-3), -3),
        (np.array([True])[0], True),
        (Pair(1, 2.0), (1, 2.0)),
        (OrderedDict(a=1), {"a": 1}),
        ({5.0: 1, 2.5: 2, (1, 2): 3, np.int64(7): 4}, {5: 1, "2.5": 2, "(1, 2)": 3, 7: 4}),
        (ChainMap({"W": 1}, {"b": 2}), {"b": 2, "W": 1}),
        ({Letter.A: 1, Letter.B: 2}, {"A": 1, "B": 2}),
        ({range(1): 1, range(2): 2}, {"range": 1, "range#1": 2}),
        (1j, Opaque("complex")),
        (b"x", Opaque("bytes")),
        (range(3), Opaque("range")),
        (np.zeros(2, "U3"), Opaque("ndarray of str96")),
        ("\ud800", "\\ud800"),
    ],
)
def test_what_is_close_to_plain_data_becomes_it(value: Any, expected: Any) -> None:
    assert travelled(value) == expected


def test_an_array_of_python_numbers_keeps_its_dtype() -> None:
    back = travelled(np.array([1, 2**100, 0.5], dtype=object))
    assert back.dtype == object
    assert back.tolist() == [1, 2**100, 0.5]


def test_layouts_that_numpy_shares_do_not_matter() -> None:
    base = np.arange(24.0).reshape(4, 6)
    for array in (
        base.T,
        base[::2, ::-1],
        np.broadcast_to(1.0, (3, 3)),
        np.ones((1, 2)).view(np.matrix),
    ):
        assert np.array_equal(travelled(array), np.asarray(array))
    swapped = base.astype(">f8")
    assert travelled(swapped).dtype == np.float64
    assert np.array_equal(travelled(swapped), base)


def test_caps_hold_while_packing() -> None:
    endless: list[Any] = []
    endless.append(endless)
    too_much = [
        endless,
        [[1, "a"]] * 60_000,
        np.zeros((1 << 23) + 1),
        {str(n): n for n in range(60_000)},
    ]
    for value in too_much:
        packer = Packer()
        with pytest.raises((TooMuch, wire.WireError)):
            packer.writer.frame(schema.Done([packer.pack(value)], [], None, ""))


BAD_NODES = [
    schema.Array("O8", (1,)),
    schema.Array("V0", (2**40,)),
    schema.Array("f8", (-1,)),
    schema.Array("f8", (2**40, 0, 2**40)),
    schema.Array("f8", (1,) * 40),
    schema.Array("f8", (3,)),
    schema.Array("f8", (2**32, 2**32)),
    schema.Numbers(schema.Array("c16", (1,)), is_tuple=False),
    schema.Objects((2,), [1]),
    schema.Objects((1,), ["text"]),
    schema.Objects((10**9,), []),
    schema.Table(["a"], []),
]


@pytest.mark.parametrize("node", BAD_NODES, ids=repr)
def test_a_node_that_does_not_hold_together_is_refused(node: Any) -> None:
    with pytest.raises(BadValue):
        replies.value(node, wire.FrameReader(bytes(16)), "here")


def test_depth_is_capped() -> None:
    node: Any = 1
    for _ in range(wire.MAX_DEPTH + 1):
        node = schema.Items([node])
    with pytest.raises(BadValue):
        replies.value(node, wire.FrameReader(b""), "here")


@pytest.mark.parametrize(
    "prefix", [(0, 0), (wire.MAX_HEADER + 1, 0), (1, wire.MAX_BODY + 1), (2**32 - 1, 2**32 - 1)]
)
def test_sizes_beyond_the_caps_are_refused(prefix: tuple[int, int]) -> None:
    with pytest.raises(wire.WireError):
        wire.sizes(struct.pack("<II", *prefix))


def test_a_bool_is_zero_or_one() -> None:
    back = wire.FrameReader(bytes([0, 1, 2, 255]) + bytes(12)).take(schema.Array("b1", (4,)))
    assert back.view(np.uint8).tolist() == [0, 1, 1, 1]


# -- mutated frames --------------------------------------------------------------------------------


def seeds() -> list[bytes]:
    """Replies of every kind."""
    packer = Packer()
    rich = packer.pack(
        {
            "a": np.ones((3, 2)),
            "b": [1.0] * 20,
            "c": (np.array([1, 2**90], object), None, True, "text", 2**200),
            3: {"deep": [[[[1]]]]},
        }
    )
    done = packer.writer.frame(schema.Done([rich], [0], None, "printed"))
    fault = schema.Fault("raised", "ValueError", "ValueError", "words", 3, 0)
    trials = [schema.Done([rich], [0], None, ""), schema.Done([], [], fault, "")]
    patched = packer.writer.frame(schema.Patched(trials, "printed"))
    defined = schema.Defined("SimpleRNN", is_class=True, stubs=["forward"], missing=[])
    packer = Packer()
    arrays = [packer.writer.add(np.ones((4, 2, 1))) for _ in range(5)]
    image = packer.image(b"\x89PNG\r\n\x1a\n", 1, 2)
    seen = schema.Seen(
        1.5, 0.1, (1, 2, 3), bool(arrays), [5], [6], (1.0, 0.5), arrays[:1], (3, 1), (2, 1), (0.0, 1.0),
        [(arrays[1], arrays[2])], arrays[3:4], arrays[4:], [image], fault, bool(arrays), None, "",
    )  # fmt: skip
    return [
        done,
        packer.writer.frame(seen),
        wire.FrameWriter().frame(schema.Loaded([defined], fault, "")),
        wire.FrameWriter().frame(schema.Done([], [], fault, "")),
        wire.FrameWriter().frame(schema.Ready(["landlock"])),
        patched,
        wire.FrameWriter().frame(schema.Shapes([(3, 2), (-1,)], "printed")),
    ]


def swallow(frame: bytes) -> bool:
    """Take a frame as the examiner does; True where it was accepted. Any other error is a bug."""
    try:
        start = wire.PREFIX.size
        if len(frame) < start:
            return False
        header, body = wire.sizes(frame[:start])
        if len(frame) < start + header + body:
            return False
        reply = wire.decode_reply(frame[start : start + header])
        reader = wire.FrameReader(frame[start + header : start + header + body])
        trials = reply.results if isinstance(reply, schema.Patched) else [reply]
        for node in (node for one in trials if isinstance(one, schema.Done) for node in one.values):
            replies.value(node, reader, "here")
        if isinstance(reply, schema.Seen):
            assert isinstance(replies.observation(reply, reader), Observation)
    except (wire.WireError, BadValue):
        return False
    return True


def mutated(frame: bytes, luck: random.Random) -> bytes:
    """A frame with some bytes changed, cut out, repeated or added."""
    data = bytearray(frame)
    for _ in range(luck.choice((1, 1, 1, 2, 4, 16))):
        place = luck.randrange(len(data)) if data else 0
        kind = luck.randrange(6)
        if kind == 0:
            data[place : place + 1] = bytes([luck.randrange(256)])
        elif kind == 1:
            data[place : place + 1] = bytes([luck.choice(EDGES)])
        elif kind == 2:
            del data[place : place + luck.randrange(1, 9)]
        elif kind == 3:
            data[place:place] = luck.randbytes(luck.randrange(1, 9))
        elif kind == 4:
            data[place:place] = data[place : place + luck.randrange(1, 40)]
        else:
            data[place : place + 4] = struct.pack("<I", luck.choice(SIZES))
    return resized(bytes(data)) if luck.random() < 0.8 else bytes(data)


# Markers of msgpack: nil, arrays, maps, strings, binaries, extensions and numbers of every size.
EDGES = bytes([0xC0, 0x9F, 0x90, 0x8F, 0x80, 0xDC, 0xDD, 0xDE, 0xDF, 0xD9, 0xDA, 0xDB, 0xC4, 0xC5,
               0xC6, 0xC7, 0xC8, 0xC9, 0xD4, 0xD8, 0xCF, 0xD3, 0xCB, 0x7F, 0xFF])  # fmt: skip
SIZES = (0, 1, 7, 255, 2**16, 2**31, 2**32 - 1, wire.MAX_HEADER, wire.MAX_BODY)


def resized(frame: bytes) -> bytes:
    """The same with sizes that fit, so that the mutation reaches the decoder behind them."""
    if len(frame) <= wire.PREFIX.size:
        return frame
    header = min(struct.unpack_from("<I", frame)[0], len(frame) - wire.PREFIX.size)
    rest = len(frame) - wire.PREFIX.size - header
    return wire.PREFIX.pack(header, rest) + frame[wire.PREFIX.size :]


def memory() -> int:
    """Highest resident memory of this process so far, bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def shower(count: int, seed: int) -> int:
    luck = random.Random(seed)
    frames = seeds()
    assert all(map(swallow, frames))
    return sum(swallow(mutated(luck.choice(frames), luck)) for _ in range(count))


def test_mutated_frames_give_nothing_but_wire_errors() -> None:
    accepted = shower(20_000, 1)
    assert 0 < accepted < 20_000


@pytest.mark.parametrize("step", [1, 7, 8, 9, 1000, 1 << 20])
def test_a_frame_arrives_whole_in_whatever_pieces_it_comes(step: int) -> None:
    array = np.arange(5_000.0)
    packer = Packer()
    frame = packer.writer.frame(schema.Done([packer.pack(array)], [], None, "words"))
    left = memoryview(frame)

    def fill(view: memoryview) -> int:
        nonlocal left
        count = min(step, len(view), len(left))
        view[:count], left = left[:count], left[count:]
        return count

    header, body = wire.receive(fill)
    assert not left
    reply = wire.decode_reply(header)
    assert isinstance(reply, schema.Done)
    np.testing.assert_array_equal(wire.FrameReader(body).take(reply.values[0]), array)


def test_bytes_behind_a_frame_are_refused() -> None:
    frame = wire.FrameWriter().frame(schema.Done([], [], None, "")) + b"!"

    def fill(view: memoryview) -> int:
        view[: len(frame)] = frame
        return len(frame)

    with pytest.raises(wire.WireError, match="more than one"):
        wire.receive(fill)


@pytest.mark.slow
def test_a_million_mutated_frames_stay_within_memory() -> None:
    shower(10_000, 2)
    before = memory()
    shower(1_000_000, 3)
    assert memory() - before < 64 << 20


@pytest.mark.parametrize(
    "filler", [b"\x91\xa1l", b"\x92\xa1d\x90", b"\x90", b"\x80", b"\xc0", b"\xa0"]
)
def test_the_largest_header_stays_within_memory(filler: bytes) -> None:
    count = wire.MAX_HEADER // len(filler) - 10
    for inside in (b"\xdd" + struct.pack(">I", count) + filler * count, filler * count):
        header = b"\x95\xa4done\x91\x92\xa1l" + inside + b"\x90\xc0\xa0"
        before = memory()
        swallow(wire.PREFIX.pack(min(len(header), wire.MAX_HEADER), 0) + header)
        assert memory() - before < 64 << 20


# -- pictures --------------------------------------------------------------------------------------


def small_png(width: int = 2, height: int = 2) -> bytes:
    import zlib

    def chunk(kind: bytes, content: bytes) -> bytes:
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + bytes(2) for _ in range(2)))
    return png.SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_a_sound_png_is_a_picture_and_others_are_not() -> None:
    good = small_png()
    assert travelled(good) == Picture(good, 0, 0)
    spoiled = [
        good[:-1],
        good + b"<script>",
        good[:40] + b"x" + good[41:],
        small_png(10**6),
        png.SIGNATURE,
    ]
    for bad in spoiled:
        assert travelled(bad) == Opaque("Figure")


def test_an_array_of_objects_leaves_what_follows_alone() -> None:
    ragged = np.empty(2, object)
    ragged[:] = [np.ones(3), [1.0] * 20]
    first, second = travelled([ragged, np.arange(5.0)])
    assert first == Opaque("ndarray of object")
    assert second.tolist() == [0, 1, 2, 3, 4]
