"""The examiner's end of one parent of workers (`forkserver`): start it, have it fork, end it.

The parent has read no student's byte, and yet nothing that it says is taken on trust: each process
that it names must be its own child, the user that was ordered and, before a program gets there,
without privileges and alone in its namespace, all by the kernel's word.
"""

from __future__ import annotations

import os
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import msgspec

from grader.faults import KitFault
from grader.sandbox import scratch, start_command
from grader.sandbox.forking import procfs
from grader.sandbox.forking.forked import Forked
from grader.sandbox.launch import Worker, end_session, greet, last_words, run
from grader.sandbox.limits import Limits
from grader.sandbox.worker.forkserver import MAP, MOST_BYTES, READY, STARTED, Order

BESIDE = 3  # processes that may count as a worker's user's: parent, keeper, init
LEVELS = 2  # namespaces of processes between us and a program: bubblewrap's, its own
_NO_CAPABILITY = ["0000000000000000"]


class Parent:
    """One parent of workers, as long as it lives."""

    def __init__(self, tier: str, seconds: float) -> None:
        """Start one and wait until it is ready, `seconds` at most. Raises KitFault."""
        self.tier = tier
        self.programs = 0  # forked so far
        self.over = False
        self._live: set[int] = set()  # pids of its workers
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
        if not self._is_ready():
            raise self._failed("it did not start")

    def fork(self, limits: Limits) -> Worker:
        """A worker, confined and ready for requests. Raises KitFault."""
        self.programs += 1
        uid = start_command.own_uid(self.tier)
        with ExitStack() as undo:
            folder = self._new_folder(uid)
            if folder is not None:
                undo.callback(scratch.remove, folder)
            ours, channel = socket.socketpair()
            report, theirs = _sockets()
            undo.callback(ours.close)
            undo.callback(report.close)
            try:
                with channel, theirs:
                    order = msgspec.json.encode(self._order(uid, folder, limits))
                    socket.send_fds(self._control, [order], [channel.fileno(), theirs.fileno()])
                report.settimeout(limits.start)
                pid, handle = self._forked(report, uid)
            except (OSError, ValueError, KeyError) as error:
                raise self._failed(repr(error)) from error
            undo.pop_all()
        self._live.add(pid)
        worker = Forked(pid, ours, folder, limits.scratch, self, report, handle)
        return greet(worker, limits, self.tier)

    def retire(self) -> None:
        """End it with the last of its workers."""
        self._retired = True
        if not self._live:
            self.end()

    def bury(self, pid: int) -> None:
        """One of its workers has ended."""
        self._live.discard(pid)
        if self._retired:
            self.retire()

    def end(self) -> None:
        """Kill it and all that it forked."""
        if not self.over:
            self.over = True
            self._control.close()
            end_session(self.process)
            scratch.remove(self._folder)

    def last_words(self) -> str:
        """What it and its children wrote to standard error."""
        return "" if self.over else last_words(self.process)

    def _is_ready(self) -> bool:
        try:
            return self._control.recv(MOST_BYTES) == READY
        except OSError:
            return False

    def _failed(self, why: str) -> KitFault:
        words = self.last_words()
        self.end()
        return KitFault(f"the parent of workers failed: {why} {words}")

    def _new_folder(self, uid: int | None) -> Path | None:
        """A working folder; under bubblewrap, a worker has a tmpfs instead."""
        if self.tier == start_command.BUBBLEWRAP:
            return None
        folder = scratch.make()
        start_command.give(folder, uid)
        return folder

    def _order(self, uid: int | None, folder: Path | None, limits: Limits) -> Order:
        resources = limits.resources()
        resources["RLIMIT_NPROC"] += BESIDE
        place = start_command.working_folder(self.tier, folder or self._folder)
        return Order(uid, place, limits.scratch, resources)

    def _forked(self, report: socket.socket, uid: int | None) -> tuple[int, int]:
        """The process that a keeper has forked, and a pidfd of it. OSError, ValueError, KeyError."""
        if uid is not None and self.tier == start_command.BUBBLEWRAP:
            pid, handle = self._named(report, MAP, uid)
            _map(pid, uid)
            os.close(handle)
            report.send(b"!")
        return self._named(report, STARTED, uid)

    def _named(self, report: socket.socket, word: bytes, uid: int | None) -> tuple[int, int]:
        """A process of this parent's and of that user, whose pidfd comes with `word`.

        One that is to be a worker must be confined by now.
        """
        words, handles, _, _ = socket.recv_fds(report, MOST_BYTES, 1)
        with ExitStack() as undo:
            for handle in handles:
                undo.callback(os.close, handle)
            if words != word or len(handles) != 1:
                raise ValueError(f"{word!r} was due")
            pid = procfs.pid_of(handles[0])
            owner = str(os.geteuid() if uid is None else uid)
            facts = procfs.status(pid)
            if facts["Uid"] != [owner] * 4:
                raise ValueError("a process of another user")
            if not procfs.descends(pid, self.process.pid):
                raise ValueError("a process of somebody else's")
            if word == STARTED and not self._stands_alone(facts):
                raise ValueError("a process that is not confined")
            undo.pop_all()
        return pid, handles[0]

    def _stands_alone(self, facts: dict[str, list[str]]) -> bool:
        """Whether a process has no privilege and, under bubblewrap, is pid 1 of its own namespace."""
        if self.tier == start_command.BUBBLEWRAP:
            levels, ours = facts["NSpid"], procfs.status("self")["NSpid"]
            if levels[-1] != "1" or len(levels) != len(ours) + LEVELS:
                return False
        held = facts["CapPrm"] == facts["CapEff"] == _NO_CAPABILITY
        return held and facts["NoNewPrivs"] == ["1"]


def _map(pid: int, uid: int) -> None:
    """Make `uid` the one user and group of a process's own user namespace (`man 7 user_namespaces`)."""
    for name in ("uid_map", "gid_map"):
        Path(f"/proc/{pid}/{name}").write_text(f"{uid} {uid} 1")


def _sockets() -> tuple[socket.socket, socket.socket]:
    """A pair that keeps the borders of messages."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


@cache
def _lasting_thread(_process: int) -> ThreadPoolExecutor:
    """A thread that lives as long as this process: a child dies with the thread that started it."""
    return ThreadPoolExecutor(1, "parent of workers")
