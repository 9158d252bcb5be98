"""第六次作业: 循环神经网络"""
import matplotlib
matplotlib.use('Agg')
import matplotlib.pyplot as plt
import numpy as np


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        # Xavier 初始化
        self.W_xh = np.random.randn(input_size, hidden_size) * np.sqrt(2.0 / (input_size + hidden_size))
        self.W_hh = np.random.randn(hidden_size, hidden_size) * np.sqrt(1.0 / hidden_size)
        self.b_h = np.zeros(hidden_size)
        self.W_hy = np.random.randn(hidden_size, output_size) * np.sqrt(2.0 / (hidden_size + output_size))
        self.b_y = np.zeros(output_size)
        self.hidden_size = hidden_size
        self.grads = {}

    def forward(self, inputs):
        seq_len, batch_size, _ = inputs.shape
        h = np.zeros((batch_size, self.hidden_size))
        self.inputs = inputs
        self.h0 = h
        hidden_states, outputs = [], []
        for t in range(seq_len):
            h = np.tanh(inputs[t] @ self.W_xh + h @ self.W_hh + self.b_h)
            hidden_states.append(h)
            outputs.append(h @ self.W_hy + self.b_y)
        self.hidden_states = np.stack(hidden_states)
        return np.stack(outputs), self.hidden_states

    def backward(self, d_outputs):
        # TODO: 还没写完
        pass

    def update_parameters(self, learning_rate):
        pass


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        pass

    def forward(self, input_t, hidden_state, cell_state):
        pass


def generate_sequence_data(seq_type='fibonacci', length=1000):
    pass


def train_rnn_on_sequence():
    pass
