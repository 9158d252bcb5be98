"""A worker that lies: replies of an honest program, bent at random within the schema.

The same seed tells the same lies. What comes back may be any data of any shape, and no check, no
proxy and no total may take that for a fault of the kit.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.sandbox.worker import schema, wire
from grader.sandbox.worker.runner import Runner
from grader.sandbox.worker.source import FILENAME
from grader.sandbox.worker.values import Packer

HUGE = 1e308
ODD: tuple[Any, ...] = (
    None, True, 0, -1, 2**70, float("nan"), float("inf"), -HUGE, "", "\x1b[2J{name}", [], (), {},
    [[]], {"": None}, {"W_xh": 1}, object(), np.zeros(0), np.zeros((0, 3)), np.array(1.5),
    np.ones((), bool), np.array([1j]), np.array([2**80, 1], dtype=object), np.full((2, 2), np.nan),
)  # fmt: skip
KINDS = ("f2", "f4", "i1", "u8", "b1", "c16", "O")
FAULTS = ("raised", "syntax", "late", "missing", "too_much", "not_writable")
COUNTS = (-(2**63), -1, 0, 1, 2, 7, 1000, 2**63 - 1)


class Liar:
    """Stands in for `launch.Worker`, in this process."""

    spent = 0.0
    scratch = None

    def __init__(self, rate: float, seed: int) -> None:
        """rate: how many of its replies are lies, from 0 to 1."""
        self.rate = rate
        self.luck = random.Random(seed)
        self.runner = Runner({}, (FILENAME,))

    def exchange(self, frame: bytes, seconds: float) -> tuple[Any, wire.FrameReader]:
        del seconds
        header, body = wire.split(frame)
        answer = self.runner.answer(wire.decode_request(header), body)
        if self.luck.random() < self.rate:
            answer = self._bent(*_decoded(answer))
        return _decoded(answer)

    def kill(self, *, hung_up: bool = False) -> int:
        return 256 if hung_up else 0

    def _bent(self, reply: schema.Reply, reader: wire.FrameReader) -> bytes:
        packer = Packer()
        if isinstance(reply, schema.Loaded):
            bent: schema.Reply = self._loaded(reply)
        elif isinstance(reply, schema.Done):
            bent = self._done(reply, reader, packer)
        else:
            assert isinstance(reply, schema.Seen)
            bent = self._seen(reply, reader, packer)
        return packer.writer.frame(bent)

    # -- one kind of reply each ----------------------------------------------------------------

    def _loaded(self, reply: schema.Loaded) -> schema.Loaded:
        names = ("SimpleRNN", "LSTMCell", "generate_sequence_data", "train_rnn_on_sequence", "x")
        methods = ("__init__", "forward", "backward", "update_parameters", "x")
        for one in self.luck.sample(reply.defined, 1):
            one.name = self.luck.choice((one.name, *names))
            one.is_class ^= self._maybe()
            one.stubs = [name for name in methods if self._maybe()]
            one.missing = [name for name in methods if self._maybe()]
        return schema.Loaded(reply.defined, self._fault(), self._printed())

    def _done(self, reply: schema.Done, reader: wire.FrameReader, packer: Packer) -> schema.Done:
        values = [reader.value(node, _opaque) for node in reply.values]
        if self._maybe():
            values = self._items(values)
        elif values:
            index = self.luck.randrange(len(values))
            values[index] = self._value(values[index])
        changed = [self.luck.choice(COUNTS) for _ in range(self.luck.randrange(3))]
        return schema.Done(
            [packer.pack(value) for value in values], changed, self._fault(), self._printed()
        )

    def _seen(self, reply: schema.Seen, reader: wire.FrameReader, packer: Packer) -> schema.Seen:
        returned = reader.value(reply.returned, _opaque)
        squared_errors = [reader.take(one) for one in reply.squared_errors]
        evaluations = [(reader.take(x), reader.take(y)) for x, y in reply.evaluations]
        columns = [reader.take(one) for one in reply.trained_columns]
        series = [reader.take(one) for one in reply.series]
        figures = [(reader.take(one.png), one.axes, one.lines) for one in reply.figures]
        courses = [reader.take(one) for one in reply.courses]
        neighbours = [reader.take(one) for one in reply.neighbours]
        trained = [reader.take(one) for one in reply.trained]

        def array(value: Any) -> schema.Array:
            bent = self._array(value) if isinstance(value, np.ndarray) and self._maybe() else value
            travels = isinstance(bent, np.ndarray) and bent.dtype.kind != "O"
            return packer.writer.add(bent if travels else np.zeros(1))

        def image(png: Any, axes: int, lines: int) -> schema.Image:
            count = self._count()
            return schema.Image(array(png), axes if self._maybe() else count, lines)

        return schema.Seen(
            packer.pack(self._value(returned) if self._maybe() else returned),
            self._number(reply.seconds),
            (self._count(), self._count(), self._count()),
            self._maybe(),
            [self._count() for _ in range(self.luck.randrange(5))],
            [self._count() for _ in range(self.luck.randrange(5))],
            (self._number(1.0), self._number(0.1)),
            [array(one) for one in squared_errors],
            (self._count(), self._count()),
            (self._count(), self._count()),
            (self._number(-1.0), self._number(1.0)),
            [(array(x), array(y)) for x, y in evaluations],
            [array(one) for one in (self._items(columns) if self._maybe() else columns)],
            [array(one) for one in series],
            [image(*figure) for figure in figures],
            self._fault(),
            self._maybe(),
            self._fault(),
            self._printed(),
            courses=[array(one) for one in courses],
            neighbours=[array(one) for one in neighbours],
            trained=[array(one) for one in trained],
        )

    # -- values --------------------------------------------------------------------------------

    def _value(self, value: Any) -> Any:
        if self.luck.random() < 0.2:
            return self.luck.choice(ODD)
        if isinstance(value, np.ndarray):
            return self._array(value)
        if isinstance(value, (list, tuple)):
            return type(value)(self._items(list(value)))
        if isinstance(value, dict):
            return self._table(value)
        if isinstance(value, (int, float)):
            return self._number(float(value))
        return self.luck.choice(ODD)

    def _array(self, value: Any) -> Any:
        bends: tuple[Callable[[], Any], ...] = (
            lambda: self._spoiled(value),
            lambda: value.T,
            lambda: value[None],
            lambda: value.reshape(-1),
            lambda: value[:-1] if value.ndim else value,
            lambda: value[..., :1] if value.ndim else value,
            lambda: value[..., ::-1] if value.ndim else value,
            lambda: np.concatenate([value, value]) if value.ndim else value,
            lambda: np.zeros_like(value),
            lambda: np.full_like(value, HUGE) if value.dtype.kind == "f" else value,
            lambda: value * self.luck.choice((-1.0, 2.0, 1e-300, 1e300)),
            lambda: value.astype(self.luck.choice(KINDS)),
            lambda: self.luck.choice([odd for odd in ODD if isinstance(odd, np.ndarray)]),
        )
        with np.errstate(all="ignore"):
            return self.luck.choice(bends)()

    def _spoiled(self, value: Any) -> Any:
        """One element that is no number."""
        if not value.size:
            return value
        spoiled = value.astype(np.float64).copy()
        spoiled.flat[self.luck.randrange(value.size)] = self._number(1.0)
        return spoiled

    def _items(self, items: list[Any]) -> list[Any]:
        index = self.luck.randrange(len(items) + 1)
        bends: tuple[Callable[[], list[Any]], ...] = (
            lambda: items[:index],
            lambda: [*items, *items],
            lambda: items[::-1],
            lambda: [items],
            lambda: [*items[:index], self.luck.choice(ODD), *items[index:]],
            lambda: [*items[:index], *(self._value(item) for item in items[index:])],
        )
        return self.luck.choice(bends)()

    def _table(self, table: dict[Any, Any]) -> dict[Any, Any]:
        bent = dict(table)
        for key in self.luck.sample(list(table), min(len(table), 2)):
            value = bent.pop(key)
            if self._maybe():
                bent[key] = self._value(value)
            elif self._maybe():
                bent[self.luck.choice(("", "x", 3, f"{key}_", "a.b[0]['c']"))] = value
        return bent

    def _number(self, value: float) -> float:
        return self.luck.choice((value, -value, 0.0, float("nan"), float("inf"), HUGE, 1e-320))

    def _count(self) -> int:
        return self.luck.choice(COUNTS)

    def _fault(self) -> schema.Fault | None:
        if self.luck.random() < 0.7:
            return None
        words = self.luck.choice(("", "{where}", "\u202e\x07", "x" * 500, "NotImplementedError"))
        return schema.Fault(
            self.luck.choice(FAULTS), words, words, words, self._count(), self._count()
        )

    def _printed(self) -> str:
        return self.luck.choice(("", "{printed}", "\x1b]0;x\x07" * 9))

    def _maybe(self) -> bool:
        return self.luck.random() < 0.5


def _decoded(frame: bytes) -> tuple[schema.Reply, wire.FrameReader]:
    header, body = wire.split(frame)
    return wire.decode_reply(header), wire.FrameReader(body)


def _opaque(_: Any) -> object:
    return object()
