"""RNN with one affine map per step: [x_t, h_{t-1}, 1] @ W  (W is (I + H + 1, H))."""
from functools import cached_property

import numpy as np
import matplotlib.pyplot as plt


def with_ones(*parts):
    """[a, b, ..., 1] along the last axis"""
    ones = np.ones(parts[0].shape[:-1] + (1,))
    return np.concatenate([*parts, ones], axis=-1)


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        I, H, O = input_size, hidden_size, output_size
        self.sizes = I, H, O
        self.W_xh = np.random.randn(I, H) * np.sqrt(1 / (I + H))
        self.W_hh = np.random.randn(H, H) * np.sqrt(1 / (I + H))
        self.b_h = np.zeros(H)
        self.W_hy = np.random.randn(H, O) * np.sqrt(1 / H)
        self.b_y = np.zeros(O)

    @cached_property
    def kernel(self):
        """W_xh, W_hh and b_h in one matrix, so that a time step is a single product"""
        return np.concatenate([self.W_xh, self.W_hh, self.b_h[None]])

    def forward(self, inputs):
        T, B, _ = inputs.shape
        h = np.zeros((B, self.sizes[1]))
        self.joined, self.hidden = [], []
        for x in inputs:
            z = with_ones(x, h)
            h = np.tanh(z @ self.kernel)
            self.joined.append(z)
            self.hidden.append(h)
        hidden_states = np.stack(self.hidden)
        return hidden_states @ self.W_hy + self.b_y, hidden_states

    def backward(self, d_outputs):
        I, H, O = self.sizes
        d_kernel = np.zeros((I + H + 1, H))
        d_W_hy, d_b_y = np.zeros((H, O)), np.zeros(O)
        d_h = 0
        for z, h, d_y in zip(self.joined[::-1], self.hidden[::-1], d_outputs[::-1]):
            d_W_hy += h.T @ d_y
            d_b_y += d_y.sum(0)
            d_a = (d_y @ self.W_hy.T + d_h) * (1 - h ** 2)
            d_kernel += z.T @ d_a
            d_h = (d_a @ self.kernel.T)[:, I:I + H]
        d_W_xh, d_W_hh, d_b_h = np.split(d_kernel, [I, I + H])
        self.gradients = {'W_xh': d_W_xh, 'W_hh': d_W_hh, 'b_h': d_b_h[0], 'W_hy': d_W_hy, 'b_y': d_b_y}
        return self.gradients

    def update_parameters(self, learning_rate):
        for name, gradient in self.gradients.items():
            value = getattr(self, name)
            value -= learning_rate * gradient


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        for gate in ('f', 'i', 'c', 'o'):
            both = np.random.randn(input_size + hidden_size, hidden_size) / np.sqrt(input_size + hidden_size)
            setattr(self, 'W_' + gate, both[:input_size].copy())
            setattr(self, 'U_' + gate, both[input_size:].copy())
            setattr(self, 'b_' + gate, np.zeros(hidden_size))

    def _pre(self, gate, z):
        return z @ np.vstack([getattr(self, 'W_' + gate), getattr(self, 'U_' + gate), getattr(self, 'b_' + gate)])

    def forward(self, input_t, hidden_state, cell_state):
        z = with_ones(input_t, hidden_state)
        f, i, o = (np.exp(-np.logaddexp(0, -self._pre(gate, z))) for gate in 'fio')
        new_cell = f * cell_state + i * np.tanh(self._pre('c', z))
        return o * np.tanh(new_cell), new_cell


SEQUENCES = {}


def sequence(f):
    SEQUENCES[f.__name__] = f
    return f


@sequence
def fibonacci(n):
    out = [0, 1]
    for _ in range(n - 2):
        out.append(sum(out[-2:]))
    return out[:n]


@sequence
def sine(n):
    return [np.sin(k / 6) for k in range(n)]


@sequence
def arithmetic(n):
    return range(n)


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length must be 1 or more')
    if seq_type not in SEQUENCES:
        raise ValueError('seq_type must be one of ' + ', '.join(SEQUENCES))
    return np.array([float(v) for v in SEQUENCES[seq_type](length)])


def batches(x, steps):
    idx = np.arange(len(x) - steps) + np.arange(steps + 1)[:, None]
    return x[idx[:-1]][..., None], x[idx[1:]][..., None]


def train_rnn_on_sequence():
    x = generate_sequence_data('sine', 500)
    train, test = x[:400], x[400:]
    mean, std = train.mean(), train.std()
    fig, (top, middle, bottom) = plt.subplots(3, figsize=(8, 10), constrained_layout=True)
    errors = {}
    for steps in (5, 10, 20):
        model = SimpleRNN(1, 24, 1)
        X, Y = batches((train - mean) / std, steps)
        losses = []
        for epoch in range(150):
            diff = model.forward(X)[0] - Y
            losses.append((diff ** 2).mean())
            model.backward(diff * 2 / diff.size)
            model.update_parameters(0.1)
        X, Y = batches((test - mean) / std, steps)
        predictions = model.forward(X)[0][-1].ravel() * std + mean
        targets = Y[-1].ravel() * std + mean
        errors[steps] = np.sqrt(((predictions - targets) ** 2).mean())
        top.semilogy(losses, label=f'{steps} steps')
    top.set(title='training loss', xlabel='epoch')
    top.legend()
    middle.plot(targets, 'o', mfc='none', label='truth')
    middle.plot(predictions, label='prediction')
    middle.legend()
    bottom.bar(range(len(errors)), errors.values(), tick_label=list(errors))
    bottom.set(title='RMSE on held-out data by length')
    return {'losses': losses, 'predictions': predictions, 'targets': targets,
            'error_by_length': errors, 'figure': fig}
