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
    def __init__(self, nx, nh, ny):
        self.nx, self.nh, self.ny = nx, nh, ny
        self.W_xh = np.random.randn(nx, nh) * nx ** -0.5
        self.W_hh = np.random.randn(nh, nh) * nh ** -0.5
        self.b_h = np.zeros(nh)
        self.W_hy = np.random.randn(nh, ny) * nh ** -0.5
        self.b_y = np.zeros(ny)
        self.trace = None

    def step(self, x, h):
        a = x @ self.W_xh
        a += h @ self.W_hh
        a += self.b_h
        return np.tanh(a) / 2

    def readout(self, h):
        return h @ self.W_hy + self.b_y

    def forward(self, inputs):
        nt, nb, _ = inputs.shape
        hs = np.zeros((nt + 1, nb, self.nh))
        ys = np.zeros((nt, nb, self.ny))
        for t in range(1, nt + 1):
            hs[t] = self.step(inputs[t - 1], hs[t - 1])
            ys[t - 1] = self.readout(hs[t])
        self.trace = np.array(inputs), hs
        return ys, hs[1:]

    def backward(self, d_outputs):
        xs, hs = self.trace
        nt = xs.shape[0]
        grads = {n: np.zeros(getattr(self, n).shape) for n in 'W_xh W_hh b_h W_hy b_y'.split()}
        gh = np.zeros(hs[0].shape)
        for t in range(nt, 0, -1):
            gy = d_outputs[t - 1]
            gh = gh + gy @ self.W_hy.T
            ga = gh * (1 - hs[t] ** 2)
            grads['W_hy'] += hs[t].T @ gy
            grads['b_y'] += gy.sum(axis=0)
            grads['W_xh'] += xs[t - 1].T @ ga
            grads['W_hh'] += hs[t - 1].T @ ga
            grads['b_h'] += ga.sum(axis=0)
            gh = ga @ self.W_hh.T
        self.grads = grads
        return grads

    def update_parameters(self, learning_rate):
        self.W_xh = self.W_xh - learning_rate * self.grads['W_xh']
        self.W_hh = self.W_hh - learning_rate * self.grads['W_hh']
        self.b_h = self.b_h - learning_rate * self.grads['b_h']
        self.W_hy = self.W_hy - learning_rate * self.grads['W_hy']
        self.b_y = self.b_y - learning_rate * self.grads['b_y']


class LSTMCell:
    """stacked tensors: axis 0 is the gate (forget, input, candidate, output)"""

    def __init__(self, input_size, hidden_size):
        scale = 1 / np.sqrt(input_size + hidden_size)
        self.W = scale * np.random.randn(4, input_size, hidden_size)
        self.U = scale * np.random.randn(4, hidden_size, hidden_size)
        self.b = np.zeros((4, hidden_size))

    def forward(self, input_t, hidden_state, cell_state):
        z = np.einsum('bi,gih->gbh', input_t, self.W) + np.einsum('bi,gih->gbh', hidden_state, self.U) + self.b[:, None, :]
        gates = 0.5 + 0.5 * np.tanh(z / 2)
        f, i, o = gates[0], gates[1], gates[3]
        g = np.tanh(z[2])
        c = f * cell_state + i * g
        h = o * np.tanh(c)
        return h, c


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length')
    n = np.arange(length, dtype=np.float64)
    if seq_type == 'fibonacci':
        root = np.sqrt(5.0)
        phi = (1 + root) / 2
        return np.round((phi ** n - (-1 / phi) ** n) / root) if length < 60 else np.array(fib_list(length), dtype=np.float64)
    if seq_type == 'sine':
        return np.sin(2 * np.pi * n / 25)
    raise ValueError(seq_type)


def fib_list(length, a=0, b=1):
    out = []
    for _ in range(length):
        out.append(a)
        a, b = b, a + b
    return out


def train_rnn_on_sequence():
    # 1. 数据
    np.random.seed(3)
    wave = generate_sequence_data('sine', 700)
    n_train = 560
    train_raw, test_raw = wave[:n_train], wave[n_train:]
    m, s = np.mean(train_raw), np.std(train_raw) + 1e-8

    # 2. 训练
    def batch_of(raw, k):
        z = (raw - m) / s
        idx = np.arange(k)[:, None] + np.arange(len(z) - k)[None, :]
        return z[idx][..., None], z[k:][:, None]

    all_losses, all_preds, all_targets, errors = {}, {}, {}, {}
    for k in (3, 8, 15):
        model = SimpleRNN(1, 10, 1)
        X, Y = batch_of(train_raw, k)
        curve = []
        for epoch in range(200):
            y_hat, _ = model.forward(X)
            e = y_hat[-1] - Y
            curve.append((e ** 2).mean())
            dy = np.zeros_like(y_hat)
            dy[-1] = 2.0 * e / len(Y)
            model.backward(dy)
            model.update_parameters(0.08)
        # 3. 评估
        X_test, Y_test = batch_of(test_raw, k)
        y_hat, _ = model.forward(X_test)
        all_losses[k] = curve
        all_preds[k] = y_hat[-1, :, 0] * s + m
        all_targets[k] = Y_test[:, 0] * s + m
        errors[k] = float(np.mean(np.abs(all_preds[k] - all_targets[k])))

    # 4. 画图
    fig, (left, right) = plt.subplots(1, 2)
    left.plot(all_losses[8])
    right.plot(all_targets[8])
    right.plot(all_preds[8])
    return {'losses': all_losses[8], 'predictions': all_preds[8], 'targets': all_targets[8],
            'error_by_length': errors, 'figure': fig}
