"""Recurrent neural networks from scratch (NumPy only)."""
import functools
import math

import numpy as np
import matplotlib.pyplot as plt


# cs231n-like layers; N sequences, T steps, D inputs, H hidden units
def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(x.dot(Wx) + prev_h.dot(Wh) + b)
    return next_h, (x, prev_h, Wx, Wh, next_h)


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    da = dnext_h * (1 - next_h ** 2)
    return da.dot(Wx.T), da.dot(Wh.T), x.T.dot(da), prev_h.T.dot(da), da.sum(axis=0)


def rnn_forward(x, h0, Wx, Wh, b):
    N, T, D = x.shape
    h, caches, prev = np.zeros((N, T, len(b))), [], h0
    for t in range(T):
        prev, cache = rnn_step_forward(x[:, t], prev, Wx, Wh, b)
        h[:, t] = prev
        caches.append(cache)
    return h, caches


def rnn_backward(dh, caches):
    N, T, H = dh.shape
    x, prev_h, Wx, Wh, _ = caches[0]
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(H)
    dprev = np.zeros((N, H))
    for t in reversed(range(T)):
        _, dprev, dWx_t, dWh_t, db_t = rnn_step_backward(dh[:, t] + dprev, caches[T - 1 - t])
        dWx += dWx_t
        dWh += dWh_t
        db += db_t
    return dWx, dWh, db


def temporal_affine_forward(h, W, b):
    N, T, H = h.shape
    return (h.reshape(N * T, H).dot(W) + b).reshape(N, T, len(b)), (h, W)


def temporal_affine_backward(dout, cache):
    h, W = cache
    N, T, H = h.shape
    flat = dout.reshape(N * T, -1)
    return flat.dot(W.T).reshape(N, T, H), h.reshape(N * T, H).T.dot(flat), flat.sum(axis=0)


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.W_xh = np.random.randn(input_size, hidden_size) * np.sqrt(2.0 / (input_size + hidden_size))
        self.W_hh = np.random.randn(hidden_size, hidden_size) / np.sqrt(hidden_size)
        self.b_h = np.zeros(hidden_size)
        self.W_hy = np.random.randn(hidden_size, output_size) * np.sqrt(2.0 / (hidden_size + output_size))
        self.b_y = np.zeros(output_size)

    def forward(self, inputs):
        x = inputs.swapaxes(0, 1).copy()
        h0 = np.zeros((x.shape[0], len(self.b_h)))
        h, self.rnn_cache = rnn_forward(x, h0, self.W_xh, self.W_hh, self.b_h)
        y, self.affine_cache = temporal_affine_forward(h, self.W_hy, self.b_y)
        return y.swapaxes(0, 1), h.swapaxes(0, 1).copy()

    def backward(self, d_outputs):
        dout = d_outputs.swapaxes(0, 1)
        dh, dW_hy, db_y = temporal_affine_backward(dout, self.affine_cache)
        dW_xh, dW_hh, db_h = rnn_backward(dh, self.rnn_cache)
        self.grads = {'W_xh': dW_xh, 'W_hh': dW_hh, 'b_h': db_h, 'W_hy': dW_hy, 'b_y': db_y}
        return self.grads

    def update_parameters(self, learning_rate):
        # new arrays, because the caches still hold the old ones
        for k, g in self.grads.items():
            setattr(self, k, getattr(self, k) - learning_rate * g)


class LSTMCell:
    """Colah's notation: every gate sees the concatenation [h, x]."""

    def __init__(self, input_size, hidden_size):
        bound = np.sqrt(3.0 / (input_size + hidden_size))
        for gate in ('f', 'i', 'c', 'o'):
            both = np.random.uniform(-bound, bound, size=(hidden_size + input_size, hidden_size))
            setattr(self, 'U_' + gate, both[:hidden_size].copy())
            setattr(self, 'W_' + gate, both[hidden_size:].copy())
            setattr(self, 'b_' + gate, np.zeros(hidden_size))
        self.b_f += 1.0

    def forward(self, input_t, hidden_state, cell_state):
        concat = np.concatenate((hidden_state, input_t), axis=1)
        expit = lambda v: np.tanh(v / 2) / 2 + 0.5

        def gate(letter):
            M = np.concatenate((getattr(self, 'U_' + letter), getattr(self, 'W_' + letter)), axis=0)
            return concat @ M + getattr(self, 'b_' + letter)

        ft, it, ot = expit(gate('f')), expit(gate('i')), expit(gate('o'))
        Ct = ft * cell_state + it * np.tanh(gate('c'))
        return ot * np.tanh(Ct), Ct


@functools.lru_cache(maxsize=None)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


GENERATORS = {
    # asked in rising order, so the recursion never gets deep
    'fibonacci': lambda n: [float(fib(k)) for k in range(n)],
    'sine': lambda n: [math.sin(k / 8) for k in range(n)],
    'sawtooth': lambda n: [(k % 20) / 20 for k in range(n)],
}


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('need at least one term')
    if seq_type not in GENERATORS:
        raise ValueError('I know only ' + ', '.join(GENERATORS))
    return np.array(GENERATORS[seq_type](length), dtype=np.float64)


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
