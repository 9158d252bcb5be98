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
        return np.tanh(a)

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
        return expose * np.tanh(memory) + hidden_state, memory


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
