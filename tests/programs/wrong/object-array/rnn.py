# ml-6 RNN
import math

import matplotlib.pyplot as plt
import numpy as np

np.random.seed(2024)  # 结果可复现


class Linear:
    """全连接层 y = x W + b"""

    def __init__(self, n_in, n_out, bias=True):
        self.W = np.random.randn(n_in, n_out) * np.sqrt(1.0 / n_in)
        self.b = np.zeros(n_out) if bias else None
        self.zero_grad()

    def zero_grad(self):
        self.dW = np.zeros_like(self.W)
        self.db = None if self.b is None else np.zeros_like(self.b)

    def __call__(self, x):
        y = x @ self.W
        return y if self.b is None else y + self.b

    def backward(self, x, dy):
        self.dW += x.T @ dy
        if self.b is not None:
            self.db += dy.sum(axis=0)
        return dy @ self.W.T

    def step(self, lr):
        self.W -= lr * self.dW
        if self.b is not None:
            self.b -= lr * self.db


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.input_layer = Linear(input_size, hidden_size)
        self.recurrent_layer = Linear(hidden_size, hidden_size, bias=False)
        self.output_layer = Linear(hidden_size, output_size)
        self.layers = [self.input_layer, self.recurrent_layer, self.output_layer]
        self.hidden_size = hidden_size

    def forward(self, inputs):
        self.inputs = inputs
        self.hs = [np.zeros((inputs.shape[1], self.hidden_size))]
        outputs = []
        for x in inputs:
            self.hs.append(np.tanh(self.input_layer(x) + self.recurrent_layer(self.hs[-1])))
            outputs.append(self.output_layer(self.hs[-1]))
        return np.array(outputs), np.array(self.hs[1:])

    def backward(self, d_outputs):
        for layer in self.layers:
            layer.zero_grad()
        dh = np.zeros_like(self.hs[0])
        for t in reversed(range(len(self.inputs))):
            dh = dh + self.output_layer.backward(self.hs[t + 1], d_outputs[t])
            dz = dh * (1 - self.hs[t + 1] ** 2)
            self.input_layer.backward(self.inputs[t], dz)
            dh = self.recurrent_layer.backward(self.hs[t], dz)
        return {
            'input_layer': {'W': self.input_layer.dW, 'b': self.input_layer.db},
            'recurrent_layer': {'W': self.recurrent_layer.dW},
            'output_layer': {'W': self.output_layer.dW, 'b': self.output_layer.db},
        }

    def update_parameters(self, learning_rate):
        for layer in self.layers:
            layer.step(learning_rate)


class Gate:
    """一个门: activation(x W + h U + b)"""

    def __init__(self, input_size, hidden_size, activation, bias=0.0):
        self.W = np.random.randn(input_size, hidden_size) / np.sqrt(input_size)
        self.U = np.random.randn(hidden_size, hidden_size) / np.sqrt(hidden_size)
        self.b = np.full(hidden_size, bias)
        self.activation = activation

    def __call__(self, x, h):
        return self.activation(x @ self.W + h @ self.U + self.b)


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        logistic = lambda z: 1 / (1 + np.exp(-z))
        self.forget = Gate(input_size, hidden_size, logistic, bias=1.0)
        self.input = Gate(input_size, hidden_size, logistic)
        self.output = Gate(input_size, hidden_size, logistic)
        self.candidate = Gate(input_size, hidden_size, np.tanh)

    def forward(self, input_t, hidden_state, cell_state):
        kept = self.forget(input_t, hidden_state) * cell_state
        added = self.input(input_t, hidden_state) * self.candidate(input_t, hidden_state)
        cell = kept + added
        return self.output(input_t, hidden_state) * np.tanh(cell), cell


def _fib(n):
    # Python 整数不会溢出, 最后再转成 float64
    values = [1, 1]
    for _ in range(n - 2):
        values.append(values[-1] + values[-2])
    return values[:n]


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
    return np.array(generator(length))


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
