"""Attack: line ends that editors and Python count differently."""

import numpy as np


def attack():
    text = "  "
    raise RuntimeError(text)


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
