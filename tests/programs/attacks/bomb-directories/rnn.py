"""Attack: folders in folders in folders."""

import os

import numpy as np


def attack():
    os.chdir(os.environ["TMPDIR"])
    for _ in range(1_500):
        try:
            os.mkdir("d")
            os.chdir("d")
        except OSError:
            break
    return []


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
