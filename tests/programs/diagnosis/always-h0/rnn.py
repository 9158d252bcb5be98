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


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(x @ Wx + prev_h @ Wh + b)
    cache = (x, prev_h, next_h, Wx, Wh)
    return next_h, cache


def rnn_step_backward(dnext_h, cache):
    x, prev_h, next_h, Wx, Wh = cache
    dz = dnext_h * (1 - next_h ** 2)
    dx = dz.dot(Wx.T)
    dprev_h = dz.dot(Wh.T)
    dWx = x.T.dot(dz)
    dWh = prev_h.T.dot(dz)
    db = np.sum(dz, axis=0)
    return dx, dprev_h, dWx, dWh, db


def rnn_forward(x, h0, Wx, Wh, b):
    N, T, D = x.shape
    H = h0.shape[1]
    h = np.zeros((N, T, H))
    caches = []
    prev = h0
    for t in range(T):
        prev, cache = rnn_step_forward(x[:, t, :], h0, Wx, Wh, b)
        h[:, t, :] = prev
        caches.append(cache)
    return h, caches


def rnn_backward(dh, caches):
    N, T, H = dh.shape
    D = caches[0][0].shape[1]
    dx = np.zeros((N, T, D))
    dWx, dWh, db = np.zeros((D, H)), np.zeros((H, H)), np.zeros(H)
    dprev = np.zeros((N, H))
    for t in range(T - 1, -1, -1):
        dx[:, t, :], dprev, dWx_t, dWh_t, db_t = rnn_step_backward(dh[:, t, :] + dprev, caches[t])
        dWx += dWx_t
        dWh += dWh_t
        db += db_t
    return dx, dprev, dWx, dWh, db


def temporal_affine_forward(x, w, b):
    N, T, D = x.shape
    M = b.shape[0]
    out = x.reshape(N * T, D).dot(w).reshape(N, T, M) + b
    return out, (x, w, b, out)


def temporal_affine_backward(dout, cache):
    x, w, b, out = cache
    N, T, D = x.shape
    M = b.shape[0]
    dx = dout.reshape(N * T, M).dot(w.T).reshape(N, T, D)
    dw = dout.reshape(N * T, M).T.dot(x.reshape(N * T, D)).T
    db = dout.sum(axis=(0, 1))
    return dx, dw, db


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.H = hidden_size
        self.W_xh = np.random.randn(input_size, hidden_size) / np.sqrt(input_size)
        self.W_hh = np.random.randn(hidden_size, hidden_size) / np.sqrt(hidden_size)
        self.b_h = np.zeros(hidden_size)
        self.W_hy = np.random.randn(hidden_size, output_size) / np.sqrt(hidden_size)
        self.b_y = np.zeros(output_size)

    def forward(self, inputs):
        x = np.swapaxes(inputs, 0, 1)
        h0 = np.zeros((x.shape[0], self.H))
        h, self.c1 = rnn_forward(x, h0, self.W_xh, self.W_hh, self.b_h)
        out, self.c2 = temporal_affine_forward(h, self.W_hy, self.b_y)
        return np.swapaxes(out, 0, 1), np.swapaxes(h, 0, 1)

    def backward(self, d_outputs):
        dout = np.swapaxes(d_outputs, 0, 1)
        dh, dWy, dby = temporal_affine_backward(dout, self.c2)
        dx, dh0, dWx, dWh, db = rnn_backward(dh, self.c1)
        self.grads = {'W_xh': dWx, 'W_hh': dWh, 'b_h': db, 'W_hy': dWy, 'b_y': dby}
        return self.grads

    def update_parameters(self, learning_rate):
        for p, w in self.grads.items():
            setattr(self, p, getattr(self, p) - learning_rate * w)


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
