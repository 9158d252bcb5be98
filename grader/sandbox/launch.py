"""Start a worker process, talk to it under one deadline, and end it with all it started."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from grader.faults import KitFault
from grader.sandbox import scratch, start_command
from grader.sandbox.clock import MOST, Deadline, waited
from grader.sandbox.limits import Limits
from grader.sandbox.worker import schema, wire

# What a worker must say that holds it, before it is given a student's code.
NEEDED = {
    start_command.BUBBLEWRAP: frozenset({"namespaces", "rlimits", "landlock", "seccomp"}),
    start_command.SELF_CONFINED: frozenset({"rlimits", "landlock", "seccomp"}),
    start_command.PLAIN: frozenset(),
}
LAST_MOMENT = 0.05  # seconds
LOOK_EVERY = 0.25  # seconds between two looks at a working folder on this machine's disk
_PR_SET_DUMPABLE = 4  # linux/prctl.h


class WorkerLate(Exception):
    """The deadline passed."""


class WorkerGone(Exception):
    """The worker hung up."""


class WorkerGreedy(Exception):
    """The worker wrote more into its working folder than it may."""


@dataclass
class Worker:
    """A worker process and the examiner's end of its socket."""

    pid: int  # of the process whose descendants do the work
    channel: socket.socket
    scratch: Path | None  # None: a tmpfs that limits itself
    room: int  # bytes that `scratch` may take
    layers: tuple[str, ...] = field(default=(), init=False)
    checked: float = field(default=0.0, init=False)  # when `scratch` was last measured
    # Seconds that the last exchange took, and those of all in which a slow one had no processor.
    spent: float = field(default=0.0, init=False)
    lost: float = field(default=0.0, init=False)

    def exchange(self, frame: bytes, seconds: float) -> tuple[schema.Reply, wire.FrameReader]:
        """Send a frame, receive the reply. Raises WorkerLate, WorkerGone, WorkerGreedy, WireError."""
        deadline = Deadline(seconds, self.pid)
        try:
            self.channel.settimeout(seconds * MOST)  # a worker that does not read is late as well
            self.channel.sendall(frame)
            reply = self.receive(deadline)
            self._look_at_scratch()
        except TimeoutError:
            raise WorkerLate from None
        except OSError:
            raise WorkerGone from None
        finally:
            self.spent = deadline.spent()
            self.lost += deadline.lost()
        return reply

    def lost_unnoticed(self) -> float:
        """Seconds without a processor in exchanges that were too quick to be asked about."""
        return max(0.0, waited(self.pid) - self.lost)

    def receive(self, deadline: Deadline) -> tuple[schema.Reply, wire.FrameReader]:
        """One reply; the deadline is for all of it, not for each read."""
        header, body = wire.receive(lambda view: self._fill(view, deadline))
        return wire.decode_reply(header), wire.FrameReader(body, given_away=True)

    def _fill(self, view: memoryview, deadline: Deadline) -> int:
        """Receive what has come, at least one byte."""
        while (left := deadline.left()) > 0:
            self.channel.settimeout(min(left, LOOK_EVERY))
            try:
                count = self.channel.recv_into(view)
            except TimeoutError:
                self._look_at_scratch()
                continue
            if not count:
                raise WorkerGone
            return count
        raise WorkerLate

    def _look_at_scratch(self) -> None:
        """Measure the working folder, now and then."""
        now = time.monotonic()
        if self.scratch is not None and now - self.checked >= LOOK_EVERY:
            self.checked = now
            if scratch.size(self.scratch, self.room) > self.room:
                raise WorkerGreedy

    def kill(self, *, hung_up: bool = False) -> int:
        """End the worker and all it started; its exit status (negative: a signal).

        One that hung up is about to end by itself, and its status says why.
        """
        self.channel.close()
        try:
            return self._end(LAST_MOMENT if hung_up else 0.0)
        finally:
            if self.scratch is not None:
                scratch.remove(self.scratch)

    def _end(self, patience: float) -> int:
        """Kill it after `patience` seconds; its exit status."""
        raise NotImplementedError

    def last_words(self) -> str:
        """What it wrote to standard error before it was ready."""
        raise NotImplementedError


@dataclass
class Started(Worker):
    """A worker that was started for one program."""

    process: subprocess.Popen[bytes]

    def _end(self, patience: float) -> int:
        if patience:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(patience)
        return end_session(self.process)

    def last_words(self) -> str:
        return last_words(self.process)


def open_worker(limits: Limits, tier: str, *, draws: bool = False) -> Worker:
    """A worker of `tier`, started for one program. KitFault where it cannot be.

    draws: it loads matplotlib, as the program that it is for will.
    """
    ours, theirs = socket.socketpair()
    folder = scratch.make()
    try:
        process = run(
            start_command.start(tier, limits, theirs.fileno(), folder, draws=draws), theirs
        )
    except (OSError, ImportError) as error:
        ours.close()
        scratch.remove(folder)
        raise KitFault(f"the sandbox cannot be started: {error}") from error
    finally:
        theirs.close()
    return greet(Started(process.pid, ours, folder, limits.scratch, process), limits, tier)


def run(start: start_command.StartCommand, theirs: socket.socket) -> subprocess.Popen[bytes]:
    """A process in a session of its own, with one socket to speak to us. Raises OSError."""
    protect_examiner()
    return subprocess.Popen(  # noqa: S603 - the command is ours, see `start_command`
        start.command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        pass_fds=(theirs.fileno(),),
        cwd=start.folder,
        env=start.environment,
        start_new_session=True,
    )


def end_session(process: subprocess.Popen[bytes]) -> int:
    """Kill what `run` started and all below it; its exit status."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    status = process.wait()
    if process.stderr is not None:
        process.stderr.close()
    return status


def greet(worker: Worker, limits: Limits, tier: str) -> Worker:
    """Wait for `Ready`. What hinders a worker before that is never the student's fault: KitFault."""
    try:
        reply, _ = worker.receive(Deadline(limits.start, worker.pid))
    except (WorkerLate, WorkerGone, wire.WireError, OSError) as error:
        words = worker.last_words()
        worker.kill()
        raise KitFault(f"the sandbox did not start ({type(error).__name__}): {words}") from None
    if not isinstance(reply, schema.Ready):
        worker.kill()
        raise KitFault("the sandbox did not start: its first frame is not Ready")
    worker.layers = tuple(reply.layers)
    if not NEEDED[tier] <= set(worker.layers):
        worker.kill()
        raise KitFault(f"the sandbox lacks {', '.join(sorted(NEEDED[tier] - set(worker.layers)))}")
    return worker


def last_words(process: subprocess.Popen[bytes]) -> str:
    """What a process that `run` started has written to standard error."""
    stream = process.stderr
    if stream is None:
        return ""
    os.set_blocking(stream.fileno(), False)
    with contextlib.suppress(OSError):
        return (stream.read(4096) or b"").decode(errors="replace")[-2000:]
    return ""


@cache
def protect_examiner() -> None:
    """Other processes of the same user cannot read or trace this one (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
