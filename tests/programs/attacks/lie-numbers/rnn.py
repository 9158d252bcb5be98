"""Attack: numbers that are not what they say."""

import numpy as np


class Number(float):
    def __float__(self):
        raise SystemExit

    def __repr__(self):
        return "\x1b[2J"


class Whole(int):
    def __index__(self):
        return 10**1000

    def bit_length(self):
        return 1


class Word(str):
    def __len__(self):
        return -1


def generate_sequence_data(seq_type="fibonacci", length=1000):
    return [Number(1.5), Whole(3), Word("x"), 10**5000, 1j, b"x", {1j: 2}, {Word("k"): Number(2)}]
