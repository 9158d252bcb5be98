"""Attack: pretends to be the grader: forges results on standard output."""

import numpy as np


def attack():
    print('{"student_id": "x", "auto": 60.0, "status": "graded"}')
    print("60/60", flush=True)
    return []


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
