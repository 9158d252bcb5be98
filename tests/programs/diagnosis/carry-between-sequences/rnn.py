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
    def __init__(self, input_size, hidden_size, output_size):
        # 保存大小
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.output_size = output_size
        # Xavier 初始化
        self.W_xh = np.random.randn(input_size, hidden_size) * np.sqrt(1 / input_size)
        self.W_hh = np.random.randn(hidden_size, hidden_size) * np.sqrt(1 / hidden_size)
        self.W_hy = np.random.randn(hidden_size, output_size) * np.sqrt(1 / hidden_size)
        self.b_h = np.zeros(hidden_size)
        self.b_y = np.zeros(output_size)

    def forward(self, inputs):
        T, B, I = inputs.shape
        self.inputs = inputs
        self.T = T
        self.B = B
        outputs = np.zeros((T, B, self.output_size))
        hidden_states = np.zeros((T, B, self.hidden_size))
        # 一个样本一个样本地算
        for n in range(B):
            h = np.zeros(self.hidden_size)
            for t in range(T):
                h = np.tanh(inputs[t, n].dot(self.W_xh) + h.dot(self.W_hh) + self.b_h)
                hidden_states[t, n] = h
                outputs[t, n] = h.dot(self.W_hy) + self.b_y
        self.hidden_states = hidden_states
        return outputs, hidden_states

    def backward(self, d_outputs):
        self.dW_xh = np.zeros_like(self.W_xh)
        self.dW_hh = np.zeros_like(self.W_hh)
        self.dW_hy = np.zeros_like(self.W_hy)
        self.db_h = np.zeros_like(self.b_h)
        self.db_y = np.zeros_like(self.b_y)
        dh_next = np.zeros(self.hidden_size)
        for n in range(self.B):
            # 从最后一个时间步往前
            for t in range(self.T - 1, -1, -1):
                dy = d_outputs[t, n]
                h = self.hidden_states[t, n]
                if t > 0:
                    h_prev = self.hidden_states[t - 1, n]
                else:
                    h_prev = np.zeros(self.hidden_size)
                self.dW_hy += np.outer(h, dy)
                self.db_y += dy
                dh = self.W_hy.dot(dy) + dh_next
                dz = dh * (1 - h ** 2)
                self.dW_xh += np.outer(self.inputs[t, n], dz)
                self.dW_hh += np.outer(h_prev, dz)
                self.db_h += dz
                dh_next = self.W_hh.dot(dz)
        grads = {}
        grads['W_xh'] = self.dW_xh
        grads['W_hh'] = self.dW_hh
        grads['b_h'] = self.db_h
        grads['W_hy'] = self.dW_hy
        grads['b_y'] = self.db_y
        return grads

    def update_parameters(self, learning_rate):
        self.W_xh = self.W_xh - learning_rate * self.dW_xh
        self.W_hh = self.W_hh - learning_rate * self.dW_hh
        self.W_hy = self.W_hy - learning_rate * self.dW_hy
        self.b_h = self.b_h - learning_rate * self.db_h
        self.b_y = self.b_y - learning_rate * self.db_y


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
