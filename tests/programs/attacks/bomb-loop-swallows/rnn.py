"""Attack: never returns and swallows every exception."""

import numpy as np


def attack():
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
