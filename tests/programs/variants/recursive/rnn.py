# ml-6 RNN
import itertools

import matplotlib
matplotlib.use('Agg')
import matplotlib.pyplot as plt
import numpy as np


class SimpleRNN:
    """用递归代替循环:backward 也是递归调用"""

    def __init__(self, input_size, hidden_size, output_size):
        self.Wih = np.random.randn(input_size, hidden_size) * 0.15
        self.Whh = np.random.randn(hidden_size, hidden_size) * 0.15
        self.Who = np.random.randn(hidden_size, output_size) * 0.15
        self.bih = np.zeros(hidden_size)
        self.bho = np.zeros(output_size)

    def _run(self, inputs, t, h):
        if t == len(inputs):
            return []
        h_t = np.tanh(inputs[t] @ self.Wih + h @ self.Whh + self.bih)
        return [h_t] + self._run(inputs, t + 1, h_t)

    def forward(self, inputs):
        h0 = np.zeros((inputs.shape[1], self.Whh.shape[0]))
        self.inputs = inputs
        self.hs = [h0] + self._run(inputs, 0, h0)
        return np.array([h @ self.Who + self.bho for h in self.hs[1:]]), np.array(self.hs[1:])

    def _back(self, t, dh, d_outputs):
        if t < 0:
            return dh
        h, g = self.hs[t + 1], self.grads
        g['Who'] += h.T @ d_outputs[t]
        g['bho'] += d_outputs[t].sum(0)
        dz = (dh + d_outputs[t] @ self.Who.T) * (1 - h ** 2)
        g['Wih'] += self.inputs[t].T @ dz
        g['Whh'] += self.hs[t].T @ dz
        g['bih'] += dz.sum(0)
        return self._back(t - 1, dz @ self.Whh.T, d_outputs)

    def backward(self, d_outputs):
        self.grads = {k: np.zeros_like(v) for k, v in vars(self).items() if k[0] in 'Wb' and isinstance(v, np.ndarray)}
        dh0 = self._back(len(self.inputs) - 1, np.zeros_like(self.hs[0]), d_outputs)
        return {'grads': self.grads, 'dh0': dh0}

    def update_parameters(self, learning_rate):
        for k, g in self.grads.items():
            vars(self)[k] -= learning_rate * g


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
