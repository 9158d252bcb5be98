"""Attack: returns a small object that unfolds to 10^9 values."""

import numpy as np


def generate_sequence_data(seq_type="fibonacci", length=1000):
    values = [1.5, "x"]
    for _ in range(9):
        values = [values] * 10
    return values
