"""Attack: reads address 0."""

import ctypes

import numpy as np


def attack():
    return [ctypes.string_at(0)]


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
