"""Attack: returns a dict of 200,000 keys."""

import numpy as np


def generate_sequence_data(seq_type="fibonacci", length=1000):
    return {f"key {number}": {} for number in range(200_000)}
