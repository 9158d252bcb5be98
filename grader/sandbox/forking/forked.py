"""A worker that a parent of workers has forked, as the examiner sees it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
from dataclasses import dataclass
from typing import Protocol

from grader.faults import KitFault
from grader.sandbox.launch import Worker

LAST_WAIT = 5.0  # seconds for a killed worker to be gone

MOST_DIGITS = 64  # of a wait status, by far


class ParentGone(KitFault):
    """A parent of workers died, and a worker with it: no fault of the program that it ran."""


class ForkedBy(Protocol):
    """What a forked worker asks of its parent."""

    def end(self) -> None:
        """Kill it and all that it forked."""

    def bury(self, pid: int) -> None:
        """One of its workers has ended."""

    def last_words(self) -> str:
        """What it and its children wrote to standard error."""


@dataclass
class Forked(Worker):
    """`pid`: the init of its namespace or, without one, the worker itself."""

    parent: ForkedBy
    report: socket.socket  # to its keeper, see `forkserver`
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
            self.parent.bury(self.pid)
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
        """Its wait status, by its keeper; None: not yet. OSError, ValueError: no such word comes."""
        self.report.settimeout(seconds)
        try:
            return int(self.report.recv(MOST_DIGITS)) & 0xFFFF
        except TimeoutError:
            return None

    def last_words(self) -> str:
        return self.parent.last_words()
