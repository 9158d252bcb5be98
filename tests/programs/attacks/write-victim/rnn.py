"""Attack: overwrites, truncates, removes and moves a file of the examiner."""

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
    path = "@VICTIM@"
    return tries(
        lambda: open(path, "w").write("pwned"),
        lambda: open(path, "a").write("pwned"),
        lambda: open(path, "r+").write("pwned"),
        lambda: os.truncate(path, 0),
        lambda: os.unlink(path),
        lambda: os.rename(path, path + "~"),
        lambda: os.replace(__file__, path),
    )


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
