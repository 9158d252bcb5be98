"""Pure functions and named tuples; the classes only keep the parameters."""
from functools import reduce
from typing import NamedTuple
import matplotlib.pyplot as plt
import numpy as np

class Theta(NamedTuple):
    W_xh: np.ndarray
    W_hh: np.ndarray
    b_h: np.ndarray
    W_hy: np.ndarray
    b_y: np.ndarray

def step(theta, h, x):
    return np.tanh(x @ theta.W_xh + h @ theta.W_hh + theta.b_h)

def unroll(theta, xs):
    h0 = np.zeros((xs.shape[1], theta.W_hh.shape[0]))
    return reduce(lambda hs, x: [*hs, step(theta, hs[-1], x)], xs, [h0])

def readout(theta, hs):
    return np.stack([h @ theta.W_hy + theta.b_y for h in hs])

def pullback_step(theta, x, h_prev, h, g):
    """Gradients of one step given dL/dh = g."""
    ga = g * (1 - h * h)
    return (x.T @ ga, h_prev.T @ ga, ga.sum(axis=0), ga @ theta.W_hh.T)

def pullback(theta, xs, hs, gys):
    gW_hy = sum((h.T @ gy for h, gy in zip(hs[1:], gys)))
    gb_y = gys.sum(axis=(0, 1))
    acc = [np.zeros_like(theta.W_xh), np.zeros_like(theta.W_hh), np.zeros_like(theta.b_h)]
    g = np.zeros_like(hs[0])
    for x, h_prev, h, gy in zip(xs[::-1], hs[2::-1], hs[:0:-1], gys[::-1]):
        *parts, g = pullback_step(theta, x, h_prev, h, g + gy @ theta.W_hy.T)
        acc = [a + part for a, part in zip(acc, parts)]
    return Theta(*acc, gW_hy, gb_y)

def descend(theta, grads, rate):
    return Theta(*(p - rate * g for p, g in zip(theta, grads)))

class SimpleRNN:

    def __init__(self, input_size, hidden_size, output_size):
        gen = np.random.default_rng()
        he = lambda a, b: gen.normal(size=(a, b)) * np.sqrt(1 / a)
        self.theta = Theta(he(input_size, hidden_size), he(hidden_size, hidden_size), np.zeros(hidden_size), he(hidden_size, output_size), np.zeros(output_size))

    def __getattr__(self, name):
        if name in Theta._fields:
            return getattr(self.__dict__['theta'], name)
        raise AttributeError(name)

    def forward(self, inputs):
        self.xs = np.array(inputs)
        self.hs = unroll(self.theta, self.xs)
        return (readout(self.theta, self.hs[1:]), np.stack(self.hs[1:]))

    def backward(self, d_outputs):
        self.grads = pullback(self.theta, self.xs, self.hs, np.asarray(d_outputs))
        return self.grads._asdict()

    def update_parameters(self, learning_rate):
        self.theta = descend(self.theta, self.grads, learning_rate)

def sigma(z):
    return 1 / (1 + np.exp(-np.clip(z, -60, 60)))

class LSTMCell:

    def __init__(self, input_size, hidden_size):
        gen = np.random.default_rng()
        for k in 'fico':
            setattr(self, f'W_{k}', gen.normal(size=(input_size, hidden_size)) / np.sqrt(input_size))
            setattr(self, f'U_{k}', gen.normal(size=(hidden_size, hidden_size)) / np.sqrt(hidden_size))
            setattr(self, f'b_{k}', np.ones(hidden_size) if k == 'f' else np.zeros(hidden_size))

    def forward(self, input_t, hidden_state, cell_state):
        pre = lambda k: input_t @ getattr(self, f'W_{k}') + hidden_state @ getattr(self, f'U_{k}') + getattr(self, f'b_{k}')
        f, i, o = map(sigma, map(pre, 'fio'))
        c = f * cell_state + i * np.tanh(pre('fio'))
        return (o * np.tanh(c), c)

def fibonacci():
    a, b = (0, 1)
    while True:
        yield float(a)
        a, b = (b, a + b)

def sine(step=0.2):
    k = 0
    while True:
        yield np.sin(k * step)
        k += 1

def generate_sequence_data(seq_type='fibonacci', length=1000):
    streams = {'fibonacci': fibonacci, 'sine': sine}
    if seq_type not in streams:
        raise ValueError(f'unknown: {seq_type}')
    if length < 1:
        raise ValueError(f'too short: {length}')
    return np.fromiter(streams[seq_type](), dtype=float, count=length)

def train_rnn_on_sequence():
    data = generate_sequence_data('sine', 420)
    cut = 340

    def pairs(lo, hi, L):
        idx = np.arange(lo + L, hi)
        return (np.stack([data[idx - L + k] for k in range(L)])[..., None], data[idx][:, None])

    def fit(L, epochs=300):
        net = SimpleRNN(1, 14, 1)
        x, y = pairs(0, cut, L)

        def epoch(losses, _):
            out, _ = net.forward(x)
            e = out[-1] - y
            net.backward(np.concatenate([np.zeros_like(out[:-1]), 2 * e[None] / len(e)]))
            net.update_parameters(0.12)
            return losses + [float((e ** 2).mean())]
        losses = reduce(epoch, range(epochs), [])
        x, y = pairs(cut - L, len(data), L)
        return (losses, net.forward(x)[0][-1].ravel(), y.ravel())
    runs = {L: fit(L) for L in (5, 9, 14)}
    losses, p, t = runs[9]
    fig, (a, b) = plt.subplots(1, 2)
    a.plot(losses)
    b.plot(t, label='truth')
    b.plot(p, label='net')
    b.legend()
    return {'losses': losses, 'predictions': p, 'targets': t, 'figure': fig, 'error_by_length': {L: float(np.abs(p - t).mean()) for L, (_, p, t) in runs.items()}}
