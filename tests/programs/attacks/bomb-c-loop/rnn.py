"""Attack: a single operation in C that takes hours."""

import numpy as np


def attack():
    return [(3**20_000_000) ** 3 % 7]


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
