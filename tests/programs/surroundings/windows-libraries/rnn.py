"""
ml-6: 循环神经网络的 NumPy 实现
"""
import math

import matplotlib.pyplot as plt
import numpy as np

plt.rcParams['axes.unicode_minus'] = False
import ctypes

ctypes.windll.shcore.SetProcessDpiAwareness(1)


class SimpleRNN:
    """Vectorised: the input projection is one product, weight gradients are one product each."""

    def __init__(self, input_size: int, hidden_size: int, output_size: int):
        rng = np.random.default_rng(2024)
        self.W_xh = rng.standard_normal((input_size, hidden_size)) / np.sqrt(input_size)
        self.W_hh = rng.standard_normal((hidden_size, hidden_size)) / np.sqrt(hidden_size)
        self.b_h = np.zeros(hidden_size)
        self.W_hy = rng.standard_normal((hidden_size, output_size)) / np.sqrt(hidden_size)
        self.b_y = np.zeros(output_size)

    def forward(self, inputs):
        T, B, I = inputs.shape
        H = self.W_hh.shape[0]
        a = (inputs.reshape(T * B, I) @ self.W_xh).reshape(T, B, H) + self.b_h
        h = np.zeros((T + 1, B, H))
        for t in range(T):
            np.matmul(h[t], self.W_hh, out=h[t + 1])
            h[t + 1] += a[t]
            np.tanh(h[t + 1], out=h[t + 1])
        self.cache = inputs, h
        outputs = h[1:].reshape(T * B, H) @ self.W_hy + self.b_y
        return outputs.reshape(T, B, -1), h[1:]

    def backward(self, d_outputs):
        x, h = self.cache
        T, B, I = x.shape
        H = h.shape[2]
        flat = d_outputs.reshape(T * B, -1)
        d_hidden = (flat @ self.W_hy.T).reshape(T, B, H)
        d_pre = np.empty((T, B, H))
        slope = 1.0 - h[1:] ** 2
        carry = np.zeros((B, H))
        for t in range(T - 1, -1, -1):
            d_pre[t] = (d_hidden[t] + carry) * slope[t]
            carry = d_pre[t] @ self.W_hh.T
        d_flat = d_pre.reshape(T * B, H)
        self.gradients = {
            'W_xh': x.reshape(T * B, I).T @ d_flat,
            'W_hh': h[:-1].reshape(T * B, H).T @ d_flat,
            'b_h': d_flat.sum(axis=0),
            'W_hy': h[1:].reshape(T * B, H).T @ flat,
            'b_y': flat.sum(axis=0),
        }
        return self.gradients

    def update_parameters(self, learning_rate):
        for name, gradient in self.gradients.items():
            parameter = getattr(self, name)
            parameter -= learning_rate * gradient


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


def split_data(series, ratio=0.8):
    k = int(len(series) * ratio)
    return series[:k], series[k:]


def build_dataset(series, seq_len):
    inputs, targets = [], []
    for i in range(len(series) - seq_len):
        inputs.append(series[i:i + seq_len])
        targets.append(series[i + seq_len])
    inputs = np.array(inputs)[:, :, np.newaxis].transpose(1, 0, 2)
    return inputs, np.array(targets)[:, np.newaxis]


def run_experiment(series, seq_len, hidden=16, lr=0.1, max_epochs=150, tol=1e-4):
    train, test = split_data(series)
    X, y = build_dataset(train, seq_len)
    model = SimpleRNN(1, hidden, 1)
    losses = []
    for epoch in range(max_epochs):
        outputs, _ = model.forward(X)
        outputs = np.array(outputs)
        loss = np.mean((outputs[-1] - y) ** 2)
        losses.append(loss)
        if loss < tol:          # 提前停止
            break
        d_outputs = np.zeros_like(outputs)
        d_outputs[-1] = 2 * (outputs[-1] - y) / y.shape[0]
        model.backward(d_outputs)
        model.update_parameters(lr)
    X_test, y_test = build_dataset(test, seq_len)
    pred, _ = model.forward(X_test)
    pred = np.array(pred)[-1]
    return losses, pred[:, 0], y_test[:, 0]


def plot_results(losses, pred, true, errors):
    fig, ax = plt.subplots(1, 3, figsize=(15, 4))
    ax[0].plot(losses)
    ax[0].set_title('Loss')
    ax[1].plot(true, label='True')
    ax[1].plot(pred, label='Predicted', linestyle='--')
    ax[1].legend()
    ax[2].plot(list(errors.keys()), list(errors.values()), marker='o')
    ax[2].set_xlabel('Sequence length')
    plt.tight_layout()
    plt.show()
    return fig


def train_rnn_on_sequence():
    series = generate_sequence_data('sine', 600)
    errors = {}
    for seq_len in [1, 4, 8, 16]:
        losses, pred, true = run_experiment(series, seq_len)
        errors[seq_len] = np.mean((pred - true) ** 2)
        print(f'序列长度 {seq_len}: 测试 MSE = {errors[seq_len]:.6f}')
    fig = plot_results(losses, pred, true, errors)
    return {'losses': losses, 'predictions': pred, 'targets': true, 'error_by_length': errors, 'figure': fig}


if __name__ == '__main__':
    np.random.seed(0)
    result = train_rnn_on_sequence()
    print('最终损失:', result['losses'][-1])
    print('各长度误差:', result['error_by_length'])
    result['figure'].savefig('rnn_result.png')
