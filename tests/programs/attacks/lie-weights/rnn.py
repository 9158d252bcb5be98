"""Attack: weights that change, explode and never end when they are read."""

import numpy as np


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.again = self
        self.many = [np.zeros(2) for _ in range(100_000)]
        self.big = np.lib.stride_tricks.as_strided(np.zeros(1), (1 << 40,), (0,))

    def __getattr__(self, name):
        while True:
            pass

    @property
    def W_xh(self):
        raise SystemExit

    def forward(self, inputs):
        inputs[:] = 0
        return np.broadcast_to(0.0, (1 << 20, 1 << 20)), None

    def backward(self, d_outputs):
        return self

    def update_parameters(self, learning_rate):
        self.__class__ = type("Other", (), {})


def attack():
    return []


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
