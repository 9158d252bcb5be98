# coding: utf-7
"""Attack: hides a line from readers by an encoding declaration."""

import numpy as np


# +AAo-import os+AAo-hidden = True
def attack():
    return ["hidden line was run"] if "hidden" in globals() else []


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
