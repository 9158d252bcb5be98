"""Attack: opens the file of the hidden tests, whose path it knows."""

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
    path = "@HIDDEN@"
    return tries(
        lambda: open(path).read(),
        lambda: os.open(path, os.O_RDONLY),
        lambda: open(f"/proc/self/root{path}").read(),
        lambda: open(f"/proc/1/root{path}").read(),
        lambda: open(f"/proc/{os.getppid()}/root{path}").read(),
        lambda: open(f"/proc/{os.getppid()}/cwd/README.md").read(),
    )


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
