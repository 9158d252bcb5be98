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
    """bias inside one big matrix: [x, h, 1] @ W, and [h, 1] @ V"""

    def __init__(self, d_in, d_hid, d_out):
        self.d_in, self.d_hid, self.d_out = d_in, d_hid, d_out
        self.W = np.random.randn(d_in + d_hid + 1, d_hid) / np.sqrt(d_in + d_hid)
        self.W[-1] = 0.0
        self.V = np.random.randn(d_hid + 1, d_out) / np.sqrt(d_hid)
        self.V[-1] = 0.0

    def forward(self, inputs):
        T, B, _ = inputs.shape
        one = np.ones((B, 1))
        h = np.zeros((B, self.d_hid))
        self.rows, self.tops, outs, hids = [], [], [], []
        for t in range(T):
            row = np.concatenate((inputs[t], h, one), axis=1)
            h = np.tanh(row @ self.W)
            top = np.concatenate((h, one), axis=1)
            self.rows.append(row)
            self.tops.append(top)
            hids.append(h)
            outs.append(top @ self.V)
        return np.array(outs), np.array(hids)

    def backward(self, d_outputs):
        self.gW, self.gV = np.zeros(self.W.shape), np.zeros(self.V.shape)
        lo, hi = self.d_in, self.d_in + self.d_hid
        later = np.zeros((d_outputs.shape[1], self.d_hid))
        for row, top, dy in zip(self.rows[::-1], self.tops[::-1], d_outputs[::-1]):
            self.gV += top.T @ dy
            dh = dy @ self.V[:-1].T + later
            dz = dh * (1 - top[:, :-1] ** 2)
            self.gW += row.T @ dz
            later = dz @ self.W[lo:hi].T
        return {'W_xh': self.gW[:lo], 'W_hh': self.gW[lo:hi], 'b_h': self.gW[hi], 'W_hy': self.gV[:-1], 'b_y': self.gV[-1]}

    def update_parameters(self, learning_rate):
        self.W -= learning_rate * self.gW / (np.linalg.norm(self.gW) + 1e-8)
        self.V -= learning_rate * self.gV


def logistic(v):
    return np.reciprocal(1.0 + np.exp(-np.maximum(v, -700)))


class LSTMCell:
    """门的参数放在字典里，键是门的名字"""

    def __init__(self, input_size, hidden_size):
        make = lambda rows: np.random.normal(0, rows ** -0.5, (rows, hidden_size))
        self.gates = {k: {'W': make(input_size), 'U': make(hidden_size), 'b': np.zeros(hidden_size)}
                      for k in ('forget', 'input', 'cell', 'output')}

    def z(self, k, x, h):
        p = self.gates[k]
        return x.dot(p['W']) + h.dot(p['U']) + p['b']

    def forward(self, input_t, hidden_state, cell_state):
        remember = logistic(self.z('forget', input_t, hidden_state))
        admit = logistic(self.z('input', input_t, hidden_state))
        content = np.tanh(self.z('cell', input_t, hidden_state))
        expose = logistic(self.z('output', input_t, hidden_state))
        memory = remember * cell_state + admit * content
        return expose * np.tanh(memory), memory


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
