# -*- coding: utf-8 -*-
# 姓名: 张三  学号: 2023000000
import math

import matplotlib.pyplot as plt
import numpy as np


class SimpleRNN:
    """列向量写法: h = tanh(Wxh·x + Whh·h + bh),偏置为列向量"""

    def __init__(self, input_size, hidden_size, output_size):
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.output_size = output_size
        self.Wxh = np.random.randn(hidden_size, input_size) * 0.01
        self.Whh = np.random.randn(hidden_size, hidden_size) * 0.01
        self.Why = np.random.randn(output_size, hidden_size) * 0.01
        self.bh = np.zeros((hidden_size, 1))
        self.by = np.zeros((output_size, 1))

    def forward(self, inputs):
        T, B, _ = inputs.shape
        self.xs, self.hs = {}, {}
        self.hs[-1] = np.zeros((self.hidden_size, B))
        ys = []
        for t in range(T):
            self.xs[t] = inputs[t].T                                   # (I, B)
            self.hs[t] = np.tanh(np.dot(self.Wxh, self.xs[t]) + np.dot(self.Whh, self.hs[t - 1]) + self.bh)
            ys.append((np.dot(self.Why, self.hs[t]) + self.by).T)      # (B, O)
        outputs = np.array(ys)
        hidden_states = np.array([self.hs[t].T for t in range(T)])
        return outputs, hidden_states

    def backward(self, d_outputs):
        dWxh, dWhh, dWhy = np.zeros_like(self.Wxh), np.zeros_like(self.Whh), np.zeros_like(self.Why)
        dbh, dby = np.zeros_like(self.bh), np.zeros_like(self.by)
        dhnext = np.zeros_like(self.hs[0])
        for t in reversed(range(len(self.xs))):
            dy = d_outputs[t].T
            dWhy += np.dot(dy, self.hs[t].T)
            dby += np.sum(dy, axis=1, keepdims=True)
            dh = np.dot(self.Why.T, dy) + dhnext
            dhraw = (1 - self.hs[t] * self.hs[t]) * dh
            dbh += np.sum(dhraw, axis=1, keepdims=True)
            dWxh += np.dot(dhraw, self.xs[t].T)
            dWhh += np.dot(dhraw, self.hs[t - 1].T)
            dhnext = np.dot(self.Whh.T, dhraw)
        self.dparams = (dWxh, dWhh, dWhy, dbh, dby)
        return dWxh, dWhh, dWhy, dbh, dby

    def update_parameters(self, learning_rate):
        for param, dparam in zip([self.Wxh, self.Whh, self.Why, self.bh, self.by], self.dparams):
            param += -learning_rate * dparam


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        bound = 1.0 / math.sqrt(hidden_size)
        u = lambda *s: np.random.uniform(-bound, bound, s)
        # 每个门: 输入侧和隐藏侧各有一个偏置
        self.W_ii, self.W_if, self.W_ig, self.W_io = (u(hidden_size, input_size) for _ in range(4))
        self.W_hi, self.W_hf, self.W_hg, self.W_ho = (u(hidden_size, hidden_size) for _ in range(4))
        self.b_ii, self.b_if, self.b_ig, self.b_io = (u(hidden_size) for _ in range(4))
        self.b_hi, self.b_hf, self.b_hg, self.b_ho = (u(hidden_size) for _ in range(4))

    def forward(self, input_t, hidden_state, cell_state):
        sigmoid = lambda v: 1 / (1 + np.exp(-v))
        i = sigmoid(input_t @ self.W_ii.T + self.b_ii + hidden_state @ self.W_hi.T + self.b_hi)
        f = sigmoid(input_t @ self.W_if.T + self.b_if + hidden_state @ self.W_hf.T + self.b_hf)
        g = np.tanh(input_t @ self.W_ig.T + self.b_ig + hidden_state @ self.W_hg.T + self.b_hg)
        o = sigmoid(input_t @ self.W_io.T + self.b_io + hidden_state @ self.W_ho.T + self.b_ho)
        c = f * cell_state + i * g
        return o * np.tanh(c), c


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if int(length) < 1:
        raise ValueError('序列长度至少为 1')
    if seq_type == 'fibonacci':
        # [F(n+1), F(n)] = [[1, 1], [1, 0]] @ [F(n), F(n-1)]
        M = np.array([[1.0, 1.0], [1.0, 0.0]])
        state = np.array([1.0, 0.0])
        out = np.empty(length)
        for i in range(length):
            out[i] = state[0]
            state = M @ state
        return out
    elif seq_type == 'sine':
        x = np.linspace(0, 20 * np.pi, length)
        return np.sin(x)
    elif seq_type == 'damped':
        x = np.linspace(0, 20 * np.pi, length)
        return np.exp(-0.01 * x) * np.sin(x)
    raise ValueError(seq_type)


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


print('all done')
print(result['losses'])  # result 没有定义
