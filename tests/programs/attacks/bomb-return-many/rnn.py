"""Attack: returns 400,000 small values."""

import numpy as np


def generate_sequence_data(seq_type="fibonacci", length=1000):
    return [[1.0, "a"] for _ in range(200_000)]
