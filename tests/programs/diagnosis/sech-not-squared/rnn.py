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
        sech2 = 1.0 / np.cosh(self.pre)
        back = np.zeros((B, T, self.sizes[1]))
        message = np.zeros((B, self.sizes[1]))
        for k in range(T)[::-1]:
            back[:, k] = sech2[:, k] * (err[:, k] @ self.W_hy.T + message)
            message = back[:, k] @ self.W_hh.T
        both = ((0, 1), (0, 1))
        self.dW_xh = np.tensordot(self.seq, back, axes=both)
        self.dW_hh = np.tensordot(self.act[:, :-1], back, axes=both)
        self.db_h = back.sum(axis=(0, 1))
        self.dW_hy = np.tensordot(self.act[:, 1:], err, axes=both)
        self.db_y = err.sum(axis=(0, 1))
        return {'W_xh': self.dW_xh, 'W_hh': self.dW_hh, 'b_h': self.db_h, 'W_hy': self.dW_hy, 'b_y': self.db_y}

    def update_parameters(self, learning_rate):
        for name in ['W_xh', 'W_hh', 'b_h', 'W_hy', 'b_y']:
            step = learning_rate * getattr(self, 'd' + name)
            setattr(self, name, getattr(self, name) - step)


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        r = np.random.RandomState()
        s = lambda *shape: r.randn(*shape) * 0.1
        self.W_f, self.U_f, self.b_f = s(input_size, hidden_size), s(hidden_size, hidden_size), np.zeros(hidden_size)
        self.W_i, self.U_i, self.b_i = s(input_size, hidden_size), s(hidden_size, hidden_size), np.zeros(hidden_size)
        self.W_c, self.U_c, self.b_c = s(input_size, hidden_size), s(hidden_size, hidden_size), np.zeros(hidden_size)
        self.W_o, self.U_o, self.b_o = s(input_size, hidden_size), s(hidden_size, hidden_size), np.zeros(hidden_size)

    def forward(self, input_t, hidden_state, cell_state):
        # 逐个样本计算
        B = input_t.shape[0]
        new_h = np.zeros_like(hidden_state, dtype=float)
        new_c = np.zeros_like(cell_state, dtype=float)
        sig = lambda v: np.exp(-np.logaddexp(0, -v))
        for n in range(B):
            x, h, c = input_t[n], hidden_state[n], cell_state[n]
            # 遗忘门
            f = sig(self.W_f.T @ x + self.U_f.T @ h + self.b_f)
            # 输入门
            i = sig(self.W_i.T @ x + self.U_i.T @ h + self.b_i)
            # 候选
            g = np.tanh(self.W_c.T @ x + self.U_c.T @ h + self.b_c)
            # 输出门
            o = sig(self.W_o.T @ x + self.U_o.T @ h + self.b_o)
            new_c[n] = f * c + i * g
            new_h[n] = o * np.tanh(new_c[n])
        return new_h, new_c


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
