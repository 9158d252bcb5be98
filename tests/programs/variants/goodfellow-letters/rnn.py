# -*- coding: utf-8 -*-
# 姓名: 张三  学号: 2023000000
from collections import namedtuple

import matplotlib.pyplot as plt
import numpy as np


class SimpleRNN:
    # 记号和《深度学习》花书一致: U 输入权重, W 循环权重, V 输出权重, b / c 偏置
    def __init__(self, input_size, hidden_size, output_size):
        k = 1 / np.sqrt(hidden_size)
        self.U = np.random.uniform(-k, k, (hidden_size, input_size))
        self.W = np.random.uniform(-k, k, (hidden_size, hidden_size))
        self.V = np.random.uniform(-k, k, (output_size, hidden_size))
        self.b = np.zeros(hidden_size)
        self.c = np.zeros(output_size)

    def forward(self, x):
        T, N, D = x.shape
        H = self.W.shape[0]
        s = np.zeros((T + 1, N, H))      # s[-1] 即初始状态, 恒为 0
        o = np.zeros((T, N, self.V.shape[0]))
        for t in range(T):
            a = x[t].dot(self.U.T) + s[t - 1].dot(self.W.T) + self.b
            s[t] = np.tanh(a)
            o[t] = s[t].dot(self.V.T) + self.c
        self.cache = x, s
        return o, s[:T]

    def backward(self, d_outputs):
        x, s = self.cache
        T = x.shape[0]
        grad = {k: np.zeros_like(getattr(self, k)) for k in 'UWVbc'}
        ds = np.zeros_like(s[0])
        for t in range(T - 1, -1, -1):
            do = d_outputs[t]
            grad['V'] += do.T.dot(s[t])
            grad['c'] += do.sum(0)
            da = (do.dot(self.V) + ds) * (1.0 - np.square(s[t]))
            grad['U'] += da.T.dot(x[t])
            grad['W'] += da.T.dot(s[t - 1])
            grad['b'] += da.sum(0)
            ds = da.dot(self.W)
        self.grad = grad
        return grad

    def update_parameters(self, learning_rate):
        for k, g in self.grad.items():
            setattr(self, k, getattr(self, k) - learning_rate * g)


GateParams = namedtuple('GateParams', 'W U b')


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        def make():
            return GateParams(np.random.randn(hidden_size, input_size) * 0.1,
                              np.random.randn(hidden_size, hidden_size) * 0.1,
                              np.zeros(hidden_size))
        self.gates = {'forget': make(), 'input': make(), 'output': make(), 'memory': make()}

    def forward(self, input_t, hidden_state, cell_state):
        a = {name: input_t @ g.W.T + hidden_state @ g.U.T + g.b for name, g in self.gates.items()}
        s = {name: 1 / (1 + np.exp(-a[name])) for name in ('forget', 'input', 'output')}
        memory = s['forget'] * cell_state + s['input'] * np.tanh(a['memory'])
        return s['output'] * np.tanh(memory), memory


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length 必须 >= 1')
    if seq_type == 'fibonacci':
        seq = np.zeros(length, dtype=np.float64)
        a, b = 1.0, 1.0
        for i in range(length):
            seq[i] = a
            a, b = b, a + b
        return seq
    elif seq_type == 'sine':
        return np.sin(np.linspace(0, 8 * np.pi, length))
    else:
        raise ValueError(f'未知的序列类型: {seq_type}')


def train_rnn_on_sequence():
    rng = np.random.default_rng(7)
    n = np.arange(800)
    series = np.sin(0.2 * n) + 0.5 * np.sin(0.37 * n) + 0.03 * rng.standard_normal(800)
    train, test = series[:640], series[640:]
    # 标准化参数只用训练集计算
    mu, sigma = train.mean(), train.std()
    train_z, test_z = (train - mu) / sigma, (test - mu) / sigma

    def dataset(z, T):
        X = np.stack([z[k:k + T] for k in range(len(z) - T)], axis=1)[:, :, None]
        return X, z[T:][:, None]

    error_by_length, curves = {}, {}
    for T in (2, 4, 8, 16):
        rnn = SimpleRNN(1, 16, 1)
        X, y = dataset(train_z, T)
        loss_list = []
        for epoch in range(25):
            perm = rng.permutation(X.shape[1])
            total = 0.0
            for s in range(0, len(perm), 32):
                b = perm[s:s + 32]
                out = np.array(rnn.forward(X[:, b])[0])
                e = out[-1] - y[b]
                total += np.sum(e ** 2)
                d = np.zeros_like(out)
                d[-1] = 2 * e / len(b)
                rnn.backward(d)
                rnn.update_parameters(0.05)
            loss_list.append(total / len(perm))
        curves[T] = loss_list
        Xt, yt = dataset(test_z, T)
        p = np.array(rnn.forward(Xt)[0])[-1, :, 0] * sigma + mu
        t = yt[:, 0] * sigma + mu
        error_by_length[T] = np.mean((p - t) ** 2)
    fig, (ax1, ax2, ax3) = plt.subplots(3, 1, figsize=(8, 9))
    for T, c in curves.items():
        ax1.plot(c, label=f'T={T}')
    ax1.set_yscale('log')
    ax1.legend()
    ax2.plot(t, 'k-')
    ax2.plot(p, 'r--')
    ax3.bar([str(T) for T in error_by_length], list(error_by_length.values()))
    plt.show()
    return {'losses': loss_list, 'predictions': p, 'targets': t, 'error_by_length': error_by_length, 'figure': fig}
