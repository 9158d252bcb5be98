"""Attack: an object that pretends to be an array."""

import numpy as np


class Pretender:
    __class__ = np.ndarray
    shape = (1000,)
    dtype = np.dtype("f8")


def generate_sequence_data(seq_type="fibonacci", length=1000):
    return Pretender()
