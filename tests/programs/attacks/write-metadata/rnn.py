"""Attack: changes mode, owner, times and attributes of a file of the examiner."""

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


def changed(path, act):
    """OSError where the act has left the file as it was, whatever it said."""
    before = os.stat(path)
    act()
    after = os.stat(path)
    if (after.st_mode, after.st_mtime_ns) == (before.st_mode, before.st_mtime_ns):
        raise OSError("nothing was done")
    return oct(after.st_mode)


def attack():
    path = "@VICTIM@"
    return tries(
        lambda: changed(path, lambda: os.chmod(path, 0o777)),
        lambda: os.chown(path, os.getuid(), os.getgid()),
        lambda: changed(path, lambda: os.utime(path, (0, 0))),
        lambda: os.setxattr(path, "user.ml6left", b"x"),
        lambda: syscall(90, path.encode(), 0o777),
        lambda: syscall(452, -100, path.encode(), 0o777, 0),
    )


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
