"""Attack: returns half a gigabyte."""

import numpy as np


def generate_sequence_data(seq_type="fibonacci", length=1000):
    return np.lib.stride_tricks.as_strided(np.zeros(1), (1 << 26,), (0,))
