"""Attack: leaves with the status of a signal that has no name."""

import os

import numpy as np


def attack():
    os._exit(128 + 35)


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
