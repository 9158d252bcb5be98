"""Attack: an exception with a message of 100 MB."""

import numpy as np


def attack():
    raise RuntimeError("x" * 100_000_000)


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
