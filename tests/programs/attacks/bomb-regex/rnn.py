"""Attack: a regular expression that backtracks for ever."""

import re

import numpy as np


def attack():
    return [re.match(r"(a+)+$", "a" * 64 + "b")]


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
