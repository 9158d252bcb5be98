# -*- coding: utf-8 -*-
# 姓名: 张三  学号: 2023000000
import itertools

import matplotlib.pyplot as plt
import numpy as np

np.random.seed(2024)  # 结果可复现

plt.rcParams['axes.unicode_minus'] = False


class SimpleRNN:
    """权重在第一次 forward 时才创建"""

    def __init__(self, input_size, hidden_size, output_size):
        self.sizes = (input_size, hidden_size, output_size)
        self.built = False

    def _build(self):
        I, H, O = self.sizes
        self.Wx = np.random.randn(I, H) * np.sqrt(2.0 / (I + H))
        self.Wh = np.random.randn(H, H) * np.sqrt(1.0 / H)
        self.Wy = np.random.randn(H, O) * np.sqrt(2.0 / (H + O))
        self.bh, self.by = np.zeros(H), np.zeros(O)
        self.built = True

    def forward(self, inputs):
        if not self.built:
            self._build()
        self.inputs = inputs
        h = np.zeros((inputs.shape[1], self.sizes[1]))
        self.h_prev, self.h_cur, outputs = [], [], []
        for x in inputs:
            self.h_prev.append(h)
            h = np.tanh(x @ self.Wx + h @ self.Wh + self.bh)
            self.h_cur.append(h)
            outputs.append(h @ self.Wy + self.by)
        return np.array(outputs), np.array(self.h_cur)

    def backward(self, d_outputs):
        self.dWx, self.dWh, self.dWy = 0, 0, 0
        self.dbh, self.dby = 0, 0
        dh_next = 0
        for t in range(len(self.inputs) - 1, -1, -1):
            dy, h = d_outputs[t], self.h_cur[t]
            self.dWy = self.dWy + h.T @ dy
            self.dby = self.dby + dy.sum(0)
            dz = (dy @ self.Wy.T + dh_next) * (1 - h ** 2)
            self.dWx = self.dWx + self.inputs[t].T @ dz
            self.dWh = self.dWh + self.h_prev[t].T @ dz
            self.dbh = self.dbh + dz.sum(0)
            dh_next = dz @ self.Wh.T
        return [self.dWx, self.dWh, self.dbh, self.dWy, self.dby]

    def update_parameters(self, learning_rate):
        self.Wx -= learning_rate * self.dWx
        self.Wh += learning_rate * self.dWh
        self.bh -= learning_rate * self.dbh
        self.Wy -= learning_rate * self.dWy
        self.by -= learning_rate * self.dby


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        self.input_size, self.hidden_size = input_size, hidden_size
        self.W_gates = None

    def forward(self, input_t, hidden_state, cell_state):
        if self.W_gates is None:        # 第一次调用时初始化
            n = self.input_size + self.hidden_size
            self.W_gates = np.random.randn(n, 4 * self.hidden_size) / np.sqrt(n)
            self.b_gates = np.zeros((1, 4 * self.hidden_size))
        z = np.concatenate([hidden_state, input_t], axis=1) @ self.W_gates + self.b_gates
        g, f, i, o = np.split(z, 4, axis=1)      # 候选, 遗忘, 输入, 输出
        f, i, o = [1 / (1 + np.exp(-v)) for v in (f, i, o)]
        new_cell_state = f * cell_state + i * np.tanh(g)
        return o * np.tanh(new_cell_state), new_cell_state


def _fibonacci_terms():
    a, b = 0.0, 1.0
    while True:
        yield a
        a, b = b, a + b


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length <= 0:
        raise ValueError('length 必须为正')
    if seq_type == 'fibonacci':
        return np.fromiter(itertools.islice(_fibonacci_terms(), length), dtype=float, count=length)
    if seq_type == 'sine':
        return np.sin(np.arange(length, dtype=float) * 2 * np.pi / 50)
    if seq_type == 'sum_of_sines':
        n = np.arange(length, dtype=float)
        return np.sin(0.2 * n) + 0.5 * np.sin(0.311 * n)
    raise ValueError(f'unknown sequence type {seq_type!r}')


def train_rnn_on_sequence():
    data = generate_sequence_data('sine', 700) * 3 + 10
    train, test = data[:500], data[500:]
    lo, hi = train.min(), train.max()
    scale = lambda v: (v - lo) / (hi - lo) * 2 - 1
    unscale = lambda v: (v + 1) / 2 * (hi - lo) + lo

    def xy(v, T):
        v = scale(v)
        windows = np.lib.stride_tricks.sliding_window_view(v, T + 1)
        return windows[:, :-1].T[..., None].copy(), windows[:, 1:].T[..., None].copy()

    error_by_length = {}
    for T in (2, 5, 15):
        rnn = SimpleRNN(1, 14, 1)
        X, Y = xy(train, T)
        Xv, Yv = xy(test, T)
        losses, val_losses = [], []
        for epoch in range(220):
            out = np.array(rnn.forward(X)[0])
            losses.append(np.mean((out - Y) ** 2))
            rnn.backward(2 * (out - Y) / Y.size)
            rnn.update_parameters(0.12)
            # 每 10 轮看一下验证误差
            if epoch % 10 == 0:
                val_losses.append(np.mean((np.array(rnn.forward(Xv)[0]) - Yv) ** 2))
        pred = unscale(np.array(rnn.forward(Xv)[0])[-1, :, 0])
        true = unscale(Yv[-1, :, 0])
        error_by_length[T] = np.mean(np.abs(pred - true))       # MAE, 原始单位
        # 训练集上的拟合情况也画出来
        fit = unscale(np.array(rnn.forward(X)[0])[-1, :, 0])
    fig = plt.figure()
    ax = fig.add_subplot(2, 1, 1)
    ax.plot(losses, label='train')
    ax.plot(range(0, 220, 10), val_losses, label='val')
    ax.legend()
    ax = fig.add_subplot(2, 1, 2)
    ax.plot(range(500 - 15), fit, 'g', label='train fit')
    ax.plot(range(515, 700), true, 'b', label='true')
    ax.plot(range(515, 700), pred, 'r--', label='pred')
    return {'losses': losses, 'predictions': pred, 'targets': true, 'error_by_length': error_by_length, 'figure': fig}
