# -*- coding: utf-8 -*-
"""
ml-6-姓名-学号.py

目录
  1. Layer 基类 和 Tanh 循环层、线性层
  2. SimpleRNN = 循环层 + 线性层
  3. LSTM
  4. 数据和实验
"""
import os
from collections import defaultdict

import numpy as np

if not os.environ.get('DISPLAY'):
    import matplotlib
    matplotlib.use('Agg')
from matplotlib import pyplot as plt


# ============================ 1. 层 ============================
class Layer:
    """每一层：forward 记住需要的东西，backward 返回对输入的梯度，参数梯度放在 self.d 里"""

    def __init__(self):
        self.p = {}
        self.d = {}

    def step(self, lr):
        for k in self.p:
            self.p[k] -= lr * self.d[k]


class Linear(Layer):
    def __init__(self, n_in, n_out):
        super().__init__()
        self.p['W'] = np.random.randn(n_in, n_out) / np.sqrt(n_in)
        self.p['b'] = np.zeros(n_out)

    def forward(self, x):
        self.x = x
        return x.dot(self.p['W']) + self.p['b']

    def backward(self, dy):
        self.d['W'] = np.tensordot(self.x, dy, ([0, 1], [0, 1]))
        self.d['b'] = dy.sum(axis=(0, 1))
        return dy.dot(self.p['W'].T)


class Recurrent(Layer):
    def __init__(self, n_in, n_hidden):
        super().__init__()
        self.p['Wx'] = np.random.randn(n_in, n_hidden) / np.sqrt(n_in + n_hidden)
        self.p['Wh'] = np.random.randn(n_hidden, n_hidden) / np.sqrt(2 * n_hidden)
        self.p['b'] = np.zeros(n_hidden)

    def forward(self, x):
        T, B = x.shape[0], x.shape[1]
        self.x = x.copy()
        self.h = np.zeros((T + 1, B, self.p['b'].size))        # h[0] 就是 h_0
        for t in range(T):
            self.h[t + 1] = np.tanh(x[t].dot(self.p['Wx']) + self.h[t].dot(self.p['Wh']) + self.p['b'])
        return self.h[1:]

    def backward(self, dh_all):
        for k in self.p:
            self.d[k] = np.zeros_like(self.p[k])
        T = dh_all.shape[0]
        dx = np.zeros_like(self.x, dtype=float)
        carry = np.zeros_like(self.h[0])
        for t in range(T - 1, -1, -1):
            da = (dh_all[t] + carry) * (1 - self.h[t + 1] ** 2)
            self.d['Wx'] += self.x[t].T.dot(da)
            self.d['Wh'] += self.h[t].T.dot(da)
            self.d['b'] += da.sum(axis=0)
            dx[t] = da.dot(self.p['Wx'].T)
            carry = da.dot(self.p['Wh'].T)
        return dx


# ============================ 2. RNN ============================
def forwarded(layer, key):
    """作业要求的属性名 -> 层里面的参数"""
    def get(self):
        return getattr(self, layer).p[key]

    def put(self, value):
        getattr(self, layer).p[key] = np.asarray(value, dtype=float)

    return property(get, put)


class SimpleRNN:
    W_xh = forwarded('recurrent', 'Wx')
    W_hh = forwarded('recurrent', 'Wh')
    b_h = forwarded('recurrent', 'b')
    W_hy = forwarded('head', 'W')
    b_y = forwarded('head', 'b')

    def __init__(self, input_size, hidden_size, output_size):
        self.recurrent = Recurrent(input_size, hidden_size)
        self.head = Linear(hidden_size, output_size)

    def forward(self, inputs):
        h = self.recurrent.forward(inputs)
        return self.head.forward(h), h.copy()

    def backward(self, d_outputs):
        self.recurrent.backward(self.head.backward(d_outputs))
        r, o = self.recurrent.d, self.head.d
        return {'W_xh': r['Wx'], 'W_hh': r['Wh'], 'b_h': r['b'], 'W_hy': o['W'], 'b_y': o['b']}

    def update_parameters(self, learning_rate):
        for layer in (self.recurrent, self.head):
            layer.step(learning_rate)


# ============================ 3. LSTM ============================
class LSTMCell:
    def __init__(self, input_size, hidden_size):
        def W():
            return np.random.randn(input_size, hidden_size) / np.sqrt(input_size + hidden_size)

        def U():
            return np.random.randn(hidden_size, hidden_size) / np.sqrt(2 * hidden_size)

        def b(value=0.0):
            return np.full(hidden_size, value)

        self.W_f, self.U_f, self.b_f = W(), U(), b(1.0)      # 遗忘门偏置取 1，刚开始尽量记住
        self.W_i, self.U_i, self.b_i = W(), U(), b()
        self.W_c, self.U_c, self.b_c = W(), U(), b()
        self.W_o, self.U_o, self.b_o = W(), U(), b()

    @staticmethod
    def _sigmoid(a):
        return 1.0 / (1.0 + np.exp(np.clip(-a, -709, 709)))

    def forward(self, input_t, hidden_state, cell_state):
        s = self._sigmoid
        f = s(input_t.dot(self.W_f) + hidden_state.dot(self.U_f) + self.b_f)
        i = s(input_t.dot(self.W_i) + hidden_state.dot(self.U_i) + self.b_i)
        g = np.tanh(input_t.dot(self.W_c) + hidden_state.dot(self.U_c) + self.b_c)
        o = s(input_t.dot(self.W_o) + hidden_state.dot(self.U_o) + self.b_o)
        c_new = f * cell_state + i * g
        h_new = o * np.tanh(c_new)
        return h_new, c_new


# ============================ 4. 数据和实验 ============================
def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length 必须 >= 1')
    if seq_type == 'fibonacci':
        x, y, result = 0, 1, []
        for _ in range(length):
            result.append(x)
            x, y = y, x + y
        return np.array(result, dtype=float)
    if seq_type == 'sine':
        return np.sin(0.25 * np.arange(length))
    if seq_type == 'two_sines':
        k = np.arange(length)
        return np.sin(0.25 * k) + 0.5 * np.sin(0.61 * k)
    raise ValueError('未知的 seq_type: {}'.format(seq_type))


class Experiment:
    def __init__(self, seq_type='two_sines', length=420, train_ratio=0.75):
        raw = generate_sequence_data(seq_type, length)
        n = int(length * train_ratio)
        # 先切分，再用训练部分的均值和标准差
        self.raw_train, self.raw_test = raw[:n], raw[n:]
        self.mean, self.std = self.raw_train.mean(), self.raw_train.std()
        self.log = defaultdict(list)

    def scale(self, s):
        return (s - self.mean) / self.std

    def unscale(self, z):
        return z * self.std + self.mean

    @staticmethod
    def make_windows(s, n):
        """n 个数作输入，后一个数作目标"""
        X, y = [], []
        for end in range(n, len(s)):
            X.append(s[end - n + 1:end + 1])
            y.append(s[end])
        return np.array(X).T[:, :, None], np.array(y)

    def train(self, n, epochs=120, lr=0.1, hidden=20):
        X, y = self.make_windows(self.scale(self.raw_train), n)
        net = SimpleRNN(1, hidden, 1)
        for _ in range(epochs):
            out, _ = net.forward(X)
            err = out[-1, :, 0] - y
            self.log[n].append(np.mean(err ** 2))
            d = np.zeros_like(out)
            d[-1, :, 0] = 2 * err / len(err)
            net.backward(d)
            net.update_parameters(lr)
        return net

    def test(self, net, n):
        X, y = self.make_windows(self.scale(self.raw_test), n)
        out, _ = net.forward(X)
        return self.unscale(out[-1, :, 0]), self.unscale(y)


def train_rnn_on_sequence():
    exp = Experiment()
    error, kept = {}, None
    for n in (4, 8, 16):
        net = exp.train(n)
        pred, true = exp.test(net, n)
        error[n] = float(np.sqrt(np.mean((pred - true) ** 2)))
        print('[n={:2d}] train {:.6f}  test rmse {:.6f}'.format(n, exp.log[n][-1], error[n]))
        if n == 8:
            kept = pred, true

    fig = plt.figure(figsize=(10, 7))
    grid = fig.add_gridspec(2, 2)
    ax = fig.add_subplot(grid[0, 0])
    for n, curve in exp.log.items():
        ax.plot(curve, label='n=%d' % n)
    ax.set_yscale('log')
    ax.set_title('training loss')
    ax.legend()
    ax = fig.add_subplot(grid[0, 1])
    ax.plot(list(error), list(error.values()), 'o--')
    ax.set_title('error by length')
    ax = fig.add_subplot(grid[1, :])
    ax.plot(kept[1], label='true')
    ax.plot(kept[0], '--', label='predicted')
    ax.legend()
    return {
        'losses': exp.log[8],
        'predictions': kept[0],
        'targets': kept[1],
        'error_by_length': error,
        'figure': fig,
    }


if __name__ == '__main__':
    train_rnn_on_sequence()['figure'].savefig('rnn.png', dpi=120)
