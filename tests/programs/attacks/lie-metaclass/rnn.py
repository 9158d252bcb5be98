"""Attack: a class whose name and ancestry lie."""

import numpy as np


class Meta(type):
    def __getattribute__(cls, name):
        if name in ("__mro__", "__name__", "__dict__"):
            raise SystemExit
        return type.__getattribute__(cls, name)

    def __instancecheck__(cls, other):
        return True

    def __subclasscheck__(cls, other):
        return True


class Odd(metaclass=Meta):
    pass


def generate_sequence_data(seq_type="fibonacci", length=1000):
    return Odd()
