"""Attack: arrays without elements, which every comparison accepts."""

import numpy as np


def generate_sequence_data(seq_type="fibonacci", length=1000):
    return np.empty((0, length))
