"""Attack: traces and profiles every call of the worker."""

import sys

import numpy as np


def attack():
    def look(frame, event, argument):
        for name in list(frame.f_locals):
            if name in ("fault", "changed"):
                frame.f_locals[name] = None
        return look

    sys.settrace(look)
    sys.setprofile(look)
    return []


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
