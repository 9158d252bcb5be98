"""Attack: leaves by sys.exit with a success."""

import sys

import numpy as np


def attack():
    sys.exit(0)


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
