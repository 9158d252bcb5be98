from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np

np.set_printoptions(precision=4, suppress=True)


class Cell:
    """Base class: makes the parameters that a subclass lists in GATES."""

    GATES = ''

    def __init__(self, n_in, n_hid):
        self.n_in, self.n_hid = n_in, n_hid
        for g in self.GATES:
            self.make(g)

    def make(self, g):
        lim = np.sqrt(6 / (self.n_in + self.n_hid))
        setattr(self, 'W_%s' % g, np.random.uniform(-lim, lim, (self.n_in, self.n_hid)))
        lim = np.sqrt(6 / (self.n_hid + self.n_hid))
        setattr(self, 'U_%s' % g, np.random.uniform(-lim, lim, (self.n_hid, self.n_hid)))
        setattr(self, 'b_%s' % g, np.zeros(self.n_hid))

    def net(self, g, x, h):
        return x @ getattr(self, 'W_%s' % g) + h @ getattr(self, 'U_%s' % g) + getattr(self, 'b_%s' % g)

    @staticmethod
    def squash(a):
        r = np.zeros_like(a)
        m = a > 0
        r[m] = 1 / (1 + np.exp(-a[m]))
        r[~m] = 1 - 1 / (1 + np.exp(a[~m]))
        return r


class LSTMCell(Cell):
    GATES = 'fico'

    def forward(self, input_t, hidden_state, cell_state):
        f = self.squash(self.net('f', input_t, hidden_state))
        i = self.squash(self.net('i', input_t, hidden_state))
        o = self.squash(self.net('o', input_t, hidden_state))
        g = np.tanh(self.net('c', input_t, hidden_state))
        c = f * cell_state + i * g
        h = o * np.tanh(c)
        return h, c


SEQUENCES = {}


def sequence(name):
    def register(function):
        SEQUENCES[name] = function
        return function
    return register


@sequence('fibonacci')
def fibonacci(length):
    out = [1.0, 1.0]
    for _ in range(length - 2):
        out.append(out[-1] + out[-2])
    return out[:length]


@sequence('sine')
def sine(length):
    return [np.sin(2 * np.pi * k / 30 + 0.5) for k in range(length)]


@sequence('linear')
def linear(length):
    return [0.1 * k for k in range(length)]


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if seq_type not in SEQUENCES:
        raise ValueError('known: ' + ', '.join(SEQUENCES))
    if length < 1:
        raise ValueError('at least one term, please')
    return np.array(SEQUENCES[seq_type](length), dtype=np.float64)


class SimpleRNN:
    """All parameters live in one flat vector `theta`; the matrices are views of its pieces."""

    def __init__(self, input_size, hidden_size, output_size):
        I, H, O = input_size, hidden_size, output_size
        n = I * H + H * H + H + H * O + O
        self.theta = np.zeros(n)
        self.grad = np.zeros(n)
        a = I * H
        b = a + H * H
        c = b + H
        d = c + H * O
        self.W_xh = self.theta[:a].reshape(I, H)
        self.W_hh = self.theta[a:b].reshape(H, H)
        self.b_h = self.theta[b:c]
        self.W_hy = self.theta[c:d].reshape(H, O)
        self.b_y = self.theta[-O:]
        self.W_xh[:] = np.random.randn(I, H) / np.sqrt(I)
        self.W_hh[:] = np.random.randn(H, H) / np.sqrt(H)
        self.W_hy[:] = np.random.randn(H, O) / np.sqrt(H)

    def forward(self, inputs):
        T, B, I = inputs.shape
        H = self.b_h.size
        hidden = [np.zeros((B, H))]
        for t in range(T):
            hidden.append(np.tanh(inputs[t].dot(self.W_xh) + hidden[-1].dot(self.W_hh) + self.b_h))
        self.inputs, self.hidden = inputs, hidden
        states = np.array(hidden[1:])
        return states.dot(self.W_hy) + self.b_y, states

    def backward(self, d_outputs):
        dWxh = np.zeros(self.W_xh.shape)
        dWhh = np.zeros(self.W_hh.shape)
        dbh = np.zeros(self.b_h.shape)
        dWhy = np.zeros(self.W_hy.shape)
        dby = d_outputs.sum(axis=1).sum(axis=0)
        flow = 0
        for t in range(len(d_outputs), 0, -1):
            h = self.hidden[t]
            dWhy += h.T.dot(d_outputs[t - 1])
            e = (d_outputs[t - 1].dot(self.W_hy.T) + flow) * (1 - h * h)
            dWxh += self.inputs[t - 1].T.dot(e)
            dWhh += self.hidden[t - 1].T.dot(e)
            dbh += e.sum(axis=0)
            flow = e.dot(self.W_hh.T)
        self.grad = np.concatenate([dWxh.ravel(), dWhh.ravel(), dbh, dWhy.ravel(), dby])
        return {'W_xh': dWxh, 'W_hh': dWhh, 'b_h': dbh, 'W_hy': dWhy, 'b_y': dby}

    def update_parameters(self, learning_rate):
        self.theta = self.theta - learning_rate * self.grad


def split_series(series, fraction=0.75):
    k = int(len(series) * fraction)
    return series[:k], series[k:]


def minmax(train):
    low, high = train.min(), train.max()
    return (lambda v: (v - low) / (high - low) - 0.5), (lambda v: (v + 0.5) * (high - low) + low)


def to_batches(series, steps):
    rows = [series[i:i + steps + 1] for i in range(len(series) - steps)]
    block = np.array(rows).T[:, :, None]
    return block[:-1], block[1:]


def train_one(series, steps, epochs=150, rate=0.1, hidden=16, size=40):
    net = SimpleRNN(1, hidden, 1)
    x, y = to_batches(series, steps)
    curve = []
    for _ in range(epochs):
        order = np.random.permutation(x.shape[1])
        loss = []
        for a in range(0, len(order), size):
            pick = order[a:a + size]
            out, _ = net.forward(x[:, pick])
            gap = out - y[:, pick]
            loss.append((gap[-1] ** 2).mean())
            weight = np.linspace(0.2, 1.0, steps)[:, None, None]
            net.backward(2 * weight * gap / len(pick) / steps * 2)
            net.update_parameters(rate)
        curve.append(float(np.mean(loss)))
    return net, curve


def one_step_ahead(net, series, steps):
    x, y = to_batches(series, steps)
    out, _ = net.forward(x)
    return out[-1, :, 0], y[-1, :, 0]


def train_rnn_on_sequence():
    np.random.seed(0)
    train, test = split_series(generate_sequence_data('sine', 480))
    scale, unscale = minmax(train)
    nets, curves, errors = {}, {}, {}
    for steps in (6, 12, 18):
        nets[steps], curves[steps] = train_one(scale(train), steps)
        p, q = one_step_ahead(nets[steps], scale(test), steps)
        errors[steps] = float(np.sqrt(np.mean((unscale(p) - unscale(q)) ** 2)))
    p, q = one_step_ahead(nets[12], scale(test), 12)
    predictions, targets = unscale(p), unscale(q)

    figure = plt.figure(figsize=(8, 6))
    top = figure.add_subplot(2, 1, 1)
    top.plot(curves[12])
    top.set_title('loss')
    bottom = figure.add_subplot(2, 1, 2)
    bottom.plot(targets, label='targets')
    bottom.plot(predictions, label='predictions')
    bottom.legend()
    return {'losses': curves[12], 'predictions': predictions, 'targets': targets,
            'error_by_length': errors, 'figure': figure}
