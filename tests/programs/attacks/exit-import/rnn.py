"""Attack: leaves while it is imported."""

import os

import numpy as np


os._exit(0)


def attack():
    return []


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
