"""Attack: patches the worker so that the arrays of an object come under numbers, not paths."""

import sys

import numpy as np


def read(found):
    return {number: leaf.value for number, leaf in enumerate(found)}


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.W_xh = np.ones((input_size, hidden_size))
        self.W_hy = np.ones((hidden_size, output_size))
        sys.modules["grader.sandbox.worker.runner"].parameters.read = read

    def forward(self, inputs):
        hidden = np.tanh(inputs @ self.W_xh)
        return hidden @ self.W_hy, hidden


def attack():
    return []


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
