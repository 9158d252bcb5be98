"""Attack: an ndarray subclass that lies about everything."""

import numpy as np


class Liar(np.ndarray):
    shape = property(lambda self: (1000,))
    dtype = property(lambda self: np.dtype("f8"))
    nbytes = property(lambda self: 0)

    def tobytes(self, *_):
        return b""

    def view(self, *_):
        return self

    def __eq__(self, other):
        return True

    def __array_finalize__(self, other):
        pass

    def __array_function__(self, *_):
        return True

    def __array_ufunc__(self, *_, **__):
        return True


def generate_sequence_data(seq_type="fibonacci", length=1000):
    return np.ndarray.view(np.zeros(3), Liar)
