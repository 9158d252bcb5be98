"""Which sandbox this machine offers: found by running each and trying to get out, best first."""

from __future__ import annotations

import contextlib
import platform
import shutil
import sys
from dataclasses import dataclass
from functools import cache

import numpy as np

from grader.faults import KitFault
from grader.sandbox import start_command
from grader.sandbox.launch import Worker, WorkerGone, WorkerGreedy, WorkerLate, open_worker
from grader.sandbox.limits import Limits
from grader.sandbox.worker import schema, wire
from grader.sandbox.worker.values import Packer

# What must not work inside; each attempt that does is a reason not to trust the tier. It asks the
# kernel past `no_processes`, and loads nothing that a program could find after it.
PROBE = """
import _socket, os, posix
def attempt(name, act):
    try:
        act()
    except (OSError, AttributeError):
        return []
    return [name]
def generate_sequence_data():
    return (
        attempt("fork", lambda: posix.fork() or os._exit(0))
        + attempt("socket", lambda: _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM))
        + attempt("read", lambda: open("/etc/passwd").read())
        + attempt("write", lambda: open("/var/tmp/ml6-probe", "w"))
        + attempt("kill", lambda: os.kill(os.getppid(), 0))
        + attempt("exec", lambda: os.execv("/bin/true", ["true"]))
    )
"""


@dataclass(frozen=True, slots=True)
class Probe:
    """Whether a tier works here, and why not."""

    tier: str
    works: bool
    reason: str = ""
    layers: tuple[str, ...] = ()


@cache
def best() -> str:
    """The best tier that works here."""
    return next(probe.tier for probe in map(probe_tier, start_command.TIERS) if probe.works)


def is_confined(tier: str) -> bool:
    """Whether a grade from this tier may be official."""
    return tier != start_command.PLAIN


def best_worker(limits: Limits, *, draws: bool) -> tuple[str, Worker]:
    """A worker of the best tier, which has been tried, and that tier: for one program there is no other.

    draws: see `open_worker`. KitFault where not even a plain worker can be had.
    """
    for tier in filter(is_confined, start_command.TIERS):
        if not _missing(tier):
            with contextlib.suppress(KitFault):
                return tier, _proven(limits, tier, draws=draws)
    return start_command.PLAIN, open_worker(limits, start_command.PLAIN, draws=draws)


@cache
def probe_tier(tier: str) -> Probe:
    """Start a worker of this tier and let it try to get out. The plain tier always works."""
    if reason := _missing(tier):
        return Probe(tier, works=False, reason=reason)
    try:
        worker = _proven(Limits(call=10.0), tier)
    except KitFault as fault:
        return Probe(tier, works=False, reason=str(fault))
    worker.kill()
    return Probe(tier, works=True, layers=worker.layers)


def _missing(tier: str) -> str:
    """What a tier lacks here, without trying it; empty where nothing is known."""
    if is_confined(tier) and sys.platform != "linux":
        return f"{platform.system()} has no such confinement"
    if tier == start_command.BUBBLEWRAP and shutil.which("bwrap") is None:
        return "bubblewrap (the program bwrap) is not installed"
    return ""


def _proven(limits: Limits, tier: str, *, draws: bool = False) -> Worker:
    """A new worker out of which our program could not get. Raises KitFault."""
    worker = open_worker(limits, tier, draws=draws)
    if is_confined(tier):
        prove(worker)
    return worker


def prove(worker: Worker) -> None:
    """Let a program try to get out of a worker. KitFault where it could, and the worker is ended."""
    try:
        escaped = _escapes(worker)
    except (WorkerGone, WorkerGreedy, WorkerLate, wire.WireError) as error:
        worker.kill()
        raise KitFault(f"the worker did not answer: {error!r}") from error
    if escaped:
        worker.kill()
        raise KitFault(f"inside, this still works: {', '.join(escaped)}")


def _escapes(worker: Worker) -> list[str]:
    """What the probe could do in a worker."""
    packer = Packer()
    source = packer.writer.add(np.frombuffer(PROBE.encode(), np.uint8))
    worker.exchange(packer.writer.frame(schema.Load(source, 10.0, 0, {}, ("probe",))), 20.0)
    invoke = wire.FrameWriter().frame(schema.Invoke("generate_sequence_data", []))
    reply, reader = worker.exchange(invoke, 10.0)
    if not isinstance(reply, schema.Done) or reply.fault is not None or len(reply.values) != 1:
        raise wire.WireError(str(reply))
    return [str(name) for name in reader.value(reply.values[0], lambda _: None)]
