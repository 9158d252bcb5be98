"""Attack: uses the parts of the kernel that exploits start from."""

import ctypes

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
    zeros = ctypes.create_string_buffer(256)
    return tries(
        lambda: syscall(425, 8, zeros),
        lambda: syscall(323, 0),
        lambda: syscall(321, 0, zeros, 128),
        lambda: syscall(298, zeros, 0, -1, -1, 0),
        lambda: syscall(447, 0),
        lambda: syscall(317, 1, 0, zeros),
        lambda: syscall(135, 0x0040000),
        lambda: syscall(434, int("@PID@"), 0),
        lambda: syscall(435, zeros, 64),
        lambda: syscall(442, 0, b"", 0, zeros, 32),
    )


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
