import matplotlib.pyplot as plt
import numpy as np


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.W_xh = np.random.randn(input_size, hidden_size) * np.sqrt(1.0 / input_size) * 0.5
        self.W_hh = np.random.randn(hidden_size, hidden_size) * np.sqrt(1.0 / hidden_size) * 0.5
        self.b_h = np.zeros(hidden_size)
        self.W_hy = np.random.randn(hidden_size, output_size) * np.sqrt(1.0 / hidden_size)
        self.b_y = np.zeros(output_size)

    def forward(self, inputs):
        T, B, _ = inputs.shape
        self.inputs = inputs
        self.h = np.zeros((T + 1, B, self.b_h.size))
        for t in range(T):
            self.h[t + 1] = np.tanh(inputs[t] @ self.W_xh + self.h[t] @ self.W_hh + self.b_h)
        return self.h[1:] @ self.W_hy + self.b_y, self.h[1:].copy()

    def backward(self, d_outputs):
        T, B, _ = d_outputs.shape
        g = {name: np.zeros_like(getattr(self, name)) for name in ('W_xh', 'W_hh', 'b_h', 'W_hy', 'b_y')}
        dh_next = np.zeros((B, self.b_h.size))
        for t in reversed(range(T)):
            g['W_hy'] += self.h[t + 1].T @ d_outputs[t]
            g['b_y'] += d_outputs[t].sum(axis=0)
            da = (d_outputs[t] @ self.W_hy.T + dh_next) * (1 - self.h[t + 1] ** 2)
            g['W_xh'] += self.inputs[t].T @ da
            g['W_hh'] += self.h[t].T @ da
            g['b_h'] += da.sum(axis=0)
            dh_next = da @ self.W_hh.T
        self.gradients = g
        return g

    def update_parameters(self, learning_rate):
        for name, gradient in self.gradients.items():
            setattr(self, name, getattr(self, name) - learning_rate * gradient)


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        for gate in 'fico':
            setattr(self, 'W_' + gate, np.random.randn(input_size, hidden_size) * 0.3)
            setattr(self, 'U_' + gate, np.random.randn(hidden_size, hidden_size) * 0.3)
            setattr(self, 'b_' + gate, np.zeros(hidden_size))

    def forward(self, input_t, hidden_state, cell_state):
        def gate(name):
            return input_t @ getattr(self, 'W_' + name) + hidden_state @ getattr(self, 'U_' + name) + getattr(self, 'b_' + name)

        f, i, o = (0.5 * (1 + np.tanh(gate(name) / 2)) for name in 'fio')
        c = f * cell_state + i * np.tanh(gate('c'))
        return o * np.tanh(c), c


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length must be at least 1')
    if seq_type == 'fibonacci':
        data = np.ones(length)
        for n in range(2, length):
            data[n] = data[n - 1] + data[n - 2]
        return data
    if seq_type == 'sine':
        return np.sin(0.3 * np.arange(length))
    if seq_type == 'two waves':
        t = np.arange(length)
        return 2 + np.sin(0.7 * t) + 0.5 * np.sin(1.9 * t)
    raise ValueError('unknown type: ' + seq_type)


def windows(series, T):
    x = np.array([series[k:k + T] for k in range(len(series) - T)])
    y = np.array([series[k + T] for k in range(len(series) - T)])
    return x.T[:, :, None], y[:, None]


def fit(rnn, x, y, epochs=60):
    losses = []
    for _ in range(epochs):
        order = np.random.permutation(len(y))
        total = 0.0
        for k in range(0, len(order), 32):
            part = order[k:k + 32]
            outputs, _ = rnn.forward(x[:, part])
            error = outputs[-1] - y[part]
            d_outputs = np.zeros_like(outputs)
            d_outputs[-1] = 2 * error / len(part)
            rnn.backward(d_outputs)
            rnn.update_parameters(0.1)
            total += float(np.sum(error ** 2))
        losses.append(total / len(order))
    return losses


def draw(losses, predictions, targets):
    figure, (left, right) = plt.subplots(1, 2)
    left.plot(losses)
    right.plot(targets)
    right.plot(predictions)
    return figure


def train_rnn_on_sequence():
    series = generate_sequence_data('two waves', 400)
    split = 320
    mean, std = series[:split].mean(), series[:split].std()
    known, unknown = (series[:split] - mean) / std, (series[split:] - mean) / std
    error_by_length = {}
    for T in (2, 5, 12):
        rnn = SimpleRNN(1, 16, 1)
        x, y = windows(known, T)
        losses = fit(rnn, x, y)
        x_test, y_test = windows(unknown, T)
        predictions = rnn.forward(x_test)[0][-1, :, 0] * std + mean
        targets = y_test[:, 0] * std + mean
        fitted = rnn.forward(x)[0][-1, :, 0] * std + mean
        error_by_length[T] = float(np.sqrt(np.mean((fitted - (y[:, 0] * std + mean)) ** 2)))
    return {
        'losses': losses,
        'predictions': predictions,
        'targets': targets,
        'error_by_length': error_by_length,
        'figure': draw(losses, predictions, targets),
    }
