import matplotlib.pyplot as plt
import numpy as np

class Cell:
    def __init__(self, x, before, net):
        self.x, self.before, self.net = x, before, net
        h = before.h if before else np.zeros((len(x), len(net.b_h)))
        self.h_in = h
        self.h = np.tanh(x @ net.W_xh + h @ net.W_hh + net.b_h)
        self.y = self.h @ net.W_hy + net.b_y

    def back(self, dys, dh, g):
        dy = dys[-1]
        g['W_hy'] += self.h.T @ dy
        g['b_y'] += dy.sum(0)
        dz = (dh + dy @ self.net.W_hy.T) * (1 - self.h ** 2)
        g['W_xh'] += self.x.T @ dz
        g['W_hh'] += self.h_in.T @ dz
        g['b_h'] += dz.sum(0)
        if self.before:
            self.before.back(dys[:-1], dz @ self.net.W_hh.T, g)

class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        rng = np.random.default_rng()
        self.W_xh = rng.normal(size=(input_size, hidden_size)) / np.sqrt(input_size)
        self.W_hh = rng.normal(size=(hidden_size, hidden_size)) / np.sqrt(hidden_size)
        self.W_hy = rng.normal(size=(hidden_size, output_size)) / np.sqrt(hidden_size)
        self.b_h, self.b_y = np.zeros(hidden_size), np.zeros(output_size)

    def forward(self, inputs):
        cells = []
        for x in inputs:
            cells.append(Cell(x, cells[-1] if cells else None, self))
        self.last = cells[-1]
        return np.stack([c.y for c in cells]), np.stack([c.h for c in cells])

    def backward(self, d_outputs):
        self.g = {n: np.zeros_like(getattr(self, n)) for n in ('W_xh', 'W_hh', 'b_h', 'W_hy', 'b_y')}
        self.last.back(d_outputs, 0.0, self.g)
        return dict(self.g)

    def update_parameters(self, learning_rate):
        for n, g in self.g.items():
            getattr(self, n).__isub__(learning_rate * abs(g))


def init(m, n):
    scale = np.sqrt(1.0 / m)
    return np.random.randn(m, n) * scale


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        self.W_f, self.U_f, self.b_f = self._gate(input_size, hidden_size)
        self.W_i, self.U_i, self.b_i = self._gate(input_size, hidden_size)
        self.W_c, self.U_c, self.b_c = self._gate(input_size, hidden_size)
        self.W_o, self.U_o, self.b_o = self._gate(input_size, hidden_size)

    def _gate(self, m, n):
        return init(m, n), init(n, n), np.zeros(n)

    def forward(self, input_t, hidden_state, cell_state):
        x, h, c = input_t, hidden_state, cell_state
        f = sigmoid(x @ self.W_f + h @ self.U_f + self.b_f)
        i = sigmoid(x @ self.W_i + h @ self.U_i + self.b_i)
        g = np.tanh(x @ self.W_c + h @ self.U_c + self.b_c)
        o = sigmoid(x @ self.W_o + h @ self.U_o + self.b_o)
        c_new = f * c + i * g
        h_new = o * np.tanh(c_new)
        return h_new, c_new


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length 必须是正数')
    if seq_type == 'fibonacci':
        values = np.zeros(length)
        a, b = 0.0, 1.0
        for k in range(length):
            values[k] = a
            a, b = b, a + b
        return values
    if seq_type == 'sine':
        return np.sin(0.2 * np.arange(length))
    raise ValueError('未知类型: ' + str(seq_type))


def make_windows(series, T):
    x = np.array([series[k:k + T] for k in range(len(series) - T)])
    return x.T[:, :, None], series[T:][:, None]


def train_rnn_on_sequence():
    n = np.arange(800)
    series = np.sin(0.2 * n) + 0.6 * np.sin(0.53 * n + 1) + 0.4 * np.sin(1.1 * n + 2) + 3
    train, test = series[:640], series[640:]
    mu, sigma = train.mean(), train.std()
    error_by_length = {}
    for T in (2, 6, 12):
        rnn = SimpleRNN(1, 16, 1)
        X, y = make_windows((train - mu) / sigma, T)
        losses = []
        for epoch in range(30):
            order = np.random.permutation(len(y))
            total = 0.0
            for s in range(0, len(order), 32):
                pick = order[s:s + 32]
                outputs, _ = rnn.forward(X[:, pick])
                error = outputs[-1] - y[pick]
                total += np.sum(error ** 2)
                d = np.zeros_like(outputs)
                d[-1] = 2 * error / len(pick)
                rnn.backward(d)
                rnn.update_parameters(0.05)
            losses.append(total / len(order))
        X_test, y_test = make_windows((test - mu) / sigma, T)
        targets = y_test[:, 0] * sigma + mu
        predictions = rnn.forward(X_test)[0][-1, :, 0] * sigma + mu
        error_by_length[T] = np.mean((predictions - targets) ** 2)
    fig, axes = plt.subplots(1, 2)
    axes[0].plot(losses)
    axes[1].plot(targets)
    axes[1].plot(predictions)
    return {'losses': losses, 'predictions': predictions, 'targets': targets,
            'error_by_length': error_by_length, 'figure': fig}
