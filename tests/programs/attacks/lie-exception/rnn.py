"""Attack: an exception whose text never ends."""

import numpy as np


class Endless(Exception):
    def __str__(self):
        while True:
            pass


def attack():
    raise Endless


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
