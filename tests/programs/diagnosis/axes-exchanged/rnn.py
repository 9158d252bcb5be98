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


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(x @ Wx + prev_h @ Wh + b)
    cache = (x, prev_h, next_h, Wx, Wh)
    return next_h, cache


def rnn_step_backward(dnext_h, cache):
    x, prev_h, next_h, Wx, Wh = cache
    dz = dnext_h * (1 - next_h ** 2)
    dx = dz.dot(Wx.T)
    dprev_h = dz.dot(Wh.T)
    dWx = x.T.dot(dz)
    dWh = prev_h.T.dot(dz)
    db = np.sum(dz, axis=0)
    return dx, dprev_h, dWx, dWh, db


def rnn_forward(x, h0, Wx, Wh, b):
    N, T, D = x.shape
    H = h0.shape[1]
    h = np.zeros((N, T, H))
    caches = []
    prev = h0
    for t in range(T):
        prev, cache = rnn_step_forward(x[:, t, :], prev, Wx, Wh, b)
        h[:, t, :] = prev
        caches.append(cache)
    return h, caches


def rnn_backward(dh, caches):
    N, T, H = dh.shape
    D = caches[0][0].shape[1]
    dx = np.zeros((N, T, D))
    dWx, dWh, db = np.zeros((D, H)), np.zeros((H, H)), np.zeros(H)
    dprev = np.zeros((N, H))
    for t in range(T - 1, -1, -1):
        dx[:, t, :], dprev, dWx_t, dWh_t, db_t = rnn_step_backward(dh[:, t, :] + dprev, caches[t])
        dWx += dWx_t
        dWh += dWh_t
        db += db_t
    return dx, dprev, dWx, dWh, db


def temporal_affine_forward(x, w, b):
    N, T, D = x.shape
    M = b.shape[0]
    out = x.reshape(N * T, D).dot(w).reshape(N, T, M) + b
    return out, (x, w, b, out)


def temporal_affine_backward(dout, cache):
    x, w, b, out = cache
    N, T, D = x.shape
    M = b.shape[0]
    dx = dout.reshape(N * T, M).dot(w.T).reshape(N, T, D)
    dw = dout.reshape(N * T, M).T.dot(x.reshape(N * T, D)).T
    db = dout.sum(axis=(0, 1))
    return dx, dw, db


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.H = hidden_size
        self.W_xh = np.random.randn(input_size, hidden_size) / np.sqrt(input_size)
        self.W_hh = np.random.randn(hidden_size, hidden_size) / np.sqrt(hidden_size)
        self.b_h = np.zeros(hidden_size)
        self.W_hy = np.random.randn(hidden_size, output_size) / np.sqrt(hidden_size)
        self.b_y = np.zeros(output_size)

    def forward(self, inputs):
        x = inputs
        h0 = np.zeros((x.shape[0], self.H))
        h, self.c1 = rnn_forward(x, h0, self.W_xh, self.W_hh, self.b_h)
        out, self.c2 = temporal_affine_forward(h, self.W_hy, self.b_y)
        return out, h

    def backward(self, d_outputs):
        dout = d_outputs
        dh, dWy, dby = temporal_affine_backward(dout, self.c2)
        dx, dh0, dWx, dWh, db = rnn_backward(dh, self.c1)
        self.grads = {'W_xh': dWx, 'W_hh': dWh, 'b_h': db, 'W_hy': dWy, 'b_y': dby}
        return self.grads

    def update_parameters(self, learning_rate):
        for p, w in self.grads.items():
            setattr(self, p, getattr(self, p) - learning_rate * w)


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


def _fib():
    a, b = 1, 1
    while True:
        yield a
        a, b = b, a + b


def _sine():
    k = 0
    while True:
        yield math.sin(2 * math.pi * k / 50)
        k += 1


_KINDS = {'fibonacci': _fib, 'sine': _sine}


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if seq_type not in _KINDS:
        raise ValueError(seq_type)
    if length < 1:
        raise ValueError(length)
    return np.fromiter(islice(_KINDS[seq_type](), length), dtype=np.float64, count=length)


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
