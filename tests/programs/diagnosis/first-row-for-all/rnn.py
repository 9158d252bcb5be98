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
        return dict(zip(['W_xh', 'W_hh', 'b_h', 'W_hy', 'b_y'], self.grad))

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
            x, h, c = input_t[n], hidden_state[0], cell_state[n]
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


def make_dataset(series, seq_len):
    xs, ys = [], []
    for start in range(0, len(series) - seq_len):
        xs.append(series[start:start + seq_len])
        ys.append(series[start + 1:start + seq_len + 1])
    xs = np.array(xs).T.reshape(seq_len, -1, 1)
    ys = np.array(ys).T.reshape(seq_len, -1, 1)
    return xs, ys


def fit(train_series, seq_len, epochs=40, lr=0.05, batch=32):
    """小批量随机梯度下降；每一步都有目标"""
    rng = np.random.default_rng(seq_len)
    X, Y = make_dataset(train_series, seq_len)
    net = SimpleRNN(1, 20, 1)
    history = []
    for _ in range(epochs):
        order = rng.permutation(X.shape[1])
        total, count = 0.0, 0
        for s in range(0, len(order), batch):
            idx = order[s:s + batch]
            out, _ = net.forward(X[:, idx])
            diff = out - Y[:, idx]
            total += float((diff ** 2).sum())
            count += diff.size
            net.backward(2 * diff / diff.size)
            net.update_parameters(lr)
        history.append(total / count)
    return net, history


def train_rnn_on_sequence():
    np.random.seed(1)
    series = generate_sequence_data('sine', 500)
    cut = 400
    lo, hi = series[:cut].min(), series[:cut].max()
    scaled = 2 * (series - lo) / (hi - lo) - 1
    train_part, test_part = scaled[:cut], scaled[cut:]
    errors = {}
    results = {}
    for seq_len in [4, 8, 16]:
        net, history = fit(train_part, seq_len)
        X, Y = make_dataset(test_part, seq_len)
        out, _ = net.forward(X)
        pred = (out[-1, :, 0] + 1) / 2 * (hi - lo) + lo
        true = (Y[-1, :, 0] + 1) / 2 * (hi - lo) + lo
        errors[seq_len] = float(np.sqrt(np.mean((pred - true) ** 2)))
        results[seq_len] = (history, pred, true)
    history, pred, true = results[16]
    fig = plt.figure()
    a = fig.add_subplot(2, 1, 1)
    a.semilogy(history)
    a.set_xlabel('epoch')
    b = fig.add_subplot(2, 1, 2)
    b.plot(true, 'k-', label='真实值')
    b.plot(pred, 'r--', label='预测')
    return dict(losses=history, predictions=pred, targets=true, error_by_length=errors, figure=fig)
