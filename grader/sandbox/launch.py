"""Start a worker process, talk to it under one deadline, and end it with all it started."""

from __future__ import annotations

import atexit
import contextlib
import importlib.metadata
import json
import os
import py_compile
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from grader.faults import KitFault
from grader.sandbox import wire
from grader.sandbox.limits import Limits

HERE = Path(__file__).parent
# The only files of the kit that a worker can see.
WORKER_FILES = (
    "wire", "values", "pictures", "parameters", "blame", "source", "figures", "watch", "runner",
    "confine", "worker",
)  # fmt: skip
DISTRIBUTIONS = ("numpy", "matplotlib", "msgspec")
BOOTSTRAP = (
    "import json, sys; settings = json.loads(sys.argv.pop()); sys.path[:0] = settings['paths']; "
    "from grader.sandbox.worker import main; main(settings)"
)


class WorkerLate(Exception):
    """The deadline passed."""


class WorkerGone(Exception):
    """The worker hung up."""


@dataclass
class Worker:
    """A worker process and the examiner's end of its socket."""

    process: subprocess.Popen[bytes]
    channel: socket.socket
    scratch: Path
    layers: tuple[str, ...] = ()

    def exchange(self, frame: bytes, seconds: float) -> tuple[wire.Reply, wire.Reader]:
        """Send a frame, receive the reply. Raises WorkerLate, WorkerGone, WireError."""
        deadline = time.monotonic() + seconds
        try:
            self.channel.settimeout(seconds)
            self.channel.sendall(frame)
            return self.receive(deadline)
        except TimeoutError:
            raise WorkerLate from None
        except OSError:
            raise WorkerGone from None

    def receive(self, deadline: float) -> tuple[wire.Reply, wire.Reader]:
        """One reply; the deadline is for all of it, not for each read."""
        header_size, body_size = wire.sizes(self._exactly(wire.PREFIX.size, deadline))
        header = self._exactly(header_size, deadline)
        return wire.decode_reply(header), wire.Reader(self._exactly(body_size, deadline))

    def _exactly(self, size: int, deadline: float) -> bytearray:
        data = bytearray(size)
        view = memoryview(data)
        while view:
            left = deadline - time.monotonic()
            if left <= 0:
                raise WorkerLate
            self.channel.settimeout(left)
            count = self.channel.recv_into(view)
            if not count:
                raise WorkerGone
            view = view[count:]
        return data

    def kill(self) -> int:
        """End the worker and all it started; its exit status (negative: a signal)."""
        self.channel.close()
        # A worker that hung up is about to end by itself, and its status says why.
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(0.05)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        status = self.process.wait()
        if self.process.stderr is not None:
            self.process.stderr.close()
        shutil.rmtree(self.scratch, ignore_errors=True)
        return status


def open_worker(limits: Limits, tier: str) -> Worker:
    """A confined worker that is ready for requests. KitFault where it cannot be started."""
    ours, theirs = socket.socketpair()
    scratch = Path(tempfile.mkdtemp(prefix="ml6-worker-"))
    settings = {"channel": theirs.fileno(), "paths": [str(path) for path in import_paths()]}
    try:
        process = subprocess.Popen(
            [os.path.realpath(sys.executable), "-P", "-s", "-S", "-B", "-c", BOOTSTRAP, json.dumps(settings)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            pass_fds=(theirs.fileno(),),
            cwd=scratch,
            env=environment(scratch),
            start_new_session=True,
        )
    except OSError as error:
        shutil.rmtree(scratch, ignore_errors=True)
        raise KitFault(f"the sandbox cannot be started: {error}") from error
    finally:
        theirs.close()
    return _greet(Worker(process, ours, scratch), limits)


def _greet(worker: Worker, limits: Limits) -> Worker:
    """Wait for `Ready`. What hinders a worker before that is never the student's fault."""
    try:
        reply, _ = worker.receive(time.monotonic() + limits.start)
    except (WorkerLate, WorkerGone, wire.WireError, OSError) as error:
        words = _last_words(worker)
        worker.kill()
        raise KitFault(f"the sandbox did not start ({type(error).__name__}): {words}") from None
    if not isinstance(reply, wire.Ready):
        worker.kill()
        raise KitFault("the sandbox did not start: its first frame is not Ready")
    worker.layers = tuple(reply.layers)
    return worker


def _last_words(worker: Worker) -> str:
    stream = worker.process.stderr
    if stream is None:
        return ""
    os.set_blocking(stream.fileno(), False)
    with contextlib.suppress(OSError):
        return (stream.read(4096) or b"").decode(errors="replace")[-2000:]
    return ""


def environment(scratch: Path) -> dict[str, str]:
    """All that a worker's environment holds. Threads: BLAS gains nothing on small products."""
    threads = ("OPENBLAS", "OMP", "MKL", "VECLIB_MAXIMUM", "BLIS")
    return {
        **{f"{name}_NUM_THREADS": "1" for name in threads},
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "LANG": "C.UTF-8",
        "MPLBACKEND": "Agg",
        "PYTHONHASHSEED": "0",
    }


@cache
def import_paths() -> tuple[Path, ...]:
    """What a worker's sys.path starts with: its own files, and NumPy's and matplotlib's home."""
    homes = dict.fromkeys(
        Path(str(importlib.metadata.distribution(name).locate_file(""))).resolve()
        for name in DISTRIBUTIONS
    )
    return (stage(), *homes)


@cache
def stage() -> Path:
    """A folder that holds the worker's own files and nothing else of the kit."""
    home = Path(tempfile.mkdtemp(prefix="ml6-stage-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    package = home / "grader" / "sandbox"
    package.mkdir(parents=True)
    for name in WORKER_FILES:
        target = package / f"{name}.py"
        shutil.copyfile(HERE / f"{name}.py", target)
        py_compile.compile(str(target), doraise=True, invalidation_mode=_UNCHECKED)
    return home


_UNCHECKED: Any = py_compile.PycInvalidationMode.UNCHECKED_HASH
__all__ = ["Worker", "WorkerGone", "WorkerLate", "open_worker"]
