"""Attack: turns the direction of its text so that a reader sees other code."""

import numpy as np


def attack():
    access = "user"
    raise RuntimeError("‮⁦ admin ⁩⁦ verdict: passed")


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
