from collections.abc import Mapping
from functools import cached_property

import numpy as np


class LazyGradients(Mapping):
    def __init__(self, recipes):
        self._recipes, self._done = recipes, {}

    def __getitem__(self, name):
        if name not in self._done:
            self._done[name] = self._recipes[name]()
        return self._done[name]

    def __iter__(self):
        return iter(self._recipes)

    def __len__(self):
        return len(self._recipes)


class Sum:
    """Descriptor: start + displacement."""

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, obj, owner=None):
        return self if obj is None else obj.start[self.name] + obj.displacement[self.name]


class Tape:
    def __init__(self, x, h, dy, W_hh, W_hy):
        self.x, self.h, self.dy, self.W_hh, self.W_hy = x, h, dy, W_hh, W_hy

    @cached_property
    def dz(self):
        out = self.dy @ self.W_hy.T
        out[-1] *= 1 - self.h[-1] ** 2
        for t in range(len(out) - 2, -1, -1):
            out[t] = (out[t] + out[t + 1] @ self.W_hh.T) * (1 - self.h[t + 1] ** 2)
        return out


def outer(a, b):
    return a.reshape(-1, a.shape[2]).T @ b.reshape(-1, b.shape[2])


class SimpleRNN:
    W_xh, W_hh, b_h, W_hy, b_y = (Sum() for _ in range(5))

    def __init__(self, input_size, hidden_size, output_size):
        rng = np.random.default_rng()
        g = lambda m, n: rng.normal(0, np.sqrt(2 / (m + n)), (m, n))
        self.start = {'W_xh': g(input_size, hidden_size), 'W_hh': g(hidden_size, hidden_size),
                      'b_h': np.zeros(hidden_size), 'W_hy': g(hidden_size, output_size),
                      'b_y': np.zeros(output_size)}
        self.displacement = {k: g(*v.shape) / 2 if v.ndim > 1 else v.copy() for k, v in self.start.items()}

    def forward(self, inputs):
        W_xh, W_hh, b_h = self.W_xh, self.W_hh, self.b_h
        x = np.array(inputs, dtype=np.float64)
        h = np.zeros((len(x) + 1, x.shape[1], b_h.size))
        for t in range(len(x)):
            h[t + 1] = np.tanh(x[t] @ W_xh + h[t] @ W_hh + b_h)
        self.last = x, h
        return h[1:] @ self.W_hy + self.b_y, h[1:].copy()

    def backward(self, d_outputs):
        x, h = self.last
        dy = np.array(d_outputs, dtype=np.float64)
        tape = Tape(x, h, dy, self.W_hh, self.W_hy)
        self.gradients = LazyGradients({
            'W_xh': lambda: outer(x, tape.dz), 'W_hh': lambda: outer(h[:-1], tape.dz),
            'b_h': lambda: tape.dz.sum((0, 1)), 'W_hy': lambda: outer(h[1:], dy),
            'b_y': lambda: dy.sum((0, 1))})
        return self.gradients

    def update_parameters(self, learning_rate):
        moves = {name: learning_rate * g for name, g in self.gradients.items()}
        for name, move in moves.items():
            self.displacement[name] = self.displacement[name] - move


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        n, H = input_size + hidden_size, hidden_size
        self.memory_block = np.random.randn(n, 2 * H) / np.sqrt(n)     # forget | input
        self.value_block = np.random.randn(n, 2 * H) / np.sqrt(n)      # candidate | output
        self.memory_bias, self.value_bias = np.zeros(2 * H), np.zeros(2 * H)
        self.memory_bias[:H] = 1.0

    def forward(self, input_t, hidden_state, cell_state):
        both = np.concatenate([input_t, hidden_state], axis=1)
        sigmoid = lambda z: np.exp(-np.logaddexp(0, -z))
        f, i = np.hsplit(sigmoid(both @ self.memory_block + self.memory_bias), 2)
        g, o = np.hsplit(both @ self.value_block + self.value_bias, 2)
        c = f * cell_state + i * np.tanh(g)
        return sigmoid(o) * np.tanh(c), c


def generate_sequence_data(seq_type='fibonacci', length=1000):
    """前 length 项 / the first `length` terms as float64."""
    if length < 1:
        raise ValueError('length must be at least 1')
    if seq_type == 'fibonacci':
        terms, a, b = [], 0, 1
        for _ in range(length):
            terms.append(a)
            a, b = b, a + b
        try:
            return np.array([float(v) for v in terms], dtype=np.float64)
        except OverflowError:
            raise ValueError('Fibonacci numbers beyond float64; take a smaller length') from None
    if seq_type == 'sine':
        return np.sin(0.26 * np.arange(length))
    raise ValueError(f'unknown sequence type: {seq_type!r}')


def _windows(series, steps):
    """series (N,) -> inputs (steps, M, 1), targets (steps, M, 1): the next term at every step."""
    rows = np.lib.stride_tricks.sliding_window_view(series, steps + 1)
    return (np.ascontiguousarray(rows[:, :-1].T)[:, :, None],
            np.ascontiguousarray(rows[:, 1:].T)[:, :, None])


def train_rnn_on_sequence():
    import matplotlib
    matplotlib.use('Agg')
    import matplotlib.pyplot as plt

    rng = np.random.default_rng(6)
    series = generate_sequence_data('sine', 400)
    cut = int(0.75 * len(series))
    train, test = series[:cut], series[cut:]
    mean, std = train.mean(), train.std()
    train, test = (train - mean) / std, (test - mean) / std

    lengths = (4, 8, 16)
    error_by_length, result = {}, {}
    for steps in lengths:
        net = SimpleRNN(1, 12, 1)
        x_train, y_train = _windows(train, steps)
        x_test, y_test = _windows(test, steps)
        losses = []
        for _ in range(15):
            order = rng.permutation(x_train.shape[1])
            total = 0.0
            for start in range(0, len(order), 32):
                pick = order[start:start + 32]
                outputs, _ = net.forward(x_train[:, pick])
                diff = outputs - y_train[:, pick]
                total += float((diff ** 2).mean()) * len(pick)
                net.backward(2 * diff / diff.size)
                net.update_parameters(0.1)
            losses.append(total / len(order))
        outputs, _ = net.forward(x_test)
        predictions = outputs[-1, :, 0] * std + mean
        targets = y_test[-1, :, 0] * std + mean
        error_by_length[steps] = float(np.mean((predictions - targets) ** 2))
        result = {'losses': losses, 'predictions': predictions, 'targets': targets}

    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.5))
    left.plot(result['losses'])
    left.set(title='training loss', xlabel='epoch', ylabel='MSE')
    right.plot(result['targets'], label='truth')
    right.plot(result['predictions'], '--', label='prediction')
    right.set(title='held-out part', xlabel='t')
    right.legend()
    plt.close(figure)
    return {**result, 'error_by_length': error_by_length, 'figure': figure}
