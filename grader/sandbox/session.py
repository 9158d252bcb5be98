"""One submission's worker, over all that happens to it: late, dead, started again.

A `Student` is the `Channel` of its proxies. Whatever the student's code does ends in a
`StudentFault`; only a worker that we cannot start is a `KitFault`.
"""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from grader import contract
from grader.faults import KitFault, StudentFault
from grader.language import Message, say
from grader.sandbox import (
    candidate,
    fault_messages,
    tiers,
    workers,
)
from grader.sandbox.forking.forked import ParentGone
from grader.sandbox.launch import Worker, WorkerGone, WorkerGreedy, WorkerLate
from grader.sandbox.limits import Limits
from grader.sandbox.machine_paths import hidden
from grader.sandbox.program_text import ProgramText
from grader.sandbox.worker import schema, wire
from grader.sandbox.worker.pictures import figures
from grader.sandbox.worker.source import FILENAME
from grader.sandbox.worker.values import Packer

MAX_TIMEOUTS = 2  # of one method; after that it is not called any more
MANY_TIMEOUTS = 4  # of all; after that a method that has never answered has one
MAX_DEATHS = 12  # of one submission's workers
MAX_PRINTED = 20_000
GRACE = 3.0  # seconds for what is ours in a worker: stopping an import, drawing figures
WORDS = ("printed", "text")  # of replies and faults: what the student's code said
EXPECTED: dict[type, Any] = {
    schema.Load: schema.Loaded,
    schema.Construct: schema.Done,
    schema.Invoke: schema.Done,
    schema.Steps: schema.Done,
    schema.Train: schema.Done,
    schema.Observe: schema.Seen,
    schema.Patch: schema.Patched,
    schema.Look: schema.Shapes,
}


@contextmanager
def session(
    source: str,
    limits: Limits | None = None,
    tier: str | None = None,
    *,
    many: bool = False,
    bonus: str | None = None,
) -> Iterator[Session]:
    """A student's program in a sandbox of its own. Raises KitFault where none can be started.

    tier: one of `start_command.TIERS`, by default the best that this machine has. many: see `workers.take`.
    bonus: a second source, of the optional questions.
    """
    limits, first = limits or Limits(), None
    if tier is None and not many:
        tier, first = tiers.best_worker(limits, draws=figures.wanted(source))
    student = Session(source, limits, tier or tiers.best(), many=many, bonus=bonus, first=first)
    try:
        student.start()
        yield student
    except KitFault:
        if student.orphaned is not None:  # whatever has become of it on its way here
            raise student.orphaned from None
        raise
    finally:
        student.close()


class Session:
    """A student's program in its sandbox; the `Channel` of the proxies in `environment()`."""

    def __init__(
        self,
        source: str,
        limits: Limits,
        tier: str,
        *,
        many: bool,
        bonus: str | None = None,
        first: Worker | None = None,
    ) -> None:
        self.limits = limits
        self.tier = tier
        self._many = many
        self._draws = figures.wanted(source)
        self.load_fault: StudentFault | None = None
        self.bonus_fault: StudentFault | None = None
        self.orphaned: ParentGone | None = None  # no verdict stands
        self.generation = 0
        self._source = source.encode("utf-8", "backslashreplace")
        self._bonus = None if bonus is None else bonus.encode("utf-8", "backslashreplace")
        self.program = ProgramText(source, bonus or "")
        self._until = 0
        self._worker = first
        self._death: dict[int, StudentFault] = {}
        self._timeouts: Counter[str] = Counter()
        self._answered: set[str] = set()
        self._spent = 0.0
        self._lost_unnoticed = 0.0  # of it, by workers that are gone
        self._printed = ""
        self._defined: list[schema.Defined] = []

    def start(self) -> None:
        """Start the first worker and run the source. What is wrong with it is `load_fault`."""
        try:
            self._load()
        except StudentFault as fault:
            self.load_fault = fault

    def environment(self) -> dict[str, Any]:
        """Proxies of what the source defines of the assignment, by name."""
        return candidate.environment(self._defined, self)

    def printed_since(self) -> str:
        """What the student's code has printed since the last time, escaped and capped."""
        printed, self._printed = self._printed, ""
        return fault_messages.plain(printed, MAX_PRINTED)

    def close(self) -> None:
        """End the worker."""
        if self._worker is not None:
            self._worker.kill()
            self._worker = None

    def exchange(
        self, request: schema.Request, packer: Packer, where: str, born: int | None
    ) -> tuple[Any, wire.FrameReader]:
        """See `candidate.Channel`."""
        if self.orphaned is not None:
            raise self.orphaned
        if born is not None and born in self._death:
            raise self._death[born]
        if hanging := self._hanging(request, where):
            raise fault_messages.late(hanging, self.limits.call)
        if self._is_spent():
            raise fault_messages.spent(self.limits.total)
        if len(self._death) >= MAX_DEATHS:
            raise fault_messages.worn_out(MAX_DEATHS)
        if self._worker is None:
            self._load()
        return self._ask(request, packer, where)

    def _is_spent(self) -> bool:
        """Whether the time for everything is over, what a busy machine took of it not counted."""
        if self._spent < self.limits.total:
            return False
        now = self._worker.lost_unnoticed() if self._worker is not None else 0.0
        return self._spent - self._lost_unnoticed - now >= self.limits.total

    def _hanging(self, request: schema.Request, where: str) -> str:
        """What of a request is known not to end: not tried again. "" where all may."""
        if not self._timeouts:
            return ""
        many = sum(self._timeouts.values()) >= MANY_TIMEOUTS
        for name in dict.fromkeys((where, *where.split(", "))):
            most = 1 if many and name not in self._answered else MAX_TIMEOUTS
            if self._timeouts[name] >= most:
                return name
        if isinstance(request, schema.Observe):
            # A training that goes through a method that has never ended does not end either.
            waiting = (name for name, count in self._timeouts.items() if count >= MAX_TIMEOUTS)
            inside = (name for name in waiting if name.startswith(f"{request.watched}."))
            return next((name for name in inside if name not in self._answered), "")
        return ""

    def _load(self) -> None:
        """Start a worker and run the source in it."""
        self._worker = self._worker or workers.take(
            self.limits, self.tier, draws=self._draws, many=self._many
        )
        self.generation += 1
        packer = Packer()
        source = packer.writer.add(np.frombuffer(self._source, np.uint8))
        bonus = None
        if self._bonus is not None:
            bonus = packer.writer.add(np.frombuffer(self._bonus, np.uint8))
        request = schema.Load(
            source,
            self.limits.load,
            self._until,
            contract.ALL_CLASSES,
            contract.ALL_FUNCTIONS,
            bonus,
            contract.OPTIONAL_NAMES,
        )
        loaded, _ = self._ask(request, packer, FILENAME)
        if self.generation == 1:
            self._defined = [one for one in loaded.defined if _is_expected(one)]
        if loaded.fault is not None and self.load_fault is None:
            self.load_fault = fault_messages.of_load(loaded.fault, self.program, self.limits.load)
            if loaded.fault.kind == "late":
                self._until = loaded.fault.line  # the next worker need not wait for it again
        if loaded.bonus_fault is not None and self.bonus_fault is None:
            self.bonus_fault = fault_messages.of_load(
                loaded.bonus_fault, self.program.of(loaded.bonus_fault), self.limits.load
            )

    def _ask(
        self, request: schema.Request, packer: Packer, where: str
    ) -> tuple[Any, wire.FrameReader]:
        """One exchange with the running worker; whatever goes wrong ends the worker."""
        assert self._worker is not None  # noqa: S101 - the caller has started one
        try:
            frame = packer.writer.frame(request)
        except wire.WireError:
            raise candidate.too_large(where) from None
        worker = self._worker
        reply: Any
        try:
            reply, reader = worker.exchange(frame, self._allowed(request))
            if not isinstance(reply, EXPECTED[type(request)]):
                raise wire.WireError("another reply was due")  # noqa: TRY301 - one way out for all
        except WorkerLate:
            self._timeouts[where] += 1
            raise self._end_worker(fault_messages.late(where, self._promised(request))) from None
        except WorkerGreedy:
            raise self._end_worker(fault_messages.overfull(where, self.limits.scratch)) from None
        except WorkerGone:
            raise self._end_worker(None, where) from None
        except wire.WireError:
            raise self._end_worker(fault_messages.garbled(where)) from None
        finally:
            if not isinstance(request, schema.Observe):
                self._spent += worker.spent
        self._answered.add(where)
        reply = _without_folders(reply, worker.scratch)
        self._printed = (self._printed + reply.printed)[:MAX_PRINTED]
        return reply, reader

    def _end_worker(self, fault: StudentFault | None, where: str = "") -> StudentFault:
        """End the worker; every object that lived in it raises the same fault from now on."""
        assert self._worker is not None  # noqa: S101 - as above
        worker, self._worker = self._worker, None
        self._lost_unnoticed += worker.lost_unnoticed()
        try:
            status = worker.kill(hung_up=fault is None)
        except ParentGone as gone:
            self.orphaned = gone
            raise
        cause = fault if fault is not None else fault_messages.left(where, _how(status))
        self._death[self.generation] = cause
        return cause

    def _promised(self, request: schema.Request) -> float:
        """Seconds that the student's code has for a request."""
        if isinstance(request, schema.Load):
            return self.limits.load
        return self.limits.training if isinstance(request, schema.Observe) else self.limits.call

    def _allowed(self, request: schema.Request) -> float:
        """Seconds until the worker is killed: what a worker adds of its own is no student's."""
        ours = GRACE if isinstance(request, (schema.Load, schema.Observe)) else 0.0
        twice = isinstance(request, schema.Load) and request.bonus is not None
        return (1 + twice) * self._promised(request) + ours


def _without_folders(said: Any, own: Path | None) -> Any:
    """A reply without folders of this machine in what the student's code said and printed."""
    if isinstance(said, schema.Done) and said.fault is None and not said.printed:
        return said  # as most do
    changes: dict[str, Any] = {}
    for name in said.__struct_fields__:
        part = getattr(said, name)
        if not part:
            continue
        if name in WORDS:
            changes[name] = hidden(part, own)
        elif isinstance(part, schema.Fault):
            changes[name] = _without_folders(part, own)
        elif name == "results":
            changes[name] = [_without_folders(one, own) for one in part]
    return msgspec.structs.replace(said, **changes) if changes else said


def _is_expected(defined: schema.Defined) -> bool:
    """Names come from the worker: only the assignment's own count."""
    return defined.name in (contract.ALL_CLASSES if defined.is_class else contract.ALL_FUNCTIONS)


def _how(status: int) -> Message:
    """What an exit status says. Between two processes 128 + signal means the same as -signal."""
    number = -status if status < 0 else status - 128
    if number == signal.SIGKILL:
        return say("it was killed, or ran out of memory")
    if number in set(signal.Signals):  # real-time signals have no name
        return say("signal {name}", name=signal.Signals(number).name)
    return say("exit status {status}", status=status)
