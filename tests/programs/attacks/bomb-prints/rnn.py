"""Attack: prints for ever."""

import numpy as np


def attack():
    while True:
        print("x" * 1_000_000)


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
