"""No other processes and programs: errors that say so, of the type that a bare machine gives.

`subprocess` behaves as where the program is not installed, a shell as one that finds nothing
(POSIX: exit status 127). What `multiprocessing` offers to threads works; to start a process raises.

This file runs in the worker: it imports the standard library only.
"""

from __future__ import annotations

import errno
import os
import threading
from typing import Any, NoReturn

# `fault_messages` knows these words again.
NO_PROGRAMS = "no other programs can be run here"
NO_PROCESSES = "no other processes can be started here"
_NOT_FOUND = 127  # the exit status of a shell that finds no such program


def refuse_process(*_: Any, **__: Any) -> NoReturn:
    """Stands for os.fork and the start of a multiprocessing.Process."""
    raise PermissionError(errno.EPERM, NO_PROCESSES)


def system(_command: Any) -> int:
    """Stands for os.system: the status of a shell that finds no such program."""
    return _NOT_FOUND << 8


def change_subprocess(subprocess: Any) -> None:
    subprocess.Popen._execute_child = _find_nothing


def change_process(process: Any) -> None:
    """Of multiprocessing.process, whose `BaseProcess` all kinds of processes are."""
    process.BaseProcess.start = refuse_process


def change_primitives(primitives: Any) -> None:
    """Of _multiprocessing: its semaphores are files in /dev/shm, which a worker has not."""
    ThreadLock.SEM_VALUE_MAX = primitives.SemLock.SEM_VALUE_MAX
    primitives.SemLock = ThreadLock


def change_heap(heap: Any) -> None:
    """Of multiprocessing.heap: shared memory is a temporary file."""
    heap.Arena._dir_candidates = []


def _find_nothing(popen: Any, args: Any, executable: Any, *rest: Any) -> None:
    """Popen._execute_child: `rest` as CPython 3.11 to 3.14 pass it, `shell` the eighth of it."""
    shell, *pipes = rest[7:14]
    name = os.fsdecode(executable or (args if isinstance(args, (str, bytes)) else args[0]))
    if not shell:
        words = f"{os.strerror(errno.ENOENT)} ({NO_PROGRAMS})"
        raise FileNotFoundError(errno.ENOENT, words, name)
    error = pipes[5]
    os.write(error if error != -1 else 2, f"/bin/sh: {name}: not found ({NO_PROGRAMS})\n".encode())
    popen.pid, popen.returncode = os.getpid(), _NOT_FOUND
    popen._close_pipe_fds(*pipes)


class ThreadLock:
    """A semaphore or recursive lock among threads, with the methods of `_multiprocessing.SemLock`."""

    SEM_VALUE_MAX = 0
    handle, name = 0, None

    def __init__(self, kind: int, value: int, maxvalue: int, *_: Any) -> None:
        self.kind, self.maxvalue = kind, maxvalue
        self._recursive = kind == 0
        self._lock: Any = threading.Semaphore(value)
        self._owner, self._depth = 0, 0

    def acquire(self, block: bool = True, timeout: float | None = None) -> bool:  # noqa: FBT001, FBT002 - as SemLock
        if self._recursive and self._is_mine():
            self._depth += 1
            return True
        taken = bool(
            self._lock.acquire(block, max(0.0, timeout) if block and timeout is not None else None)
        )
        if taken:
            self._owner, self._depth = threading.get_ident(), self._depth + 1
        return taken

    def release(self) -> None:
        if self._recursive and not self._is_mine():
            raise AssertionError("attempt to release recursive lock not owned by thread")
        if not self._recursive and self._lock._value >= self.maxvalue:
            raise ValueError("semaphore or lock released too many times")
        self._depth -= 1
        if not (self._recursive and self._depth):
            self._lock.release()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()

    def _is_mine(self) -> bool:
        return self._depth > 0 and self._owner == threading.get_ident()

    def _count(self) -> int:
        return self._depth

    def _get_value(self) -> int:
        return int(self._lock._value)

    def _is_zero(self) -> bool:
        return not self._lock._value

    def _after_fork(self) -> None:
        """Nothing forks."""
