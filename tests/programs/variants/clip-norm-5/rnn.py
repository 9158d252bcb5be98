"""
ml-6: 循环神经网络的 NumPy 实现
"""
import itertools

import matplotlib
matplotlib.use('Agg')
import matplotlib.pyplot as plt
import numpy as np

plt.rcParams['axes.unicode_minus'] = False


def clip_by_norm(grad, max_norm):
    norm = np.linalg.norm(grad)
    if norm > max_norm:
        grad = grad * (max_norm / norm)
    return grad


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.Wx = np.random.randn(input_size, hidden_size) * 0.1
        self.Wh = np.random.randn(hidden_size, hidden_size) * 0.1
        self.bh = np.zeros((1, hidden_size))
        self.Wo = np.random.randn(hidden_size, output_size) * 0.1
        self.bo = np.zeros((1, output_size))

    def forward(self, inputs):
        self.x = inputs
        self.h = np.zeros((inputs.shape[0] + 1, inputs.shape[1], self.Wh.shape[0]))
        for t, x_t in enumerate(inputs):
            self.h[t + 1] = np.tanh(np.dot(x_t, self.Wx) + np.dot(self.h[t], self.Wh) + self.bh)
        outputs = np.dot(self.h[1:], self.Wo) + self.bo
        return outputs, self.h[1:]

    def backward(self, d_outputs):
        dWx, dWh, dbh = np.zeros_like(self.Wx), np.zeros_like(self.Wh), np.zeros_like(self.bh)
        dWo, dbo = np.zeros_like(self.Wo), np.zeros_like(self.bo)
        dh = np.zeros_like(self.h[0])
        for t in range(len(self.x), 0, -1):
            dy = d_outputs[t - 1]
            dWo += np.dot(self.h[t].T, dy)
            dbo += dy.sum(axis=0)
            da = (np.dot(dy, self.Wo.T) + dh) * (1 - self.h[t] ** 2)
            dWx += np.dot(self.x[t - 1].T, da)
            dWh += np.dot(self.h[t - 1].T, da)
            dbh += da.sum(axis=0)
            dh = np.dot(da, self.Wh.T)
        self.dWx, self.dWh, self.dbh, self.dWo, self.dbo = [clip_by_norm(g, 5.0) for g in (dWx, dWh, dbh, dWo, dbo)]
        return self.dWx, self.dWh, self.dbh, self.dWo, self.dbo

    def update_parameters(self, learning_rate):
        for name in ('Wx', 'Wh', 'bh', 'Wo', 'bo'):
            p = getattr(self, name)
            np.subtract(p, learning_rate * getattr(self, 'd' + name), out=p)


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
    T_MAX = 15
    s = np.cos(np.arange(1000) * 0.15)
    train_s, test_s = s[:800], s[800:]
    rng = np.random.RandomState(1)

    def sample_batch(T, n=32):
        """随机抽取训练片段"""
        starts = rng.randint(0, len(train_s) - T - 1, n)
        x = np.stack([train_s[a:a + T] for a in starts], axis=1)
        y = np.stack([train_s[a + 1:a + T + 1] for a in starts], axis=1)
        return x[..., None], y[..., None]

    errors = dict()
    for T in (1, 2, 5, T_MAX):
        rnn = SimpleRNN(1, 16, 1)
        losses = []
        for epoch in range(20):
            running = []
            for _ in range(15):
                x, y = sample_batch(T)
                yhat = np.array(rnn.forward(x)[0])
                running.append(((yhat - y) ** 2).mean())
                rnn.backward((yhat - y) * 2 / (T * 32))
                rnn.update_parameters(0.1)
            losses.append(np.mean(running))
        preds = []
        for a in range(len(test_s) - T):
            preds.append(np.array(rnn.forward(test_s[a:a + T][:, None, None])[0])[-1, 0, 0])
        preds = np.array(preds)
        truth = test_s[T:]
        errors[T] = np.mean((preds - truth) ** 2)
    fig, ax = plt.subplots()
    ax.plot(losses, label='loss')
    ax.set_xlabel('epoch')
    inset = fig.add_axes([0.5, 0.5, 0.35, 0.35])
    inset.plot(truth[:100])
    inset.plot(preds[:100])
    return {'losses': losses, 'predictions': preds, 'targets': truth, 'error_by_length': errors, 'figure': fig}
