"""Attack: returns a dict of a million keys."""

import numpy as np


def generate_sequence_data(seq_type="fibonacci", length=1000):
    return {f"key {number}": {} for number in range(1_000_000)}
