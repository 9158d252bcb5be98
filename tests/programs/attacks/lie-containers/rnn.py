"""Attack: list, dict and tuple subclasses without end."""

import numpy as np


class Endless(list):
    def __iter__(self):
        while True:
            yield 1.0

    def __len__(self):
        return 3


class Mapping(dict):
    def items(self):
        while True:
            yield "a", 1.0


def generate_sequence_data(seq_type="fibonacci", length=1000):
    return [Endless([1.0]), Mapping(a=1.0), Endless([[2.0] * 9] * 60_000)]
