"""Attack: names made of characters that look alike or like nothing."""

import numpy as np


def attack():
    аttack = []  # Cyrillic
    return аttack


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
