"""Attack: NaN and infinity where numbers are due."""

import numpy as np


def generate_sequence_data(seq_type="fibonacci", length=1000):
    return np.where(np.arange(length) % 2, np.nan, np.inf)
