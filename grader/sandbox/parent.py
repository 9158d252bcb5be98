"""The examiner's end of one parent of workers, and of the workers that it forks (`forkserver`)."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec

from grader.faults import KitFault
from grader.sandbox import (
    forkserver,
    procfs,
    scratch,
    start_command,
)
from grader.sandbox.launch import Worker, end_session, greet, last_words, run
from grader.sandbox.limits import Limits

LAST_WAIT = 5.0  # seconds for a killed worker to be gone
# Processes that the kernel may count as a worker's own: parent, keeper, init.
BESIDE = 3
_NONE = ["0000000000000000"]  # no capability
_HELD = {"CapPrm": _NONE, "CapEff": _NONE, "NoNewPrivs": ["1"]}


class ParentGone(KitFault):
    """A parent of workers died, and a worker with it: no fault of the program that it ran."""


class Parent:
    """One parent of workers, as long as it lives."""

    def __init__(self, tier: str, seconds: float) -> None:
        """Start one and wait until it is ready. Raises KitFault."""
        self.tier = tier
        self.programs = 0  # forked so far
        self.over = False
        self._live = 0  # workers
        self._retired = False
        self._folder = scratch.make("parent")
        self._control, theirs = _sockets()
        self._control.settimeout(seconds)
        try:
            start = start_command.start_parent(tier, theirs.fileno(), self._folder)
            self.process = _lasting_thread(os.getpid()).submit(run, start, theirs).result()
        except (OSError, ImportError) as error:
            self._control.close()
            scratch.remove(self._folder)
            raise KitFault(f"the parent of workers cannot be started: {error}") from error
        finally:
            theirs.close()
        try:
            ready = self._control.recv(forkserver.MOST_BYTES) == forkserver.READY
        except OSError:
            ready = False
        if not ready:
            words = last_words(self.process)
            self.end()
            raise KitFault(f"the parent of workers did not start: {words}")

    def fork(self, limits: Limits) -> Worker:
        """A worker, confined and ready for requests. Raises KitFault."""
        self.programs += 1
        uid = start_command.own_uid(self.tier)
        folder = None if self.tier == start_command.BUBBLEWRAP else scratch.make()
        ours, channel = socket.socketpair()
        report, theirs = _sockets()
        report.settimeout(limits.start)
        try:
            with channel, theirs:
                order = msgspec.json.encode(self._order(uid, folder, limits))
                socket.send_fds(self._control, [order], [channel.fileno(), theirs.fileno()])
            if uid is not None and self.tier == start_command.BUBBLEWRAP:
                self._map(report, uid)
            handle = self._told(report, forkserver.STARTED, uid, self._stands_alone)
        except (OSError, ValueError, KeyError) as error:
            words = "" if self.over else last_words(self.process)
            self.end()
            ours.close()
            report.close()
            if folder is not None:
                scratch.remove(folder)
            raise KitFault(f"the parent of workers failed: {error} {words}") from error
        pid = procfs.pid_of(handle)
        self._live += 1
        worker = Forked(pid, ours, folder, limits.scratch, self, report, handle)
        return greet(worker, limits, self.tier)

    def end(self) -> None:
        """Kill it and all that it forked."""
        if not self.over:
            self.over = True
            self._control.close()
            end_session(self.process)
            scratch.remove(self._folder)

    def retire(self) -> None:
        """End it with the last of its workers."""
        self._retired = True
        if not self._live:
            self.end()

    def bury(self) -> None:
        """One of its workers has ended."""
        self._live -= 1
        if self._retired:
            self.retire()

    def _order(self, uid: int | None, folder: Path | None, limits: Limits) -> forkserver.Order:
        if folder is not None and uid is not None:
            os.chown(folder, uid, uid)
        resources = limits.resources()
        resources["RLIMIT_NPROC"] += BESIDE
        seen = start_command.working_folder(self.tier, folder or self._folder)
        return forkserver.Order(uid, seen, limits.scratch, resources)

    def _map(self, report: socket.socket, uid: int) -> None:
        """Give a keeper the one user that is its own in the namespace that it has made."""
        handle = self._told(report, forkserver.MAP, uid, lambda _: True)
        try:
            for name in ("uid_map", "gid_map"):
                Path(f"/proc/{procfs.pid_of(handle)}/{name}").write_text(f"{uid} {uid} 1")
        finally:
            os.close(handle)
        report.send(b"!")

    def _told(
        self,
        report: socket.socket,
        word: bytes,
        uid: int | None,
        holds: Callable[[dict[str, list[str]]], bool],
    ) -> int:
        """The pidfd that comes with `word`: of a process of this parent's, and of that user."""
        words, handles, _, _ = socket.recv_fds(report, forkserver.MOST_BYTES, 1)
        try:
            if words != word or len(handles) != 1:
                raise ValueError(f"{word!r} was due")
            pid = procfs.pid_of(handles[0])
            facts = procfs.status(pid)
            owner = str(os.geteuid() if uid is None else uid)
            if facts["Uid"] != [owner] * 4 or not procfs.descends(pid, self.process.pid):
                raise ValueError("a process of somebody else's")
            if not holds(facts):
                raise ValueError("a process that is not confined")
        except BaseException:
            for handle in handles:
                os.close(handle)
            raise
        return handles[0]

    def _stands_alone(self, facts: dict[str, list[str]]) -> bool:
        """Whether a process has no privilege and, under bubblewrap, is pid 1 two levels below us."""
        levels = facts["NSpid"]
        if self.tier == start_command.BUBBLEWRAP:
            ours = procfs.status("self")["NSpid"]
            if levels[-1] != "1" or len(levels) != len(ours) + 2:
                return False
        return all(facts[name] == value for name, value in _HELD.items())


@dataclass
class Forked(Worker):
    """A worker that a parent has forked. `pid`: the init of its namespace, or the worker itself."""

    parent: Parent
    report: socket.socket
    handle: int  # pidfd of `pid`

    def _end(self, patience: float) -> int:
        """Raises ParentGone where it ended by itself, and nobody can say how."""
        try:
            status = self._status(patience) if patience else None
            if status is None:
                status = self._killed()
        except (OSError, ValueError) as error:
            self.parent.end()
            if patience:
                raise ParentGone(f"the parent of workers is gone: {error}") from None
            return -signal.SIGKILL
        finally:
            self.report.close()
            os.close(self.handle)
            self.parent.bury()
        return os.waitstatus_to_exitcode(status)

    def _killed(self) -> int:
        # Root without CAP_KILL may not. The keeper, which hears us hang up, may.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            signal.pidfd_send_signal(self.handle, signal.SIGKILL)
        self.report.shutdown(socket.SHUT_WR)
        status = self._status(LAST_WAIT)
        if status is None:
            raise ValueError("a killed worker does not end")
        return status

    def _status(self, seconds: float) -> int | None:
        """How the worker ended, by its keeper; None: not yet. ValueError: no such word will come."""
        self.report.settimeout(seconds)
        try:
            words = self.report.recv(forkserver.MOST_BYTES)
        except TimeoutError:
            return None
        return int(words) & 0xFFFF

    def last_words(self) -> str:
        return "" if self.parent.over else last_words(self.parent.process)


def _sockets() -> tuple[socket.socket, socket.socket]:
    """A pair that keeps the borders of messages."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


@cache
def _lasting_thread(_process: int) -> ThreadPoolExecutor:
    """A thread that lives as long as this process: a child dies with the thread that started it."""
    return ThreadPoolExecutor(1, "parent of workers")
