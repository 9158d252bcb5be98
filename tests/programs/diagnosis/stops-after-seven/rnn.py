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
    def __init__(self, word_dim, hidden_dim, out_dim):
        self.word_dim, self.hidden_dim, self.out_dim = word_dim, hidden_dim, out_dim
        self.W_xh = np.random.uniform(-np.sqrt(1. / word_dim), np.sqrt(1. / word_dim), (word_dim, hidden_dim))
        self.W_hh = np.random.uniform(-np.sqrt(1. / hidden_dim), np.sqrt(1. / hidden_dim), (hidden_dim, hidden_dim))
        self.W_hy = np.random.uniform(-np.sqrt(1. / hidden_dim), np.sqrt(1. / hidden_dim), (hidden_dim, out_dim))
        self.b_h = np.zeros(hidden_dim)
        self.b_y = np.zeros(out_dim)

    def forward_propagation(self, x):
        T = len(x)
        B = x.shape[1]
        # one additional element for the initial hidden state, at index -1
        s = np.zeros((T + 1, B, self.hidden_dim))
        s[-1] = np.zeros((B, self.hidden_dim))
        o = np.zeros((T, B, self.out_dim))
        for t in np.arange(T):
            s[t] = np.tanh(x[t].dot(self.W_xh) + s[t-1].dot(self.W_hh) + self.b_h)
            o[t] = s[t].dot(self.W_hy) + self.b_y
        return [o, s]

    def forward(self, inputs):
        self.x = np.array(inputs, dtype=float)
        self.o, self.s = self.forward_propagation(self.x)
        return self.o, self.s[:-1]

    def bptt(self, x, delta_o):
        T = len(x)
        s = self.s
        dLdU = np.zeros(self.W_xh.shape)
        dLdV = np.zeros(self.W_hy.shape)
        dLdW = np.zeros(self.W_hh.shape)
        dLdbh = np.zeros(self.hidden_dim)
        dLdby = np.zeros(self.out_dim)
        delta_t = np.zeros((x.shape[1], self.hidden_dim))
        for t in np.arange(T)[::-1]:
            if t < T - 7:
                break
            dLdV += s[t].T.dot(delta_o[t])
            dLdby += delta_o[t].sum(axis=0)
            delta_t = (delta_o[t].dot(self.W_hy.T) + delta_t.dot(self.W_hh.T)) * (1 - (s[t] ** 2))
            dLdW += s[t-1].T.dot(delta_t)
            dLdU += x[t].T.dot(delta_t)
            dLdbh += delta_t.sum(axis=0)
        return [dLdU, dLdV, dLdW, dLdbh, dLdby]

    def backward(self, d_outputs):
        self.dLdU, self.dLdV, self.dLdW, self.dLdbh, self.dLdby = self.bptt(self.x, d_outputs)
        return {'W_xh': self.dLdU, 'W_hh': self.dLdW, 'b_h': self.dLdbh, 'W_hy': self.dLdV, 'b_y': self.dLdby}

    def update_parameters(self, learning_rate):
        # SGD step
        self.W_xh -= learning_rate * self.dLdU
        self.W_hy -= learning_rate * self.dLdV
        self.W_hh -= learning_rate * self.dLdW
        self.b_h -= learning_rate * self.dLdbh
        self.b_y -= learning_rate * self.dLdby


def sigmoid(x):
    return np.where(x >= 0, 1 / (1 + np.exp(-np.abs(x))), np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x))))


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        k = 1 / np.sqrt(hidden_size)
        # forget gate
        self.W_f = np.random.uniform(-k, k, (input_size, hidden_size))
        self.U_f = np.random.uniform(-k, k, (hidden_size, hidden_size))
        self.b_f = np.zeros(hidden_size)
        # input gate
        self.W_i = np.random.uniform(-k, k, (input_size, hidden_size))
        self.U_i = np.random.uniform(-k, k, (hidden_size, hidden_size))
        self.b_i = np.zeros(hidden_size)
        # candidate
        self.W_c = np.random.uniform(-k, k, (input_size, hidden_size))
        self.U_c = np.random.uniform(-k, k, (hidden_size, hidden_size))
        self.b_c = np.zeros(hidden_size)
        # output gate
        self.W_o = np.random.uniform(-k, k, (input_size, hidden_size))
        self.U_o = np.random.uniform(-k, k, (hidden_size, hidden_size))
        self.b_o = np.zeros(hidden_size)

    def forward(self, input_t, hidden_state, cell_state):
        f_t = sigmoid(input_t @ self.W_f + hidden_state @ self.U_f + self.b_f)
        i_t = sigmoid(input_t @ self.W_i + hidden_state @ self.U_i + self.b_i)
        o_t = sigmoid(input_t @ self.W_o + hidden_state @ self.U_o + self.b_o)
        c_hat = np.tanh(input_t @ self.W_c + hidden_state @ self.U_c + self.b_c)
        c_t = f_t * cell_state + i_t * c_hat
        h_t = o_t * np.tanh(c_t)
        return h_t, c_t


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
