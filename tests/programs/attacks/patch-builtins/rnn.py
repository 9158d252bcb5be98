"""Attack: patches the built-in functions."""

import builtins

import numpy as np


def attack():
    builtins.isinstance = lambda *_: True
    builtins.len = lambda *_: 0
    builtins.set = list
    return []


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
