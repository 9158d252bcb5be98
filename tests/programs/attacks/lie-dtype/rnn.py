"""Attack: an array of a type with no size."""

import numpy as np


def generate_sequence_data(seq_type="fibonacci", length=1000):
    return np.zeros(length, dtype="V0")
