"""The proxies through which checks use a student's code: explicit methods, plain data only.

They implement the protocols of `checks.protocol` over a `Channel`, which is a confined worker
(`session`) or this very process (`local`). A proxy holds a number, never an object of the
student's; it has no `__getattr__`, and an operator used on it raises TypeError as on any object.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

import numpy as np

from grader.faults import BadValue, NotDefined, NotImplementedYet, StudentFault
from grader.language import say
from grader.protocol import (
    Array,
    Call,
    CutVector,
    Observation,
    Read,
    Rounds,
    Step,
    Write,
)
from grader.sandbox import fault_messages, replies
from grader.sandbox.program_text import ProgramText
from grader.sandbox.worker import schema, wire
from grader.sandbox.worker.values import Packer, TooMuch


class Channel(Protocol):
    """Carries requests to a student's code and brings the replies back."""

    def exchange(
        self, request: schema.Request, packer: Packer, where: str, born: int | None
    ) -> tuple[Any, wire.FrameReader]:
        """The reply and its arrays. Raises StudentFault (late, dead or garbled worker).

        `where` names what is called. `born`: the generation that the object of the request was
        made in; an object of a worker that is gone raises what its worker died of.
        """
        ...

    @property
    def program(self) -> ProgramText:
        """The source that the student's code comes from."""
        ...

    @property
    def generation(self) -> int:
        """Counts the workers started so far."""
        ...


class ObjectProxy:
    """An instance of a student's class, by number."""

    def __init__(self, cls: ClassProxy, handle: int, born: int) -> None:
        self._class = cls
        self._channel = cls._channel
        self._dropped = cls._dropped
        self._handle = handle
        self._born = born
        self._changed: tuple[int, ...] = ()
        self._seconds: tuple[float, ...] = ()

    def __del__(self) -> None:
        self._dropped.append(self._handle)

    def forward(self, *arguments: Any) -> Any:
        return self.replay([Call("forward", arguments)])[0]

    def backward(self, *arguments: Any) -> Any:
        return self.replay([Call("backward", arguments)])[0]

    def update_parameters(self, *arguments: Any) -> Any:
        return self.replay([Call("update_parameters", arguments)])[0]

    def read(self) -> dict[str, Array]:
        arrays = self.replay([Read()])[0]
        return {} if arrays is None else dict(arrays)

    def write(self, values: Mapping[str, Array]) -> None:
        self.replay([Write(values)])

    def replay(self, steps: Sequence[Step]) -> list[Any]:
        """Several steps in one message. Raises the StudentFault of the first that fails."""
        where = self._where(steps)
        packer = Packer()
        with _Fitting(where):
            packed = self._all_packed(steps, packer)
        dropped = self._class.take_dropped()
        request = schema.Steps(self._handle, packed, dropped)
        reply, reader = self._channel.exchange(request, packer, where, self._born)
        self._changed = tuple(reply.changed)
        self._seconds = tuple(reply.seconds)
        if reply.fault is not None:
            raise fault_messages.of_call(
                reply.fault,
                self._name(steps, reply.fault.step),
                self._channel.program.of(reply.fault),
            )
        values = replies.values(reply.values, reader, where)
        if len(values) != len(steps):
            raise fault_messages.garbled(where)
        for step, value in zip(steps, values, strict=True):
            if isinstance(step, Read) and not replies.is_arrays(value):
                raise fault_messages.garbled(where)
        return values

    def train(self, rounds: Rounds) -> tuple[int, Any]:
        """Several rounds in one message. Raises the StudentFault of the first that fails."""
        methods = [m for m in schema.ROUND if rounds.updates or m != "update_parameters"]
        for method in methods:
            self._class.require(method)
        where = ", ".join(f"{self._class.name}.{method}" for method in methods)
        packer = Packer()
        with _Fitting(where):
            request = self._request(rounds, packer.writer)
        reply, reader = self._channel.exchange(request, packer, where, self._born)
        if reply.fault is not None:
            step = reply.fault.step
            known = 0 <= step < len(schema.ROUND)
            at = f"{self._class.name}.{schema.ROUND[step]}" if known else where
            raise fault_messages.of_call(reply.fault, at, self._channel.program.of(reply.fault))
        match reply.values:
            case [int(count), returned] if 0 < count <= len(rounds.inputs):
                return count, replies.value(returned, reader, where)
        raise fault_messages.garbled(where)

    def _request(self, rounds: Rounds, writer: wire.FrameWriter) -> schema.Train:
        return schema.Train(
            self._handle,
            writer.add(rounds.d_outputs),
            writer.add(rounds.inputs),
            writer.add(rounds.targets),
            writer.add(rounds.weights),
            rounds.rate,
            rounds.updates,
            rounds.bound,
        )

    @property
    def changed_inputs(self) -> tuple[int, ...]:
        return self._changed

    @property
    def seconds(self) -> tuple[float, ...]:
        return self._seconds

    def _all_packed(self, steps: Sequence[Step], packer: Packer) -> list[Any]:
        arguments = _Arguments(packer)
        packed: list[Any] = []
        for step in steps:
            if isinstance(step, Write):
                packed.append(put(step.values, packer.writer))
            elif isinstance(step, Read):
                kept_up, names = list(self._class.kept_up), list(step.shown)
                packed.append(schema.Get(step.apart, step.every, kept_up, names))
            else:
                self._class.require(step.method)
                nodes = arguments.packed(step.arguments)
                packed.append(schema.Method(step.method, nodes, step.echo))
        return packed

    def _where(self, steps: Sequence[Step]) -> str:
        methods = dict.fromkeys(step.method for step in steps if isinstance(step, Call))
        return ", ".join(f"{self._class.name}.{one}" for one in methods) or self._class.name

    def _name(self, steps: Sequence[Step], index: int) -> str:
        step = steps[index] if 0 <= index < len(steps) else None
        return f"{self._class.name}.{step.method}" if isinstance(step, Call) else self._class.name


class _Arguments:
    """Arguments of the calls of one frame; those of the call before are not packed again."""

    def __init__(self, packer: Packer) -> None:
        self._packer = packer
        self._last: tuple[Any, ...] | None = None
        self._nodes: list[Any] = []
        self._chunks: list[bytes] = []
        self._count = 0

    def packed(self, arguments: tuple[Any, ...]) -> list[Any]:
        """Their nodes. Raises TooMuch, WireError."""
        packer = self._packer
        if arguments is self._last:
            packer.nodes += self._count
            if packer.nodes > wire.MAX_NODES:
                raise TooMuch
            packer.writer.repeat(self._chunks)
            return self._nodes
        before, first = packer.nodes, len(packer.writer.chunks)
        self._nodes = [packer.pack(value) for value in arguments]
        self._last, self._chunks = arguments, packer.writer.chunks[first:]
        self._count = packer.nodes - before
        return self._nodes


class ClassProxy:
    """A student's class, by name."""

    _handles = 0

    def __init__(self, defined: schema.Defined, channel: Channel) -> None:
        self.name = defined.name
        self.memo: dict[Any, Any] = {}
        self.kept_up: tuple[str, ...] = ()
        self._stubs = frozenset(defined.stubs)
        self._missing = frozenset(defined.missing)
        self._channel = channel
        self._dropped: list[int] = []

    def __call__(self, *arguments: Any) -> ObjectProxy:
        """Make an instance. Raises StudentFault."""
        return self.holding(None, *arguments)

    def holding(self, values: Mapping[str, Array] | None, *arguments: Any) -> ObjectProxy:
        """Make an instance and write its arrays, in one message. Raises StudentFault."""
        where = f"{self.name}.__init__"
        self.require("__init__")
        if "__init__" in self._missing:
            raise NotDefined(where)
        ClassProxy._handles += 1
        handle = ClassProxy._handles
        packer = Packer()
        with _Fitting(where):
            packed = [packer.pack(value) for value in arguments]
            written = None if values is None else put(values, packer.writer)
        request = schema.Construct(self.name, handle, packed, written)
        reply, _ = self._channel.exchange(request, packer, where, None)
        if reply.fault is not None:
            at = where if reply.fault.step == 0 else self.name
            raise fault_messages.of_call(reply.fault, at, self._channel.program.of(reply.fault))
        return ObjectProxy(self, handle, self._channel.generation)

    def implements(self, method: str) -> bool:
        # A method may also be an attribute of the object: only a call can tell that it is missing.
        return method not in self._stubs

    def require(self, method: str) -> None:
        """NotImplementedYet where `method` is only the stub that was handed out."""
        if method in self._stubs:
            raise NotImplementedYet(f"{self.name}.{method}")

    def take_dropped(self) -> list[int]:
        """Handles of objects that nobody refers to any more, at most 1,000 at a time."""
        taken, self._dropped[:1000] = self._dropped[:1000], []
        return taken


class FunctionProxy:
    """A student's function, by name."""

    def __init__(self, defined: schema.Defined, channel: Channel) -> None:
        self.name = defined.name
        self.memo: dict[Any, Any] = {}
        self._stub = bool(defined.stubs)
        self._channel = channel

    def __call__(self, *arguments: Any) -> Any:
        """Call it. Raises StudentFault."""
        return self._called(arguments, echo=False)

    def echo(self, *arguments: Any) -> list[Any]:
        """What it returned, and the arguments as the call has left them. Raises StudentFault."""
        found = self._called(arguments, echo=True)
        if not isinstance(found, list) or len(found) != 1 + len(arguments):
            raise fault_messages.garbled(self.name)
        return found

    def _called(self, arguments: tuple[Any, ...], *, echo: bool) -> Any:
        self._require()
        packer = Packer()
        with _Fitting(self.name):
            packed = [packer.pack(value) for value in arguments]
        request = schema.Invoke(self.name, packed, echo)
        reply, reader = self._channel.exchange(request, packer, self.name, None)
        if reply.fault is not None:
            raise fault_messages.of_call(
                reply.fault, self.name, self._channel.program.of(reply.fault)
            )
        if len(reply.values) != 1:
            raise fault_messages.garbled(self.name)
        return replies.value(reply.values[0], reader, self.name)

    def implements(self, name: str) -> bool:
        """Whether it is more than the stub that was handed out."""
        return name == self.name and not self._stub

    def _require(self) -> None:
        if self._stub:
            raise NotImplementedYet(self.name)


class TrainingProxy(FunctionProxy):
    """`train_rnn_on_sequence`."""

    def observe(self) -> Observation:
        """Run it while SimpleRNN is watched. Raises StudentFault."""
        self._require()
        request = schema.Observe(self.name, "SimpleRNN")
        reply, reader = self._channel.exchange(request, Packer(), self.name, None)
        ended, drawing = (self._fault(one) for one in (reply.fault, reply.drawing))
        if ended is not None and not reply.in_drawing:
            raise ended
        try:
            seen = replies.observation(reply, reader)
        except wire.WireError:
            raise fault_messages.garbled(self.name) from None
        return replace(seen, ended=ended, drawing=drawing)

    def _fault(self, reported: schema.Fault | None) -> StudentFault | None:
        if reported is None:
            return None
        return fault_messages.of_call(reported, self.name, self._channel.program.of(reported))


def environment(defined: Sequence[schema.Defined], channel: Channel) -> dict[str, Any]:
    """Proxies by name for what a source defines."""
    proxies: dict[str, Any] = {}
    for one in defined:
        if one.is_class:
            proxies[one.name] = ClassProxy(one, channel)
        elif one.name == "train_rnn_on_sequence":
            proxies[one.name] = TrainingProxy(one, channel)
        else:
            proxies[one.name] = FunctionProxy(one, channel)
    return proxies


def put(values: Mapping[str, Array], writer: wire.FrameWriter) -> schema.Put:
    """The step that writes these arrays. WireError where they do not fit."""
    if isinstance(values, CutVector):
        return schema.Put(list(values.paths), list(values.shapes), writer.add(values.vector))
    arrays = [np.asarray(array) for array in values.values()]
    vector = np.concatenate([np.zeros(0), *(array.ravel() for array in arrays)])
    return schema.Put(list(values), [array.shape for array in arrays], writer.add(vector))


class _Fitting:
    """Arguments that do not fit a frame are a fault: they were made from the student's data."""

    def __init__(self, where: str) -> None:
        self._where = where

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: object
    ) -> None:
        if isinstance(error, (TooMuch, wire.WireError)):
            raise too_large(self._where) from None


def too_large(where: str) -> BadValue:
    """The fault of arguments that do not fit a frame."""
    return BadValue(say("{where} works on more data than the grader takes.", where=where))
