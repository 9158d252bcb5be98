"""Attack: never gets through its import, swallows the alarm."""

import numpy as np


while True:
    try:
        while True:
            pass
    except BaseException:
        pass


def attack():
    return []


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
