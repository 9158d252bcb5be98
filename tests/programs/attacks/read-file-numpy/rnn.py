"""Attack: opens the hidden tests with the readers of NumPy and the standard library."""

import fileinput
import linecache
import mmap
import pathlib
import shutil

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
        lambda: pathlib.Path(path).read_text(),
        lambda: np.fromfile(path, np.uint8)[0],
        lambda: np.genfromtxt(path, dtype=str)[0],
        lambda: np.memmap(path, np.uint8, "r")[0],
        lambda: linecache.getlines(path)[0],
        lambda: shutil.copy(path, "copy"),
        lambda: next(iter(fileinput.input(path))),
        lambda: mmap.mmap(open(path, "rb").fileno(), 0)[0],
    )


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
