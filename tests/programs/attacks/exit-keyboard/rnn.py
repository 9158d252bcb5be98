"""Attack: raises what tests do not catch."""

import numpy as np


def attack():
    raise KeyboardInterrupt


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
