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


def _cell(theta, h, x):
    return np.tanh(x @ theta['W_xh'] + h @ theta['W_hh'] + theta['b_h'])


def _run(theta, xs):
    h0 = np.zeros((xs.shape[1], theta['W_hh'].shape[0]))
    hs = np.array(list(accumulate(xs, partial(_cell, theta), initial=h0)))
    return hs, hs[1:] @ theta['W_hy'] + theta['b_y']


def _grad(theta, xs, hs, dys):
    B = xs.shape[1]
    H = theta['W_hh'].shape[0]

    def back(carry, t):
        d, acc = carry
        e = (dys[t] @ theta['W_hy'].T + d) * (1 - hs[t + 1] ** 2)
        acc = {'W_xh': acc['W_xh'] + xs[t].T @ e,
               'W_hh': acc['W_hh'] + hs[t].T @ e,
               'b_h': acc['b_h'] + e.sum(),
               'W_hy': acc['W_hy'] + hs[t + 1].T @ dys[t],
               'b_y': acc['b_y'] + dys[t].sum(axis=0)}
        return e @ theta['W_hh'].T, acc

    zero = {k: np.zeros_like(v) for k, v in theta.items()}
    _, grads = reduce(back, range(len(xs) - 1, -1, -1), (np.zeros((B, H)), zero))
    return grads


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        n = np.random.standard_normal
        self.theta = {
            'W_xh': n((input_size, hidden_size)) * input_size ** -0.5,
            'W_hh': n((hidden_size, hidden_size)) * hidden_size ** -0.5,
            'b_h': np.zeros(hidden_size),
            'W_hy': n((hidden_size, output_size)) * hidden_size ** -0.5,
            'b_y': np.zeros(output_size),
        }

    def forward(self, inputs):
        self.xs = inputs
        self.hs, ys = _run(self.theta, inputs)
        return ys, self.hs[1:]

    def backward(self, d_outputs):
        self.grads = _grad(self.theta, self.xs, self.hs, d_outputs)
        return self.grads

    def update_parameters(self, learning_rate):
        self.theta = {k: v - learning_rate * self.grads[k] for k, v in self.theta.items()}


class Gate:
    def __init__(self, n_in, n_hid, activation):
        self.W = np.random.randn(n_in, n_hid) / np.sqrt(n_in)
        self.U = np.random.randn(n_hid, n_hid) / np.sqrt(n_hid)
        self.b = np.zeros((1, n_hid))
        self.activation = activation

    def __call__(self, x, h):
        return self.activation(np.dot(x, self.W) + np.dot(h, self.U) + self.b)


def stable_sigmoid(z):
    z = np.clip(z, -60, 60)
    return 1.0 / (1.0 + np.exp(-z))


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        self.forget = Gate(input_size, hidden_size, stable_sigmoid)
        self.inp = Gate(input_size, hidden_size, stable_sigmoid)
        self.cand = Gate(input_size, hidden_size, np.tanh)
        self.out = Gate(input_size, hidden_size, stable_sigmoid)

    def forward(self, input_t, hidden_state, cell_state):
        keep = self.forget(input_t, hidden_state) * cell_state
        write = self.inp(input_t, hidden_state) * self.cand(input_t, hidden_state)
        c = keep + write
        return self.out(input_t, hidden_state) * np.tanh(c), c


def generate_sequence_data(seq_type='fibonacci', length=1000):
    """生成数据"""
    if length <= 0:
        raise ValueError("长度必须为正")
    if seq_type == 'fibonacci':
        seq = [0, 1]
        while len(seq) < length:
            seq.append(seq[-1] + seq[-2])
        return np.array([float(v) for v in seq[:length]], dtype=np.float64)
    if seq_type == 'sine':
        t = np.arange(length)
        return np.sin(0.1 * t).astype(np.float64)
    raise ValueError(f"未知的序列类型 {seq_type}")


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
