import itertools
from collections import namedtuple
import math

import numpy as np
import matplotlib.pyplot as plt


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        self.input_size = input_size
        self.hidden_size = hidden_size
        std = 1.0 / np.sqrt(hidden_size + input_size)
        self.W_f, self.W_i, self.W_c, self.W_o = [std * np.random.randn(input_size, hidden_size) for _ in range(4)]
        self.U_f, self.U_i, self.U_c, self.U_o = [std * np.random.randn(hidden_size, hidden_size) for _ in range(4)]
        self.b_f, self.b_i, self.b_c, self.b_o = [np.zeros(hidden_size) for _ in range(4)]

    def sigmoid(self, x):
        return 1 / (1 + np.exp(-np.clip(x, -500, 500)))

    def forward(self, input_t, hidden_state, cell_state):
        # Forget gate: what to throw away
        f_t = self.sigmoid(np.dot(input_t, self.W_f) + np.dot(hidden_state, self.U_f) + self.b_f)
        # Input gate: what to store
        i_t = self.sigmoid(np.dot(input_t, self.W_i) + np.dot(hidden_state, self.U_i) + self.b_i)
        # Candidate values
        c_tilde = np.tanh(np.dot(input_t, self.W_c) + np.dot(hidden_state, self.U_c) + self.b_c)
        # Output gate
        o_t = self.sigmoid(np.dot(input_t, self.W_o) + np.dot(hidden_state, self.U_o) + self.b_o)
        # Cell state
        c_t = f_t * cell_state + i_t * c_tilde
        # Hidden state
        h_t = o_t * np.tanh(c_t)
        return h_t, c_t


Sizes = namedtuple('Sizes', 'i h o')


def carve(flat, n):
    """Cut one flat vector into the five parameters (views, no copies)."""
    shapes = [('W_xh', (n.i, n.h)), ('W_hh', (n.h, n.h)), ('b_h', (n.h,)), ('W_hy', (n.h, n.o)), ('b_y', (n.o,))]
    pieces, at = {}, 0
    for name, shape in shapes:
        size = int(np.prod(shape))
        pieces[name] = flat[at:at + size].reshape(shape)
        at += size
    return pieces


class SimpleRNN:
    """All parameters live in one vector theta, all gradients in one vector dtheta."""

    def __init__(self, input_size, hidden_size, output_size):
        n = self.n = Sizes(input_size, hidden_size, output_size)
        self.theta = np.zeros(n.i * n.h + n.h * n.h + n.h + n.h * n.o + n.o)
        self.dtheta = np.zeros_like(self.theta)
        for name, piece in carve(self.theta, n).items():
            setattr(self, name, piece)
            if piece.ndim == 2:
                piece[:] = np.random.uniform(-1, 1, piece.shape) * np.sqrt(6 / sum(piece.shape))

    def forward(self, inputs):
        T, B, _ = inputs.shape
        H = np.zeros((1 + T, B, self.n.h))
        for t, x in enumerate(inputs, start=1):
            np.tanh(x @ self.W_xh + H[t - 1] @ self.W_hh + self.b_h, out=H[t])
        self.X, self.H = inputs.copy(), H
        return H[1:] @ self.W_hy + self.b_y, H[1:].copy()

    def backward(self, d_outputs):
        self.dtheta[:] = 0
        d = carve(self.dtheta, self.n)
        T = len(d_outputs)
        dh = np.zeros_like(self.H[0])
        for t in range(T, 0, -1):
            dy = d_outputs[t - 1]
            d['W_hy'] += self.H[t].T @ dy
            d['b_y'] += dy.sum(0)
            dh = dh + dy @ self.W_hy.T
            dz = dh * (1 - self.H[t] ** 2)
            d['W_xh'] += self.X[t - 1].T @ dz
            d['W_hh'] += self.H[t - 1].T @ dz
            d['b_h'] += dz.sum(0)
            dh = dz @ self.W_hh.T
        return {name: piece.copy() for name, piece in d.items()}

    def update_parameters(self, learning_rate):
        d = carve(self.dtheta, self.n)
        for name in d:
            new = getattr(self, name) - learning_rate * d[name]
            setattr(self, name, new)


def _fib():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b


def _sine():
    for k in itertools.count():
        yield math.sin(2 * math.pi * k / 50)


_SOURCES = {'fibonacci': _fib, 'sine': _sine}


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if seq_type not in _SOURCES:
        raise ValueError('no such sequence: ' + repr(seq_type))
    if length < 1:
        raise ValueError('length < 1')
    return np.fromiter(map(float, itertools.islice(_SOURCES[seq_type](), length)), dtype=np.float64)


def lagged(series, lag):
    """Rows of `lag` consecutive terms, and the term that follows each row."""
    rows = np.stack([series[k:len(series) - lag + k] for k in range(lag)])
    return rows[..., None], series[lag:]


def fit(inputs, wanted, epochs=300, rate=0.03):
    net = SimpleRNN(1, 16, 1)
    losses = []
    for _ in range(epochs):
        outputs, _ = net.forward(inputs)
        gap = outputs[-1, :, 0] - wanted
        losses.append(float(gap @ gap) / gap.size)
        back = np.zeros_like(outputs)
        back[-1, :, 0] = 2 * gap / gap.size
        net.backward(back)
        net.update_parameters(rate)
    return net, losses


def train_rnn_on_sequence():
    np.random.seed(2024)
    noise = np.random.default_rng(1).normal(scale=0.02, size=480)
    series = 5 + 2 * generate_sequence_data('sine', 480) + noise
    early, late = np.split(series, [360])
    centre, spread = early.mean(), early.std()
    standard = lambda v: (v - centre) / spread
    error_by_length = {}
    for lag in (2, 5, 10, 20):
        train_x, train_y = lagged(standard(early), lag)
        test_x, test_y = lagged(standard(late), lag)
        net, losses = fit(train_x, train_y)
        predictions = net.forward(test_x)[0][-1, :, 0] * spread + centre
        targets = test_y * spread + centre
        error_by_length[lag] = float(np.sqrt(np.mean((predictions - targets) ** 2)))
    figure, axes = plt.subplots(2, 1, figsize=(7, 6))
    axes[0].plot(losses, label='training loss')
    axes[0].set_yscale('log')
    axes[1].plot(targets, label='truth')
    axes[1].plot(predictions, ':', label='one step ahead')
    for ax in axes:
        ax.legend()
    figure.tight_layout()
    return {'losses': losses, 'predictions': predictions, 'targets': targets,
            'error_by_length': error_by_length, 'figure': figure}
