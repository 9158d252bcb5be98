"""
ml-6: 循环神经网络的 NumPy 实现
"""
import math

import matplotlib.pyplot as plt
import numpy as np


class SimpleRNN:
    """把输入和上一时刻的隐藏状态拼接起来,只用一个权重矩阵 [x, h] @ W"""

    def __init__(self, input_size, hidden_size, output_size):
        self.I, self.H, self.O = input_size, hidden_size, output_size
        limit = np.sqrt(6.0 / (input_size + 2 * hidden_size))
        self.W = np.random.uniform(-limit, limit, size=(input_size + hidden_size, hidden_size))
        self.b = np.zeros((1, hidden_size))
        self.V = np.random.randn(hidden_size, output_size) / np.sqrt(hidden_size)
        self.c = np.zeros((1, output_size))

    def forward(self, inputs):
        seq_len, batch, _ = inputs.shape
        self.concat = []
        states = [np.zeros((batch, self.H))]
        outputs = []
        for x in inputs:
            z = np.concatenate([x, states[-1]], axis=1)
            self.concat.append(z)
            states.append(np.tanh(z @ self.W + self.b))
            outputs.append(states[-1] @ self.V + self.c)
        self.states = np.array(states)          # 含 h0,共 T+1 个
        return np.array(outputs), self.states

    def backward(self, d_outputs):
        self.dW = np.zeros_like(self.W)
        self.db = np.zeros_like(self.b)
        self.dV = np.zeros_like(self.V)
        self.dc = np.zeros_like(self.c)
        carry = 0.0
        for t in range(len(self.concat) - 1, -1, -1):
            h = self.states[t + 1]
            self.dV += h.T @ d_outputs[t]
            self.dc += d_outputs[t].sum(axis=0, keepdims=True)
            dz = (d_outputs[t] @ self.V.T + carry) * (1 - h * h)
            self.dW += self.concat[t].T @ dz
            self.db += dz.sum(axis=0, keepdims=True)
            carry = (dz @ self.W.T)[:, self.I:]  # 只有后 H 列属于 h
        return {'W': self.dW, 'b': self.db, 'V': self.dV, 'c': self.dc}

    def update_parameters(self, learning_rate):
        self.W -= learning_rate * self.dW
        self.b -= learning_rate * self.db
        self.V -= learning_rate * self.dV
        self.c -= learning_rate * self.dc


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        std = np.sqrt(2.0 / (input_size + hidden_size))
        for gate in 'fico':
            setattr(self, 'weight_' + gate, np.random.normal(0, std, (input_size + hidden_size, hidden_size)))
            setattr(self, 'bias_' + gate, np.zeros((1, hidden_size)))

    def _gate(self, gate, z):
        return z @ getattr(self, 'weight_' + gate) + getattr(self, 'bias_' + gate)

    def forward(self, input_t, hidden_state, cell_state):
        sigmoid = lambda a: 0.5 * (1 + np.tanh(0.5 * a))
        z = np.concatenate([input_t, hidden_state], axis=1)
        f, i, o = (sigmoid(self._gate(g, z)) for g in 'fio')
        candidate = np.tanh(self._gate('c', z))
        c = f * cell_state + i * candidate
        return o * np.tanh(c), c


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
    data = generate_sequence_data('sine', 700) * 3 + 10
    train, test = data[:500], data[500:]
    lo, hi = train.min(), train.max()
    scale = lambda v: (v - lo) / (hi - lo) * 2 - 1
    unscale = lambda v: (v + 1) / 2 * (hi - lo) + lo

    def xy(v, T):
        v = scale(v)
        windows = np.lib.stride_tricks.sliding_window_view(v, T + 1)
        return windows[:, :-1].T[..., None].copy(), windows[:, 1:].T[..., None].copy()

    error_by_length = {}
    for T in (2, 5, 15):
        rnn = SimpleRNN(1, 14, 1)
        X, Y = xy(train, T)
        Xv, Yv = xy(test, T)
        losses, val_losses = [], []
        for epoch in range(110):
            out = np.array(rnn.forward(X)[0])
            losses.append(np.mean((out - Y) ** 2))
            rnn.backward(2 * (out - Y) / Y.size)
            rnn.update_parameters(0.12)
            # 每 10 轮看一下验证误差
            if epoch % 10 == 0:
                val_losses.append(np.mean((np.array(rnn.forward(Xv)[0]) - Yv) ** 2))
        pred = unscale(np.array(rnn.forward(Xv)[0])[-1, :, 0])
        true = unscale(Yv[-1, :, 0])
        error_by_length[T] = np.mean(np.abs(pred - true))       # MAE, 原始单位
        # 训练集上的拟合情况也画出来
        fit = unscale(np.array(rnn.forward(X)[0])[-1, :, 0])
    fig = plt.figure()
    ax = fig.add_subplot(2, 1, 1)
    ax.plot(losses, label='train')
    ax.plot(range(0, 110, 10), val_losses, label='val')
    ax.legend()
    ax = fig.add_subplot(2, 1, 2)
    ax.plot(range(500 - 15), fit, 'g', label='train fit')
    ax.plot(range(515, 700), true, 'b', label='true')
    ax.plot(range(515, 700), pred, 'r--', label='pred')
    return {'losses': losses, 'predictions': pred, 'targets': true, 'error_by_length': error_by_length, 'figure': fig}
