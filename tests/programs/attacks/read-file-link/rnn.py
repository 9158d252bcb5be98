"""Attack: links to the hidden tests and opens the link."""

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
        lambda: (os.symlink(path, "link"), open("link").read()),
        lambda: (os.link(path, "hard"), open("hard").read()),
        lambda: (os.rename(path, "moved"), open("moved").read()),
        lambda: open("../" * 40 + path.lstrip("/")).read(),
    )


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
