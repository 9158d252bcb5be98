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
    """Batch first inside, tensordot for the sums."""

    def __init__(self, input_size, hidden_size, output_size):
        self.sizes = input_size, hidden_size, output_size
        lim = lambda a, b: (6 / (a + b)) ** 0.5
        self.W_xh = np.random.uniform(-lim(input_size, hidden_size), lim(input_size, hidden_size), self.sizes[:2])
        q, _ = np.linalg.qr(np.random.randn(hidden_size, hidden_size))
        self.W_hh = q * 0.9
        self.b_h = np.zeros((hidden_size,))
        self.W_hy = np.random.uniform(-lim(hidden_size, output_size), lim(hidden_size, output_size), self.sizes[1:])
        self.b_y = np.zeros((output_size,))

    def forward(self, inputs):
        seq = inputs.transpose(1, 0, 2)          # (B, T, I)
        B, T, _ = seq.shape
        H = self.sizes[1]
        pre = np.empty((B, T, H))
        act = np.zeros((B, T + 1, H))            # act[:, 0] is h_0
        for k in range(T):
            pre[:, k] = seq[:, k] @ self.W_xh + act[:, k] @ self.W_hh + self.b_h
            act[:, k + 1] = np.tanh(pre[:, k])
        self.seq, self.pre, self.act = seq, pre, act
        out = np.tensordot(act[:, 1:], self.W_hy, axes=1) + self.b_y
        return out.transpose(1, 0, 2), act[:, 1:].transpose(1, 0, 2)

    def backward(self, d_outputs):
        err = d_outputs.transpose(1, 0, 2)
        B, T, _ = err.shape
        sech2 = 1.0 / np.cosh(self.pre) ** 2
        back = np.zeros((B, T, self.sizes[1]))
        message = np.zeros((B, self.sizes[1]))
        for k in range(T)[::-1]:
            back[:, k] = sech2[:, k] * (err[:, k] @ self.W_hy.T + message)
            message = back[:, k] @ self.W_hh.T
        both = ((0, 1), (0, 1))
        self.dW_xh = np.tensordot(self.seq, back, axes=both)
        self.dW_hh = np.tensordot(self.act[:, :-1], back, axes=both)
        self.db_h = back[:, -1].sum(axis=0)
        self.dW_hy = np.tensordot(self.act[:, 1:], err, axes=both)
        self.db_y = err.sum(axis=(0, 1))
        return {'W_xh': self.dW_xh, 'W_hh': self.dW_hh, 'b_h': self.db_h, 'W_hy': self.dW_hy, 'b_y': self.db_y}

    def update_parameters(self, learning_rate):
        for name in ['W_xh', 'W_hh', 'b_h', 'W_hy', 'b_y']:
            step = learning_rate * getattr(self, 'd' + name)
            setattr(self, name, getattr(self, name) - step)


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
