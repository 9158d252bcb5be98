"""Attack: reserves a terabyte of address space."""

import mmap

import numpy as np


def attack():
    return [len(mmap.mmap(-1, 1 << 40))]


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
