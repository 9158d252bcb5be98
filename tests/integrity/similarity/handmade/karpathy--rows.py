# RNN with row vectors, matrices as in the assignment sheet
import numpy as np
import matplotlib
matplotlib.use('Agg')
from matplotlib import pyplot as plt


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.H = hidden_size
        self.W_xh = 0.3 * np.random.randn(input_size, hidden_size)
        self.W_hh = 0.6 * np.random.randn(hidden_size, hidden_size) / np.sqrt(hidden_size)
        self.W_hy = 0.3 * np.random.randn(hidden_size, output_size)
        self.b_h = np.zeros((1, hidden_size))
        self.b_y = np.zeros((1, output_size))

    def forward(self, inputs):
        x_at, h_at, y_at = {}, {}, {}
        h_at[-1] = np.zeros((inputs.shape[1], self.H))
        for step in range(len(inputs)):
            x_at[step] = inputs[step].copy()
            h_at[step] = np.tanh(x_at[step] @ self.W_xh + h_at[step - 1] @ self.W_hh + self.b_h)
            y_at[step] = h_at[step] @ self.W_hy + self.b_y
        self.x_at, self.h_at, self.steps = x_at, h_at, len(inputs)
        ys = np.stack([y_at[step] for step in range(self.steps)])
        hs = np.stack([h_at[step] for step in range(self.steps)])
        return ys, hs

    def backward(self, d_outputs):
        g_xh, g_hh, g_hy = np.zeros_like(self.W_xh), np.zeros_like(self.W_hh), np.zeros_like(self.W_hy)
        g_bh, g_by = np.zeros_like(self.b_h), np.zeros_like(self.b_y)
        later = np.zeros_like(self.h_at[0])
        for step in range(self.steps - 1, -1, -1):
            dy = d_outputs[step]
            g_hy += self.h_at[step].T @ dy
            g_by += dy.sum(0, keepdims=True)
            dh = dy @ self.W_hy.T + later
            raw = dh * (1 - self.h_at[step] ** 2)
            g_bh += raw.sum(0, keepdims=True)
            g_xh += self.x_at[step].T @ raw
            g_hh += self.h_at[step - 1].T @ raw
            later = raw @ self.W_hh.T
        self.grads = [g_xh, g_hh, g_hy, g_bh, g_by]
        return {'W_xh': g_xh, 'W_hh': g_hh, 'W_hy': g_hy, 'b_h': g_bh, 'b_y': g_by}

    def update_parameters(self, learning_rate):
        weights = [self.W_xh, self.W_hh, self.W_hy, self.b_h, self.b_y]
        for weight, gradient in zip(weights, self.grads):
            weight -= learning_rate * gradient


class LSTMCell:
    """All gates in one matrix; its first row holds the biases."""

    def __init__(self, input_size, hidden_size):
        total = input_size + hidden_size
        self.weights = np.random.randn(total + 1, 4 * hidden_size) / np.sqrt(total)
        self.weights[0] = 0
        self.weights[0, hidden_size:2 * hidden_size] = 1
        self.H = hidden_size

    def forward(self, input_t, hidden_state, cell_state):
        batch, H = len(input_t), self.H
        joined = np.concatenate([np.ones((batch, 1)), input_t, hidden_state], axis=1)
        z = joined.dot(self.weights)
        gates = 1.0 / (1.0 + np.exp(-np.clip(z[:, :3 * H], -100, 100)))
        candidate = np.tanh(z[:, 3 * H:])
        i, f, o = gates[:, :H], gates[:, H:2 * H], gates[:, 2 * H:]
        cell = i * candidate + f * cell_state
        return o * np.tanh(cell), cell


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length is too small')
    if seq_type == 'sine':
        return np.sin(0.25 * np.arange(length))
    if seq_type == 'fibonacci':
        values = [0., 1.]
        while len(values) < length:
            values.append(values[-1] + values[-2])
        return np.array(values[:length])
    raise ValueError('unknown type')


def make_windows(series, width):
    count = len(series) - width
    x = np.array([series[k:k + width] for k in range(count)])
    y = np.array([series[k + 1:k + width + 1] for k in range(count)])
    return x.T[:, :, None], y.T[:, :, None]


def experiment(series, known, width, rounds):
    net, curve = SimpleRNN(1, 16, 1), []
    x, y = make_windows(series[:known], width)
    for _ in range(rounds):
        outputs, _ = net.forward(x)
        curve.append(np.mean((outputs - y) ** 2))
        net.backward(2 * (outputs - y) / outputs.size)
        net.update_parameters(0.3)
    x, y = make_windows(series[known - width:], width)
    return curve, net.forward(x)[0][-1, :, 0], y[-1, :, 0]


def train_rnn_on_sequence():
    series = generate_sequence_data('sine', 400)
    found = {width: experiment(series, 320, width, 300) for width in (5, 10, 20)}
    curve, predicted, true = found[20]
    fig, (top, bottom) = plt.subplots(2, 1)
    top.plot(curve); top.set_title('training loss')
    bottom.plot(true); bottom.plot(predicted)
    errors = {width: np.mean((one[1] - one[2]) ** 2) for width, one in found.items()}
    return {'losses': curve, 'predictions': predicted, 'targets': true, 'error_by_length': errors, 'figure': fig}
