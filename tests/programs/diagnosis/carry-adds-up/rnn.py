import math
from dataclasses import dataclass, fields
from functools import partial, reduce
from itertools import accumulate, islice
from typing import NamedTuple

import matplotlib
matplotlib.use('Agg')
import matplotlib.pyplot as plt
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


@dataclass
class Params:
    W_xh: np.ndarray
    W_hh: np.ndarray
    b_h: np.ndarray
    W_hy: np.ndarray
    b_y: np.ndarray

    def zeros_like(self):
        return Params(*(np.zeros_like(getattr(self, f.name)) for f in fields(self)))


class Step(NamedTuple):
    x: np.ndarray
    h_prev: np.ndarray
    h: np.ndarray


class SimpleRNN:
    def __init__(self, input_size: int, hidden_size: int, output_size: int) -> None:
        bound = 1 / math.sqrt(hidden_size)
        u = np.random.uniform
        self.p = Params(
            W_xh=u(-bound, bound, (input_size, hidden_size)),
            W_hh=u(-bound, bound, (hidden_size, hidden_size)),
            b_h=np.zeros(hidden_size),
            W_hy=u(-bound, bound, (hidden_size, output_size)),
            b_y=np.zeros(output_size),
        )
        self.steps: list[Step] = []
        self.g: Params | None = None

    def forward(self, inputs):
        p = self.p
        h = np.zeros((inputs.shape[1], p.b_h.shape[0]))
        self.steps = []
        ys = []
        for x in inputs:
            new = np.tanh(x @ p.W_xh + h @ p.W_hh + p.b_h)
            self.steps.append(Step(x, h, new))
            h = new
            ys.append(h @ p.W_hy + p.b_y)
        return np.stack(ys), np.stack([s.h for s in self.steps])

    def backward(self, d_outputs):
        p, g = self.p, self.p.zeros_like()
        dh = np.zeros_like(self.steps[0].h)
        for step, dy in zip(reversed(self.steps), d_outputs[::-1]):
            g.W_hy += step.h.T @ dy
            g.b_y += dy.sum(0)
            dh += dy @ p.W_hy.T
            da = dh * (1 - step.h ** 2)
            g.W_xh += step.x.T @ da
            g.W_hh += step.h_prev.T @ da
            g.b_h += da.sum(0)
            dh += da @ p.W_hh.T
        self.g = g
        return {f.name: getattr(g, f.name) for f in fields(g)}

    def update_parameters(self, learning_rate):
        for f in fields(self.p):
            getattr(self.p, f.name)[...] -= learning_rate * getattr(self.g, f.name)


class LSTMCell:
    GATES = ('f', 'i', 'c', 'o')

    def __init__(self, input_size, hidden_size):
        for gate in self.GATES:
            setattr(self, f'W_{gate}', np.random.randn(input_size, hidden_size) * (1 / input_size) ** 0.5)
            setattr(self, f'U_{gate}', np.random.randn(hidden_size, hidden_size) * (1 / hidden_size) ** 0.5)
            setattr(self, f'b_{gate}', np.ones(hidden_size) if gate == 'f' else np.zeros(hidden_size))

    def _pre(self, gate, x, h):
        W, U, b = (getattr(self, f'{n}_{gate}') for n in 'WUb')
        return x @ W + h @ U + b

    @staticmethod
    def _sigmoid(z):
        out = np.empty_like(z)
        pos = z >= 0
        out[pos] = 1.0 / (1.0 + np.exp(-z[pos]))
        ez = np.exp(z[~pos])
        out[~pos] = ez / (1.0 + ez)
        return out

    def forward(self, input_t, hidden_state, cell_state):
        act = {'f': self._sigmoid, 'i': self._sigmoid, 'c': np.tanh, 'o': self._sigmoid}
        v = {gate: act[gate](self._pre(gate, input_t, hidden_state)) for gate in self.GATES}
        new_cell_state = v['f'] * cell_state + v['i'] * v['c']
        new_hidden_state = v['o'] * np.tanh(new_cell_state)
        return new_hidden_state, new_cell_state


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length must be at least 1')
    if seq_type == 'fibonacci':
        data = np.zeros(length, dtype=np.float64)
        data[0] = 0
        if length > 1:
            data[1] = 1
        for i in range(2, length):
            data[i] = data[i - 1] + data[i - 2]
        return data
    elif seq_type == 'sine':
        return np.sin(np.linspace(0, 20 * np.pi, length))
    else:
        raise ValueError('unknown sequence type: ' + str(seq_type))


def make_dataset(series, seq_len):
    xs, ys = [], []
    for start in range(0, len(series) - seq_len):
        xs.append(series[start:start + seq_len])
        ys.append(series[start + 1:start + seq_len + 1])
    xs = np.array(xs).T.reshape(seq_len, -1, 1)
    ys = np.array(ys).T.reshape(seq_len, -1, 1)
    return xs, ys


def fit(train_series, seq_len, epochs=40, lr=0.05, batch=32):
    """小批量随机梯度下降；每一步都有目标"""
    rng = np.random.default_rng(seq_len)
    X, Y = make_dataset(train_series, seq_len)
    net = SimpleRNN(1, 20, 1)
    history = []
    for _ in range(epochs):
        order = rng.permutation(X.shape[1])
        total, count = 0.0, 0
        for s in range(0, len(order), batch):
            idx = order[s:s + batch]
            out, _ = net.forward(X[:, idx])
            diff = out - Y[:, idx]
            total += float((diff ** 2).sum())
            count += diff.size
            net.backward(2 * diff / diff.size)
            net.update_parameters(lr)
        history.append(total / count)
    return net, history


def train_rnn_on_sequence():
    np.random.seed(1)
    series = generate_sequence_data('sine', 500)
    cut = 400
    lo, hi = series[:cut].min(), series[:cut].max()
    scaled = 2 * (series - lo) / (hi - lo) - 1
    train_part, test_part = scaled[:cut], scaled[cut:]
    errors = {}
    results = {}
    for seq_len in [4, 8, 16]:
        net, history = fit(train_part, seq_len)
        X, Y = make_dataset(test_part, seq_len)
        out, _ = net.forward(X)
        pred = (out[-1, :, 0] + 1) / 2 * (hi - lo) + lo
        true = (Y[-1, :, 0] + 1) / 2 * (hi - lo) + lo
        errors[seq_len] = float(np.sqrt(np.mean((pred - true) ** 2)))
        results[seq_len] = (history, pred, true)
    history, pred, true = results[16]
    fig = plt.figure()
    a = fig.add_subplot(2, 1, 1)
    a.semilogy(history)
    a.set_xlabel('epoch')
    b = fig.add_subplot(2, 1, 2)
    b.plot(true, 'k-', label='真实值')
    b.plot(pred, 'r--', label='预测')
    return dict(losses=history, predictions=pred, targets=true, error_by_length=errors, figure=fig)
