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
    # one matrix W for the concatenation [x, h, 1]
    def __init__(self, input_size, hidden_size, output_size):
        I, H, O = input_size, hidden_size, output_size
        self.I, self.H, self.O = I, H, O
        self.W = np.random.randn(I + H, H) / np.sqrt(I + H)
        self.b = np.zeros((1, H))
        self.V = np.random.randn(H, O) / np.sqrt(H)
        self.c = np.zeros((1, O))

    def forward(self, inputs):
        T, B = inputs.shape[:2]
        h = np.zeros((B, self.H))
        self.zs, self.hs = [], []
        ys = np.empty((T, B, self.O))
        for t, x in enumerate(inputs):
            z = np.hstack([h, x])
            h = np.tanh(z @ self.W + self.b)
            self.zs.append(z)
            self.hs.append(h)
            ys[t] = h @ self.V + self.c
        return ys, np.array(self.hs)

    def backward(self, d_outputs):
        dW = np.zeros_like(self.W)
        db = np.zeros_like(self.b)
        dV = np.zeros_like(self.V)
        dc = np.zeros_like(self.c)
        carry = np.zeros_like(self.hs[0])
        for t in range(len(self.hs) - 1, -1, -1):
            dy, h, z = d_outputs[t], self.hs[t], self.zs[t]
            dV += h.T @ dy
            dc += dy.sum(axis=0, keepdims=True)
            da = (dy @ self.V.T + carry) * (1.0 - h * h)
            dW += z.T @ da
            db += da.sum(axis=0, keepdims=True)
            dz = da @ self.W.T
            carry = dz[:, self.I:]
        self.dW, self.db, self.dV, self.dc = dW, db, dV, dc
        return {'W_xh': dW[:self.I], 'W_hh': dW[self.I:], 'b_h': db[0], 'W_hy': dV, 'b_y': dc[0]}

    def update_parameters(self, learning_rate):
        self.W = self.W - learning_rate * self.dW
        self.b = self.b - learning_rate * self.db
        self.V = self.V - learning_rate * self.dV
        self.c = self.c - learning_rate * self.dc


class Gate:
    def __init__(self, n_in, n_hid, activation):
        self.W = np.random.randn(n_in, n_hid) / np.sqrt(n_in)
        self.U = np.random.randn(n_hid, n_hid) / np.sqrt(n_hid)
        self.b = np.zeros((1, n_hid))
        self.activation = activation

    def __call__(self, x, h):
        return self.activation(np.dot(x, self.W) + np.dot(h, self.U) + self.b)


def stable_sigmoid(z):
    z = np.clip(z, -60, 60)
    return 1.0 / (1.0 + np.exp(-z))


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        self.forget = Gate(input_size, hidden_size, stable_sigmoid)
        self.inp = Gate(input_size, hidden_size, stable_sigmoid)
        self.cand = Gate(input_size, hidden_size, np.tanh)
        self.out = Gate(input_size, hidden_size, stable_sigmoid)

    def forward(self, input_t, hidden_state, cell_state):
        keep = self.forget(input_t, hidden_state) * cell_state
        write = self.inp(input_t, hidden_state) * self.cand(input_t, hidden_state)
        c = keep + write
        return self.out(input_t, hidden_state) * np.tanh(c), c


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
