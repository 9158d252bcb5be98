import matplotlib.pyplot as plt
import numpy as np
from collections import deque

class SimpleRNN:
    """batch first inside, letters for axes, a deque as the tape"""
    def __init__(self, input_size, hidden_size, output_size):
        s = 1 / np.sqrt(hidden_size)
        self.theta = dict(
            U=np.random.uniform(-s, s, (hidden_size, input_size)),
            W=np.random.uniform(-s, s, (hidden_size, hidden_size)),
            b=np.zeros(hidden_size),
            V=np.random.uniform(-s, s, (output_size, hidden_size)),
            c=np.zeros(output_size))

    def forward(self, inputs):
        p = self.theta
        xs = np.einsum('tbi->bti', inputs)
        z = np.einsum('bti,hi->bth', xs, p['U']) + p['b']
        states = np.zeros((xs.shape[0], xs.shape[1] + 1, p['W'].shape[0]))
        for t in range(xs.shape[1]):
            states[:, t + 1] = np.tanh(z[:, t] + np.einsum('bj,hj->bh', states[:, t], p['W']))
        self.tape = deque([xs, states])
        ys = np.einsum('bth,oh->bto', states[:, 1:], p['V']) + p['c']
        return ys.transpose(1, 0, 2), states[:, 1:].transpose(1, 0, 2)

    def backward(self, d_outputs):
        p = self.theta
        xs, states = self.tape
        dy = np.einsum('tbo->bto', d_outputs)
        slope = 1 - states[:, 1:] ** 2
        from_y = np.einsum('bto,oh->bth', dy, p['V'])
        delta = np.zeros_like(slope)
        later = np.zeros_like(slope[:, 0])
        for t in range(slope.shape[1])[::-1]:
            delta[:, t] = slope[:, t] * (from_y[:, t] + later)
            later = np.einsum('bh,hj->bj', delta[:, t], p['W'])
        self.grads = dict(
            U=np.einsum('bth,bti->hi', delta, xs),
            W=np.einsum('bth,btj->hj', delta, states[:, :-1]),
            b=np.einsum('bth->h', delta),
            V=np.einsum('bto,bth->ho', dy, states[:, 1:]).reshape(p['V'].shape),
            c=np.einsum('bto->o', dy))
        return self.grads

    def update_parameters(self, learning_rate):
        for k in self.theta:
            self.theta[k] = self.theta[k] - learning_rate * self.grads[k]


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
