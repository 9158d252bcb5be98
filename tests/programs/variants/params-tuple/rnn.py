"""
ml-6: 循环神经网络的 NumPy 实现
"""
import itertools

import numpy as np


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        s = 0.1
        self.weights = (s * np.random.randn(hidden_size, input_size),
                        s * np.random.randn(hidden_size, hidden_size),
                        s * np.random.randn(output_size, hidden_size))
        self.biases = (np.zeros(hidden_size), np.zeros(output_size))

    def forward(self, inputs):
        (Wi, Wr, Wo), (b1, b2) = self.weights, self.biases
        seq_len, batch_size, _ = inputs.shape
        hidden = np.zeros((seq_len, batch_size, len(b1)))
        out = np.zeros((seq_len, batch_size, len(b2)))
        prev = np.zeros((batch_size, len(b1)))
        for t in range(seq_len):
            prev = np.tanh(inputs[t] @ Wi.T + prev @ Wr.T + b1)
            hidden[t] = prev
            out[t] = prev @ Wo.T + b2
        self.last = (inputs, hidden)
        return out, hidden

    def backward(self, d_outputs):
        inputs, hidden = self.last
        Wi, Wr, Wo = self.weights
        gWi, gWr, gWo = (np.zeros_like(w) for w in self.weights)
        gb1, gb2 = (np.zeros_like(b) for b in self.biases)
        future = np.zeros_like(hidden[0])
        for t in range(len(inputs) - 1, -1, -1):
            before = hidden[t - 1] if t else np.zeros_like(hidden[0])
            gWo += d_outputs[t].T @ hidden[t]
            gb2 += d_outputs[t].sum(axis=0)
            delta = (d_outputs[t] @ Wo + future) * (1 - hidden[t] ** 2)
            gWi += delta.T @ inputs[t]
            gWr += delta.T @ before
            gb1 += delta.sum(axis=0)
            future = delta @ Wr
        self.grad_w = (gWi, gWr, gWo)
        self.grad_b = (gb1, gb2)
        return self.grad_w, self.grad_b

    def update_parameters(self, learning_rate):
        # 元组不可变, 重新组一个新的
        self.weights = tuple(w - learning_rate * g for w, g in zip(self.weights, self.grad_w))
        self.biases = tuple(b - learning_rate * g for b, g in zip(self.biases, self.grad_b))


def sigmoid(x):
    return np.exp(-np.logaddexp(0, -x))


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        # 第 0 维是门: 0 输入门, 1 遗忘门, 2 输出门, 3 候选
        self.Wx = np.random.randn(4, input_size, hidden_size) * np.sqrt(1 / input_size)
        self.Wh = np.random.randn(4, hidden_size, hidden_size) * np.sqrt(1 / hidden_size)
        self.b = np.zeros((4, 1, hidden_size))

    def forward(self, input_t, hidden_state, cell_state):
        z = np.einsum('bi,gih->gbh', input_t, self.Wx) + np.einsum('bk,gkh->gbh', hidden_state, self.Wh) + self.b
        i, f, o = sigmoid(z[:3])
        c = f * cell_state + i * np.tanh(z[3])
        return o * np.tanh(c), c


def _fibonacci_terms():
    a, b = 0.0, 1.0
    while True:
        yield a
        a, b = b, a + b


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length <= 0:
        raise ValueError('length 必须为正')
    if seq_type == 'fibonacci':
        return np.fromiter(itertools.islice(_fibonacci_terms(), length), dtype=float, count=length)
    if seq_type == 'sine':
        return np.sin(np.arange(length, dtype=float) * 2 * np.pi / 50)
    if seq_type == 'sum_of_sines':
        n = np.arange(length, dtype=float)
        return np.sin(0.2 * n) + 0.5 * np.sin(0.311 * n)
    raise ValueError(f'unknown sequence type {seq_type!r}')


def train_rnn_on_sequence():
    from matplotlib.figure import Figure

    t = np.arange(900)
    signal = np.sin(t * 0.17) * np.cos(t * 0.031)
    cut = 720
    report = {}
    for steps, lr in ((3, 0.1), (8, 0.1), (20, 0.08)):
        net = SimpleRNN(1, 20, 1)
        # 不重叠的片段作为一个 batch
        usable = (cut - 1) // steps * steps
        x = signal[:usable].reshape(-1, steps).T[:, :, None]
        y = signal[1:usable + 1].reshape(-1, steps).T[:, :, None]
        history = np.zeros(500)
        for e in range(500):
            p = np.array(net.forward(x)[0])
            history[e] = ((p - y) ** 2).mean()
            net.backward(2 * (p - y) / y.size)
            net.update_parameters(lr)
        test = signal[cut:]
        wx = np.lib.stride_tricks.sliding_window_view(test[:-1], steps).T[:, :, None]
        forecast = np.array(net.forward(np.ascontiguousarray(wx))[0])[-1, :, 0]
        truth = test[steps:]
        report[steps] = float(((forecast - truth) ** 2).mean() / truth.var())
    fig = Figure(figsize=(10, 4))
    left, right = fig.subplots(1, 2)
    left.semilogy(history)
    right.plot(truth)
    right.plot(forecast)
    return {'losses': list(history), 'predictions': forecast, 'targets': truth, 'error_by_length': report, 'figure': fig}
