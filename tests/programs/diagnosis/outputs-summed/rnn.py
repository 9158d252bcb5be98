import math
from dataclasses import dataclass, fields
from functools import partial, reduce
from itertools import accumulate, islice
from typing import NamedTuple

import matplotlib
matplotlib.use('Agg')
import matplotlib.pyplot as plt
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


class SimpleRNN:
    """Vectorised where possible; einsum for the gradients."""

    def __init__(self, input_size, hidden_size, output_size, seed=None):
        rng = np.random.default_rng(seed)
        glorot = lambda m, n: rng.uniform(-1, 1, size=(m, n)) * np.sqrt(6.0 / (m + n))
        self.W_xh, self.W_hh, self.W_hy = glorot(input_size, hidden_size), glorot(hidden_size, hidden_size), glorot(hidden_size, output_size)
        self.b_h, self.b_y = np.zeros(hidden_size), np.zeros(output_size)
        self._g = {}

    def forward(self, inputs):
        T, B, I = inputs.shape
        xw = np.einsum('tbi,ih->tbh', inputs, self.W_xh) + self.b_h
        h = np.zeros((T + 1, B, self.b_h.size))
        for t in range(T):
            h[t + 1] = np.tanh(xw[t] + h[t] @ self.W_hh)
        self._x, self._h = inputs.copy(), h
        y = np.einsum('tbh,ho->tbo', h[1:], self.W_hy) + self.b_y
        return y, h[1:].copy()

    def backward(self, d_outputs):
        x, h = self._x, self._h
        T = x.shape[0]
        local = np.einsum('tbo,ho->tbh', np.broadcast_to(d_outputs.sum(axis=0), d_outputs.shape), self.W_hy)
        slope = 1 - h[1:] ** 2
        delta = np.zeros_like(local)
        delta[T - 1] = local[T - 1] * slope[T - 1]
        for t in range(T - 2, -1, -1):
            delta[t] = (local[t] + delta[t + 1] @ self.W_hh.T) * slope[t]
        self._g = {
            'W_xh': np.einsum('tbi,tbh->ih', x, delta),
            'W_hh': np.einsum('tbi,tbj->ij', h[:-1], delta),
            'b_h': np.einsum('tbh->h', delta),
            'W_hy': np.einsum('tbh,tbo->ho', h[1:], d_outputs),
            'b_y': np.einsum('tbo->o', d_outputs),
        }
        return self._g

    def update_parameters(self, learning_rate):
        for name in self._g:
            self.__dict__[name] = self.__dict__[name] - learning_rate * self._g[name]


def _sig(a):
    return 0.5 * (np.tanh(0.5 * a) + 1.0)


class LSTMCell:
    """四个门一起算：一次矩阵乘法，再切成四块（i, f, o, g）"""

    def __init__(self, input_size, hidden_size):
        self.H = hidden_size
        n = input_size + hidden_size
        self.Wx = np.random.randn(input_size, 4 * hidden_size) / np.sqrt(n)
        self.Wh = np.random.randn(hidden_size, 4 * hidden_size) / np.sqrt(n)
        self.b = np.zeros(4 * hidden_size)

    def forward(self, input_t, hidden_state, cell_state):
        H = self.H
        a = input_t.dot(self.Wx) + hidden_state.dot(self.Wh) + self.b
        ai, af, ao, ag = a[:, :H], a[:, H:2 * H], a[:, 2 * H:3 * H], a[:, 3 * H:]
        i, f, o, g = _sig(ai), _sig(af), _sig(ao), np.tanh(ag)
        next_c = f * cell_state + i * g
        next_h = o * np.tanh(next_c)
        return next_h, next_c


def _fib():
    a, b = 1, 1
    while True:
        yield a
        a, b = b, a + b


def _sine():
    k = 0
    while True:
        yield math.sin(2 * math.pi * k / 50)
        k += 1


_KINDS = {'fibonacci': _fib, 'sine': _sine}


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if seq_type not in _KINDS:
        raise ValueError(seq_type)
    if length < 1:
        raise ValueError(length)
    return np.fromiter(islice(_KINDS[seq_type](), length), dtype=np.float64, count=length)


class Trainer:
    def __init__(self, series, split=0.75):
        self.n = int(split * len(series))
        self.mean = np.mean(series[:self.n])
        self.std = np.std(series[:self.n])
        self.z = (series - self.mean) / self.std

    def sets(self, length):
        train = sliding_window_view(self.z[:self.n], length + 1)
        test = sliding_window_view(self.z[self.n:], length + 1)
        cut = lambda w: (w[:, :-1].T[..., None], w[:, -1:])
        return cut(train), cut(test)

    def run(self, length, epochs=120, lr=0.08):
        (x, y), (xt, yt) = self.sets(length)
        model = SimpleRNN(1, 12, 1)
        losses = np.empty(epochs)
        for e in range(epochs):
            pred = model.forward(x)[0]
            resid = pred[-1] - y
            losses[e] = 0.5 * np.mean(resid ** 2)
            grad = np.zeros(pred.shape)
            grad[-1] = resid / len(y)
            model.backward(grad)
            model.update_parameters(lr)
        p = model.forward(xt)[0][-1]
        return losses, p.ravel() * self.std + self.mean, yt.ravel() * self.std + self.mean


def train_rnn_on_sequence():
    np.random.seed(7)
    trainer = Trainer(generate_sequence_data('sine', 800))
    runs = {length: trainer.run(length) for length in (6, 12, 24)}
    losses, predictions, targets = runs[12]
    figure, axes = plt.subplots(2)
    axes[0].plot(losses)
    axes[1].plot(targets)
    axes[1].plot(predictions, '--')
    return {
        'losses': losses,
        'predictions': predictions,
        'targets': targets,
        'error_by_length': {n: float(np.abs(r[1] - r[2]).mean()) for n, r in runs.items()},
        'figure': figure,
    }
