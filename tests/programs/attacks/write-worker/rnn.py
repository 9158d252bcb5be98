"""Attack: patches the worker on the disk for the next submission."""

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
    files = [one.__file__ for name, one in sys.modules.items() if name.startswith("grader.") and getattr(one, "__file__", None)]
    assert files
    return tries(
        *(lambda path=path: open(path, "a").write("#") for path in files),
        lambda: open(f"{sys.path[0]}/sitecustomize.py", "w"),
        lambda: open(f"{sys.path[0]}/numpy.py", "w"),
    )


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
