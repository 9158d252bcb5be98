"""Where examiners run: a pool of processes on this machine, or the workers of a Dask cluster.

`batch` sees a `concurrent.futures.Executor` either way, and asks two things more: to bring it back
after an examiner died, and to say when waiting has become pointless.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import Synchronized
from typing import Any, ParamSpec, Protocol, TypeVar

from grader.faults import KitFault
from grader.language import say

P = ParamSpec("P")
T = TypeVar("T")

# Windows waits for at most this many processes.
MOST_WORKERS = 61
# One being graded and one at hand for each worker: enough to keep it busy, little to lose.
IN_FLIGHT_PER_WORKER = 2
# One thread of linear algebra a worker: two on one core make products ten times slower.
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
CONNECT_SECONDS = 15.0
NO_WORKERS_SECONDS = 60.0
CAPACITY_SECONDS = 5.0


class Examiners(Protocol):
    """An executor, how much to give it at once, and what to do when it breaks."""

    # Raised by a future whose examiner died, as against one that raised.
    died: tuple[type[BaseException], ...]
    # Whether one death breaks the executor, and whatever was in flight is lost with it.
    shared_fate: bool

    def start(self) -> Executor:
        """An executor that works. KitFault where there is none to be had."""
        ...

    def revive(self) -> Executor:
        """The executor to go on with after an examiner died."""
        ...

    def capacity(self) -> int:
        """How many submissions may be in flight."""
        ...

    def check(self, idle: float) -> None:
        """Mend or raise where, after `idle` seconds of silence, waiting has become pointless."""
        ...

    def close(self, *, drop: bool) -> None:
        """End; with `drop`, without waiting for what is in flight."""
        ...


def cores() -> int:
    """The processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class LocalExaminers:
    """A pool of processes on this machine. They import what grading needs once, then fork."""

    died: tuple[type[BaseException], ...] = (BrokenExecutor,)
    shared_fate = True

    def __init__(self, workers: int, *, preload: str, patience: float) -> None:
        """Make no process yet.

        `preload`: the module to have at hand. `patience`: seconds without any result after which
        the pool counts as stuck: well above what the limits of a submission allow.
        """
        self.workers = max(1, min(workers, MOST_WORKERS))
        self.preload = preload
        self.patience = patience
        self._pool: ProcessPoolExecutor | None = None
        self._lifeline: Connection | None = None

    def start(self) -> Executor:
        for variable in ONE_THREAD:
            os.environ.setdefault(variable, "1")
        # Never a plain fork: this process has threads.
        can_fork = "forkserver" in multiprocessing.get_all_start_methods()
        context = multiprocessing.get_context("forkserver" if can_fork else "spawn")
        context.set_forkserver_preload([self.preload])
        theirs, self._lifeline = context.Pipe(duplex=False)
        arrived = context.Value("i", 0) if self.workers >= cores() else None
        self._pool = ProcessPoolExecutor(
            self.workers, context, initializer=_settle_in, initargs=(theirs, self.preload, arrived)
        )
        try:
            self._pool.submit(os.getpid).result()
        except BrokenExecutor as error:
            self.close(drop=True)
            raise KitFault(say("The examiners cannot start; see the error above.")) from error
        return self._pool

    def revive(self) -> Executor:
        self.close(drop=True)
        return self.start()

    def capacity(self) -> int:
        return IN_FLIGHT_PER_WORKER * self.workers

    def check(self, idle: float) -> None:
        if idle > self.patience:
            self._let_go()

    def close(self, *, drop: bool) -> None:
        if drop:
            self._let_go()
        if self._pool is not None:
            self._pool.shutdown(wait=not drop, cancel_futures=True)
        self._let_go()

    def _let_go(self) -> None:
        """Close the lifeline: every examiner ends at once."""
        if self._lifeline is not None:
            self._lifeline.close()
            self._lifeline = None


def _settle_in(lifeline: Connection, preload: str, arrived: Synchronized[int] | None) -> None:
    """Runs first in every examiner process. arrived: how many are there, where they take every core."""
    if arrived is not None:
        with arrived.get_lock():
            arrived.value += 1
            _stay_on_a_core(arrived.value)
    # Ctrl-C is the coordinator's to handle: it lets what is in flight come to its end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()
    importlib.import_module(preload)


def _stay_on_a_core(number: int) -> None:
    """Share one core with the workers that this examiner starts: one of them always waits for the other.

    What one has written lies in the other's cache then, and no core sleeps or wakes between them.
    """
    if hasattr(os, "sched_setaffinity"):
        there = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {there[number % len(there)]})


def _end_with(lifeline: Connection) -> None:
    """End this process when the coordinator lets go, or is gone: killed, it cannot say so."""
    try:
        lifeline.recv_bytes()
    except (EOFError, OSError):
        os._exit(1)


class InlineExaminers(Executor):
    """One process, the caller's own: for a single submission, where a pool would cost more than it brings."""

    died: tuple[type[BaseException], ...] = ()
    shared_fate = False

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        # As every executor does: what was raised is the future's.
        except Exception as error:  # noqa: BLE001
            future.set_exception(error)
        return future

    def start(self) -> Executor:
        return self

    def revive(self) -> Executor:
        return self

    def capacity(self) -> int:
        return 1

    def check(self, idle: float) -> None:
        """Nothing to wait for: a submitted call has been made."""

    def close(self, *, drop: bool) -> None:
        """Nothing to end."""


class ClusterExaminers:
    """The workers of a Dask scheduler, on any number of machines with this kit installed."""

    shared_fate = False

    def __init__(self, address: str, *, patience: float) -> None:
        """Connect to nothing yet.

        `address`: tcp://HOST:PORT. `patience`: seconds without any result after which the run
        ends: well above what the limits of a submission allow.
        """
        self.address = address
        self.patience = patience
        self.died: tuple[type[BaseException], ...] = ()
        self._client: Any = None
        self._executor: Any = None
        self._workers = 0
        self._counted = -CAPACITY_SECONDS

    def start(self) -> Executor:
        # Half a second to import, and only a cluster needs it.
        from distributed import Client, KilledWorker  # noqa: PLC0415

        self.died = (KilledWorker,)
        try:
            self._client = Client(  # type: ignore[no-untyped-call]  # It ships no types.
                self.address, timeout=CONNECT_SECONDS, set_as_default=False
            )
            self._client.wait_for_workers(1, timeout=NO_WORKERS_SECONDS)
        except (OSError, ValueError, TimeoutError) as error:
            self.close(drop=True)
            raise KitFault(
                say(
                    "No Dask scheduler with workers answers at {address}: {reason}",
                    address=self.address,
                    reason=str(error),
                )
            ) from error
        # Not pure: grading the same submission twice is to grade it twice.
        self._executor = self._client.get_executor(pure=False)
        executor: Executor = self._executor
        return executor

    def revive(self) -> Executor:
        """The scheduler has replaced the worker already, or goes on without it."""
        executor: Executor = self._executor
        return executor

    def capacity(self) -> int:
        if time.monotonic() - self._counted >= CAPACITY_SECONDS:
            self._workers = len(self._client.nthreads())
            self._counted = time.monotonic()
        return IN_FLIGHT_PER_WORKER * max(1, self._workers)

    def check(self, idle: float) -> None:
        gone = self._client.status != "running" or (
            idle > NO_WORKERS_SECONDS and not self._client.nthreads()
        )
        if gone or idle > self.patience:
            raise KitFault(
                say(
                    "The cluster at {address} no longer answers. What was graded is kept: the same "
                    "command goes on.",
                    address=self.address,
                )
            )

    def close(self, *, drop: bool) -> None:
        if self._executor is not None:
            self._executor.shutdown(wait=not drop)
        if self._client is not None:
            self._client.close()
