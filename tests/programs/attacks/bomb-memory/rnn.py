"""Attack: asks for 3 GiB at once."""

import numpy as np


def attack():
    return [np.ones(3 << 27).sum()]


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
