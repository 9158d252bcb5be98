# -*- coding: utf-8 -*-
# 姓名: 张三  学号: 2023000000
import math

import matplotlib.pyplot as plt
import numpy as np


class SimpleRNN:
    MAX_NORM = 10.0

    def __init__(self, input_size, hidden_size, output_size):
        self.W_xh = np.random.randn(input_size, hidden_size) * np.sqrt(1.0 / input_size)
        self.W_hh = np.random.randn(hidden_size, hidden_size) * np.sqrt(1.0 / hidden_size)
        self.b_h = np.zeros(hidden_size)
        self.W_hy = np.random.randn(hidden_size, output_size) * np.sqrt(1.0 / hidden_size)
        self.b_y = np.zeros(output_size)

    def forward(self, inputs):
        T, B, _ = inputs.shape
        self.inputs = inputs
        self.z = np.zeros((T, B, self.b_h.size))
        h = np.zeros((B, self.b_h.size))
        hs = np.zeros_like(self.z)
        for t in range(T):
            self.z[t] = inputs[t] @ self.W_xh + h @ self.W_hh + self.b_h
            h = np.tanh(self.z[t])
            hs[t] = h
        self.hs = hs
        return hs @ self.W_hy + self.b_y, hs

    def backward(self, d_outputs):
        dW_xh, dW_hh, db_h = np.zeros_like(self.W_xh), np.zeros_like(self.W_hh), np.zeros_like(self.b_h)
        dh_next = np.zeros_like(self.hs[0])
        for t in reversed(range(len(self.inputs))):
            dh = d_outputs[t] @ self.W_hy.T + dh_next
            dz = dh * (1.0 - np.tanh(self.z[t]) ** 2)     # 用预激活值重新计算 tanh'
            dW_xh += self.inputs[t].T @ dz
            if t > 0:
                dW_hh += self.hs[t - 1].T @ dz
            db_h += dz.sum(axis=0)
            dh_next = dz @ self.W_hh.T
        dW_hy = np.tensordot(self.hs, d_outputs, axes=([0, 1], [0, 1]))
        db_y = d_outputs.sum(axis=(0, 1))
        self.grads = {'W_xh': dW_xh, 'W_hh': dW_hh, 'b_h': db_h, 'W_hy': dW_hy, 'b_y': db_y}
        return self.grads

    def update_parameters(self, learning_rate):
        # 按全局范数裁剪
        norm = np.sqrt(sum(np.sum(g ** 2) for g in self.grads.values()))
        scale = self.MAX_NORM / norm if norm > self.MAX_NORM else 1.0
        for name, g in self.grads.items():
            setattr(self, name, getattr(self, name) - learning_rate * scale * g)


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        self.H = hidden_size
        # 四个门合并成一个大矩阵,顺序: f, i, c, o
        self.W = np.random.randn(input_size, 4 * hidden_size) / np.sqrt(input_size)
        self.U = np.random.randn(hidden_size, 4 * hidden_size) / np.sqrt(hidden_size)
        self.b = np.zeros(4 * hidden_size)

    def forward(self, input_t, hidden_state, cell_state):
        H = self.H
        z = input_t @ self.W + hidden_state @ self.U + self.b
        f = 1 / (1 + np.exp(-z[:, 0 * H:1 * H]))
        i = 1 / (1 + np.exp(-z[:, 1 * H:2 * H]))
        g = np.tanh(z[:, 2 * H:3 * H])
        o = 1 / (1 + np.exp(-z[:, 3 * H:4 * H]))
        c_new = f * cell_state + i * g
        h_new = o * np.tanh(c_new)
        return h_new, c_new


def _fib(n):
    # Python 整数不会溢出, 最后再转成 float64
    values = [1, 1]
    for _ in range(n - 2):
        values.append(values[-1] + values[-2])
    return [float(v) for v in values[:n]]


GENERATORS = {
    'fibonacci': _fib,
    'sine': lambda n: [math.sin(0.3 * k) for k in range(n)],
    'sawtooth': lambda n: [(k % 10) / 10 for k in range(n)],
    'linear': lambda n: [0.01 * k for k in range(n)],
}


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length < 1')
    try:
        generator = GENERATORS[seq_type]
    except KeyError:
        raise ValueError('seq_type 只能是: ' + ', '.join(GENERATORS)) from None
    return np.array(generator(length), dtype=np.float64)


def train_rnn_on_sequence():
    # 直接用斐波那契数列的原始值训练(数值不大的前 22 项)
    data = generate_sequence_data('fibonacci', 22)
    split = 11
    error_by_length = {}
    for T in (1, 2, 3):
        rnn = SimpleRNN(1, 16, 1)
        X = np.array([data[i:i + T] for i in range(split - T)]).T[:, :, None]
        y = np.array([data[i + T] for i in range(split - T)])[:, None]
        losses = []
        for epoch in range(1500):
            out = np.array(rnn.forward(X)[0])
            diff = out[-1] - y
            losses.append(np.mean(diff ** 2))
            d = np.zeros(out.shape)
            d[-1] = 2 * diff / diff.size
            rnn.backward(d)
            rnn.update_parameters(0.002)
        Xt = np.array([data[i:i + T] for i in range(split - T, len(data) - T)]).T[:, :, None]
        targets = data[split:]
        predictions = np.array(rnn.forward(Xt)[0])[-1, :, 0]
        error_by_length[T] = np.mean(((predictions - targets) / targets) ** 2)
    fig, ax = plt.subplots(2)
    ax[0].plot(losses)
    ax[1].plot(targets, 'o-')
    ax[1].plot(predictions, 'x--')
    return {'losses': losses, 'predictions': predictions, 'targets': targets,
            'error_by_length': error_by_length, 'figure': fig}
