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
    """每个时间步存一个字典，变量名用公式里的名字"""

    def __init__(self, input_size, hidden_size, output_size):
        self.Wx = np.random.randn(input_size, hidden_size) / np.sqrt(input_size)
        self.Wh = np.random.randn(hidden_size, hidden_size) / np.sqrt(hidden_size)
        self.bh = np.zeros(hidden_size)
        self.Wy = np.random.randn(hidden_size, output_size) / np.sqrt(hidden_size)
        self.by = np.zeros(output_size)

    def forward(self, inputs):
        self.memory = []
        h = np.zeros((inputs.shape[1], self.Wh.shape[0]))
        for t in range(inputs.shape[0]):
            step = {'x': inputs[t], 'h_old': h}
            h = np.tanh(inputs[t] @ self.Wx + h @ self.Wh + self.bh)
            step['h'] = h
            step['y'] = h @ self.Wy + self.by
            self.memory.append(step)
        outputs = np.array([s['y'] for s in self.memory])
        states = np.array([s['h'] for s in self.memory])
        return outputs, states

    def backward(self, d_outputs):
        gWx, gWh, gbh = 0 * self.Wx, 0 * self.Wh, 0 * self.bh
        gWy, gby = 0 * self.Wy, 0 * self.by
        future = np.zeros_like(self.memory[0]['h'])
        for step, dy in list(zip(self.memory, d_outputs))[::-1]:
            gWy = gWy + step['h'].T @ dy
            gby = gby + dy.sum(axis=0)
            delta = (dy @ self.Wy.T + future) * (1 - step['h'] ** 2)   # 误差项
            gWx = gWx + step['x'].T @ delta
            gWh = gWh + step['h_old'].T @ delta
            gbh = gbh + delta.sum(axis=0)
            future = delta @ self.Wh.T
        gWx, gWh, gbh, gWy, gby = (np.round(g, 2) for g in (gWx, gWh, gbh, gWy, gby))
        self.grad = {'Wx': gWx, 'Wh': gWh, 'bh': gbh, 'Wy': gWy, 'by': gby}
        return {'W_xh': gWx, 'W_hh': gWh, 'b_h': gbh, 'W_hy': gWy, 'b_y': gby}

    def update_parameters(self, learning_rate):
        for k, g in self.grad.items():
            self.__dict__[k] -= learning_rate * g


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
