"""Attack: sleeps for a week."""

import time

import numpy as np


def attack():
    time.sleep(604800)


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
