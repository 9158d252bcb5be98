import matplotlib.pyplot as plt
import numpy as np


def run_forward(p, inputs):
    T, B, _ = inputs.shape
    h = np.zeros((T + 1, B, p['b_h'].size))
    for t in range(T):
        h[t + 1] = np.tanh(inputs[t] @ p['W_xh'] + h[t] @ p['W_hh'] + p['b_h'])
    return h[1:] @ p['W_hy'] + p['b_y'], h


def run_backward(p, inputs, h, d_outputs):
    g = {name: np.zeros_like(value) for name, value in p.items()}
    dh_next = np.zeros_like(h[0])
    for t in reversed(range(len(inputs))):
        g['W_hy'] += h[t + 1].T @ d_outputs[t]
        g['b_y'] += d_outputs[t].sum(axis=0)
        da = (d_outputs[t] @ p['W_hy'].T + dh_next) * (1 - h[t + 1] ** 2)
        g['W_xh'] += inputs[t].T @ da
        g['W_hh'] += h[t].T @ da
        g['b_h'] += da.sum(axis=0)
        dh_next = da @ p['W_hh'].T
    return g


def descended(p, g, learning_rate):
    return {name: p[name] - learning_rate * g[name] for name in p}


def initial(I, H, O):
    return {
        'W_xh': np.random.randn(I, H) * np.sqrt(1.0 / I) * 0.5,
        'W_hh': np.random.randn(H, H) * np.sqrt(1.0 / H) * 0.5,
        'b_h': np.zeros(H),
        'W_hy': np.random.randn(H, O) * np.sqrt(1.0 / H),
        'b_y': np.zeros(O),
    }


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.p = initial(input_size, hidden_size, output_size)

    def forward(self, inputs):
        self.inputs = inputs
        outputs, self.h = run_forward(self.p, inputs)
        return outputs, self.h[1:].copy()

    def backward(self, d_outputs):
        self.g = run_backward(self.p, self.inputs, self.h, d_outputs)
        return self.g

    def update_parameters(self, learning_rate):
        self.p = descended(self.p, self.g, learning_rate)


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


def fit(p, x, y, epochs=60):
    losses = []
    for _ in range(epochs):
        order = np.random.permutation(len(y))
        total = 0.0
        for k in range(0, len(order), 32):
            part = order[k:k + 32]
            outputs, h = run_forward(p, x[:, part])
            error = outputs[-1] - y[part]
            d_outputs = np.zeros_like(outputs)
            d_outputs[-1] = 2 * error / len(part)
            p = descended(p, run_backward(p, x[:, part], h, d_outputs), 0.1)
            total += float(np.sum(error ** 2))
        losses.append(total / len(order))
    return p, losses


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
        x, y = windows(known, T)
        p, losses = fit(initial(1, 16, 1), x, y)
        x_test, y_test = windows(unknown, T)
        predictions = run_forward(p, x_test)[0][-1, :, 0] * std + mean
        targets = y_test[:, 0] * std + mean
        error_by_length[T] = float(np.mean((predictions - targets) ** 2))
    return {
        'losses': losses,
        'predictions': predictions,
        'targets': targets,
        'error_by_length': error_by_length,
        'figure': draw(losses, predictions, targets),
    }
