"""Which sandbox this machine offers: found by running each and trying to get out, best first."""

from __future__ import annotations

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

# What must not work inside; each attempt that does is a reason not to trust the tier.
PROBE = """
import os, signal, socket
def attempt(name, act):
    try:
        act()
    except (OSError, AttributeError):
        return []
    return [name]
def generate_sequence_data():
    return (
        attempt("fork", lambda: os.fork() or os._exit(0))
        + attempt("socket", lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM))
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


@cache
def probe_tier(tier: str) -> Probe:
    """Start a worker of this tier and let it try to get out. The plain tier always works."""
    if is_confined(tier) and sys.platform != "linux":
        return Probe(tier, works=False, reason=f"{platform.system()} has no such confinement")
    if tier == start_command.BUBBLEWRAP and shutil.which("bwrap") is None:
        return Probe(tier, works=False, reason="bubblewrap (the program bwrap) is not installed")
    try:
        worker = open_worker(Limits(call=10.0), tier)
        if is_confined(tier):
            prove(worker)
        else:
            worker.kill()
    except KitFault as fault:
        return Probe(tier, works=False, reason=str(fault))
    return Probe(tier, works=True, layers=worker.layers)


def prove(worker: Worker) -> None:
    """Let a program try to get out of a worker, and end it. KitFault where it could."""
    try:
        escaped = _escapes(worker)
    except (WorkerGone, WorkerGreedy, WorkerLate, wire.WireError) as error:
        raise KitFault(f"the worker did not answer: {error!r}") from error
    finally:
        worker.kill()
    if escaped:
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
