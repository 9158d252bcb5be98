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
        self.grad = {'Wx': gWx, 'Wh': gWh, 'bh': gbh, 'Wy': gWy, 'by': gby}
        return {'W_xh': gWx, 'W_hh': gWh, 'b_h': gbh, 'W_hy': gWy, 'b_y': gby}

    def update_parameters(self, learning_rate):
        for k, g in self.grad.items():
            self.__dict__[k] -= learning_rate * g


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
        c = f * (cell_state + i * g)
        h = o * np.tanh(c)
        return h, c


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length must be at least 1')
    if seq_type == 'fibonacci':
        data = np.zeros(length, dtype=np.float64)
        data[0] = 0
        if length > 1:
            data[1] = 1
        for i in range(2, length):
            data[i] = data[i - 1] + data[i - 2]
        return data
    elif seq_type == 'sine':
        return np.sin(np.linspace(0, 20 * np.pi, length))
    else:
        raise ValueError('unknown sequence type: ' + str(seq_type))


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
