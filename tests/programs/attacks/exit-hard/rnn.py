"""Attack: leaves by os._exit with a success."""

import os

import numpy as np


def attack():
    os._exit(0)


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
