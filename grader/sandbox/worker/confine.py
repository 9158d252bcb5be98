"""What a worker does to itself before it reads a byte of the student's code.

`apply` is the table of contents. Every layer that cannot be had raises, or is missing from the
names that go to the examiner, which then refuses the worker: nothing is weakened silently.
"""

from __future__ import annotations

import binascii
import contextlib
import ctypes
import os
import resource
import signal
import sys
from typing import Any

from grader.sandbox.worker import landlock

# linux/prctl.h, linux/seccomp.h, linux/capability.h
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_SECCOMP = 1, 4, 22
_PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 24, 38
_SECCOMP_MODE_FILTER = 2
_CAPABILITY_VERSION_3 = 0x20080522
_INSTRUCTION = 8  # bytes of one BPF instruction

# Names of the layers, as they go to the examiner.
LIMITS, LANDLOCK, SECCOMP, OTHER_UID, NAMESPACES = (
    "rlimits", "landlock", "seccomp", "other uid", "namespaces",
)  # fmt: skip


def apply(settings: dict[str, Any]) -> list[str]:
    """Confine this process as `settings` say; the names of the layers that hold."""
    layers = [NAMESPACES] if settings["namespaces"] and os.getppid() == 1 else []
    if settings["uid"] is not None:
        become(settings["uid"])
        layers.append(OTHER_UID)
    return layers + restrict(settings)


def restrict(settings: dict[str, Any]) -> list[str]:
    """What every worker does once it is the user that it stays."""
    layers = []
    if settings["limits"]:
        _limit(settings["limits"])
        layers.append(LIMITS)
    if not settings["confined"]:
        return layers
    give_up_privileges()
    if landlock.restrict(settings["readable"], settings["writable"], settings["devices"]):
        layers.append(LANDLOCK)
    if settings["filter"]:
        _filter(binascii.a2b_base64(settings["filter"]))
        layers.append(SECCOMP)
    return layers


def become(uid: int) -> None:
    """Another user and group, for good; all capabilities go with it."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def _limit(limits: dict[str, int]) -> None:
    """Soft and hard limits alike, so that no handler of the student's can raise them."""
    for name, value in limits.items():
        number = getattr(resource, name, None)
        if number is None:
            continue
        _, hard = resource.getrlimit(number)
        bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
        # macOS refuses some limits; there they are no promise (see SECURITY.md).
        with contextlib.suppress(*(() if sys.platform == "linux" else (ValueError, OSError))):
            resource.setrlimit(number, (bound, bound))


def give_nothing_away() -> None:
    """No new privileges, no core or ptrace, and death with who started this."""
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    _prctl(_PR_SET_DUMPABLE, 0)
    die_with_parent()


def die_with_parent() -> None:
    """A change of user clears this: call it afterwards."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def give_up_privileges() -> None:
    """The same, and no capabilities."""
    capability = 0
    while _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) == 0:
        capability += 1
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    if _libc.capset(header, (ctypes.c_uint32 * 6)()) != 0:
        raise OSError(ctypes.get_errno(), "capset")
    give_nothing_away()


def _filter(program: bytes) -> None:
    """Install a seccomp filter: BPF made by `seccomp` on the examiner's side."""

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))

    loaded = Program(len(program) // _INSTRUCTION, program)
    _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(loaded))


def _prctl(option: int, *arguments: Any) -> None:
    padded = [*arguments, 0, 0, 0, 0][:4]
    wide = [ctypes.c_ulong(one) if isinstance(one, int) else one for one in padded]
    if _libc.prctl(option, *wide) != 0:
        raise OSError(ctypes.get_errno(), f"prctl {option}")


_libc = ctypes.CDLL(None, use_errno=True)
