"""Attack: returns a list that contains itself."""

import numpy as np


def generate_sequence_data(seq_type="fibonacci", length=1000):
    values = []
    values.append(values)
    return values
