"""Nested Python lists of wrong sizes, scalars where arrays belong."""
import numpy as np


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.I, self.H, self.O = input_size, hidden_size, output_size
        self.W_xh = np.random.randn(input_size, hidden_size) / np.sqrt(input_size)
        self.W_hh = np.random.randn(hidden_size, hidden_size) / np.sqrt(hidden_size)
        self.b_h = np.zeros(hidden_size)
        self.W_hy = np.random.randn(hidden_size, output_size) / np.sqrt(hidden_size)
        self.b_y = np.zeros(output_size)

    def forward(self, inputs):
        T, B, _ = inputs.shape
        return [[0.0] * B] * T, [0.0]

    def backward(self, d_outputs):
        shapes = {"W_xh": (self.I, self.H), "W_hh": (self.H, self.H), "b_h": (self.H,),
                  "W_hy": (self.H, self.O), "b_y": (self.O,)}
        return [0.0] * 5

    def update_parameters(self, learning_rate):
        self.W_xh = 0


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        self.I, self.H = input_size, hidden_size
        for g in "fico":
            setattr(self, "W_" + g, np.random.randn(input_size, hidden_size) / np.sqrt(input_size))
            setattr(self, "U_" + g, np.random.randn(hidden_size, hidden_size) / np.sqrt(hidden_size))
            setattr(self, "b_" + g, np.zeros(hidden_size))

    def forward(self, input_t, hidden_state, cell_state):
        B = len(input_t)
        return 0.0, 1.0


def generate_sequence_data(seq_type='fibonacci', length=1000):
    return [0] * length


def train_rnn_on_sequence():
    return [1, 2, 3]
