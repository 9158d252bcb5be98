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
    """d2l 风格：参数列表"""

    def __init__(self, num_inputs, num_hiddens, num_outputs):
        self.num_hiddens = num_hiddens

        def normal(shape):
            return np.random.normal(size=shape) / np.sqrt(shape[0])

        # 隐藏层参数
        self.W_xh = normal((num_inputs, num_hiddens))
        self.W_hh = normal((num_hiddens, num_hiddens))
        self.b_h = np.zeros(num_hiddens)
        # 输出层参数
        self.W_hy = normal((num_hiddens, num_outputs))
        self.b_y = np.zeros(num_outputs)

    def init_rnn_state(self, batch_size):
        return (np.zeros((batch_size, self.num_hiddens)),)

    def rnn(self, inputs, state):
        H, = state
        outputs, states = [], [H]
        # 遍历时间步
        for X in inputs:
            H = np.tanh(np.dot(X, self.W_xh) + np.dot(H, self.W_hh) + self.b_h)
            Y = np.dot(H, self.W_hy) + self.b_y
            outputs.append(Y)
            states.append(H)
        return outputs, states

    def forward(self, inputs):
        self.X = inputs
        outputs, self.states = self.rnn(inputs, self.init_rnn_state(inputs.shape[1]))
        return np.stack(outputs), np.stack(self.states[1:])

    def backward(self, d_outputs):
        T = len(d_outputs)
        dW_xh, dW_hh, db_h, dW_hy, db_y = [np.zeros_like(p) for p in self.params()]
        dH = 0
        for t in range(T - 1, -1, -1):
            H, H_prev = self.states[t + 1], self.states[t]
            # 输出层
            dW_hy += np.dot(H.T, d_outputs[t])
            db_y += d_outputs[t].sum(0)
            # 隐藏层
            dH = dH + np.dot(d_outputs[t], self.W_hy.T)
            dZ = dH * (1 - H ** 2)
            dW_xh += np.dot(self.X[t].T, dZ)
            dW_hh += np.dot(H_prev.T, dZ)
            db_h += dZ.sum(0)
            # 传到前一个时间步
            dH = np.dot(dZ, self.W_hh.T)
        self.grad = [dW_xh, dW_hh, db_h, dW_hy, db_y]
        return dict(zip(['W_xh', 'W_hh', 'W_hy', 'b_h', 'b_y'], self.grad))

    def params(self):
        return [self.W_xh, self.W_hh, self.b_h, self.W_hy, self.b_y]

    def update_parameters(self, learning_rate):
        # sgd
        for param, grad in zip(self.params(), self.grad):
            param -= learning_rate * grad


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
    np.random.seed(0)
    data = generate_sequence_data('sine', 600)
    split = int(len(data) * 0.8)
    train, test = data[:split], data[split:]
    mu, sd = train.mean(), train.std()
    train_n = (train - mu) / sd
    test_n = (test - mu) / sd

    def windows(series, n):
        X = np.array([series[i:i + n] for i in range(len(series) - n)])
        Y = np.array([series[i + n] for i in range(len(series) - n)])
        return X.T[:, :, None], Y[:, None]

    error_by_length = {}
    kept = None
    for n in (5, 10, 20):
        X, Y = windows(train_n, n)
        Xt, Yt = windows(test_n, n)
        rnn = SimpleRNN(1, 16, 1)
        losses = []
        for epoch in range(150):
            out, _ = rnn.forward(X)
            err = out[-1] - Y
            losses.append(float(np.mean(err ** 2)))
            d = np.zeros_like(out)
            d[-1] = 2 * err / err.size
            rnn.backward(d)
            rnn.update_parameters(0.1)
        pred = rnn.forward(Xt)[0][-1]
        p = pred[:, 0] * sd + mu
        y = Yt[:, 0] * sd + mu
        error_by_length[n] = float(np.mean((p - y) ** 2))
        if n == 10:
            kept = (losses, p, y)
    losses, p, y = kept
    fig, ax = plt.subplots(1, 2, figsize=(10, 4))
    ax[0].plot(losses)
    ax[0].set_title('training loss')
    ax[1].plot(y, label='truth')
    ax[1].plot(p, label='prediction')
    ax[1].legend()
    return {'losses': losses, 'predictions': p, 'targets': y, 'error_by_length': error_by_length, 'figure': fig}
