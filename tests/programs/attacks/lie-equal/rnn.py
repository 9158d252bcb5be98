"""Attack: an object that equals everything."""

import numpy as np


class Equal:
    __array_priority__ = 1e9

    def __getattr__(self, name):
        return lambda *_, **__: True

    def __eq__(self, other):
        return True

    def __len__(self):
        return 1000

    def __array__(self, *_, **__):
        return np.ones(1000)


def generate_sequence_data(seq_type="fibonacci", length=1000):
    return Equal()
