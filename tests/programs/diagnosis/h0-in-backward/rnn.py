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


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        s1, s2 = (1 / input_size) ** .5, (1 / hidden_size) ** .5
        self.params = {}
        self.params['W_xh'] = np.random.randn(input_size, hidden_size) * s1
        self.params['W_hh'] = np.random.randn(hidden_size, hidden_size) * s2
        self.params['b_h'] = np.zeros((1, hidden_size))
        self.params['W_hy'] = np.random.randn(hidden_size, output_size) * s2
        self.params['b_y'] = np.zeros((1, output_size))
        self.cache = None
        self.grads = {k: np.zeros_like(v) for k, v in self.params.items()}

    def forward(self, inputs):
        P = self.params
        T, B, I = inputs.shape
        H = P['W_hh'].shape[0]
        h_prev = np.zeros((B, H))
        cache, outputs, hidden_states = [], [], []
        for t in range(T):
            x_t = inputs[t]
            z_t = x_t @ P['W_xh'] + h_prev @ P['W_hh'] + P['b_h']
            h_t = np.tanh(z_t)
            y_t = h_t @ P['W_hy'] + P['b_y']
            cache.append((x_t, h_prev, z_t, h_t))
            outputs.append(y_t)
            hidden_states.append(h_t)
            h_prev = h_t
        self.cache = cache
        return np.array(outputs), np.array(hidden_states)

    def backward(self, d_outputs):
        P = self.params
        for k in self.grads:
            self.grads[k] = np.zeros_like(P[k])
        g = self.grads
        dh_next = np.zeros_like(self.cache[0][1])
        t = len(self.cache)
        while t > 0:
            t -= 1
            x_t, h_prev, z_t, h_t = self.cache[t]
            dy = d_outputs[t]
            g['W_hy'] += h_t.T @ dy
            g['b_y'] += np.sum(dy, axis=0, keepdims=True)
            dh = dy @ P['W_hy'].T + dh_next
            dz = dh * (1 - np.tanh(z_t) ** 2)
            g['W_xh'] += x_t.T @ dz
            g['W_hh'] += np.zeros_like(h_prev).T @ dz
            g['b_h'] += np.sum(dz, axis=0, keepdims=True)
            dh_next = dz @ P['W_hh'].T
        return {k: v.copy() for k, v in g.items()}

    def update_parameters(self, learning_rate):
        for key in self.params.keys():
            self.params[key] -= learning_rate * self.grads[key]


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        n = input_size + hidden_size
        self.Wf = np.random.randn(hidden_size, n) / np.sqrt(n)
        self.bf = np.zeros((hidden_size, 1))
        self.Wi = np.random.randn(hidden_size, n) / np.sqrt(n)
        self.bi = np.zeros((hidden_size, 1))
        self.Wc = np.random.randn(hidden_size, n) / np.sqrt(n)
        self.bc = np.zeros((hidden_size, 1))
        self.Wo = np.random.randn(hidden_size, n) / np.sqrt(n)
        self.bo = np.zeros((hidden_size, 1))

    def sigmoid(self, x):
        return 1 / (1 + np.exp(-np.clip(x, -500, 500)))

    def forward(self, input_t, hidden_state, cell_state):
        concat = np.vstack((hidden_state.T, input_t.T))
        ft = self.sigmoid(np.dot(self.Wf, concat) + self.bf)
        it = self.sigmoid(np.dot(self.Wi, concat) + self.bi)
        cct = np.tanh(np.dot(self.Wc, concat) + self.bc)
        c_next = ft * cell_state.T + it * cct
        ot = self.sigmoid(np.dot(self.Wo, concat) + self.bo)
        a_next = ot * np.tanh(c_next)
        return a_next.T, c_next.T


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


class Trainer:
    def __init__(self, series, split=0.75):
        self.n = int(split * len(series))
        self.mean = np.mean(series[:self.n])
        self.std = np.std(series[:self.n])
        self.z = (series - self.mean) / self.std

    def sets(self, length):
        train = sliding_window_view(self.z[:self.n], length + 1)
        test = sliding_window_view(self.z[self.n:], length + 1)
        cut = lambda w: (w[:, :-1].T[..., None], w[:, -1:])
        return cut(train), cut(test)

    def run(self, length, epochs=120, lr=0.08):
        (x, y), (xt, yt) = self.sets(length)
        model = SimpleRNN(1, 12, 1)
        losses = np.empty(epochs)
        for e in range(epochs):
            pred = model.forward(x)[0]
            resid = pred[-1] - y
            losses[e] = 0.5 * np.mean(resid ** 2)
            grad = np.zeros(pred.shape)
            grad[-1] = resid / len(y)
            model.backward(grad)
            model.update_parameters(lr)
        p = model.forward(xt)[0][-1]
        return losses, p.ravel() * self.std + self.mean, yt.ravel() * self.std + self.mean


def train_rnn_on_sequence():
    np.random.seed(7)
    trainer = Trainer(generate_sequence_data('sine', 800))
    runs = {length: trainer.run(length) for length in (6, 12, 24)}
    losses, predictions, targets = runs[12]
    figure, axes = plt.subplots(2)
    axes[0].plot(losses)
    axes[1].plot(targets)
    axes[1].plot(predictions, '--')
    return {
        'losses': losses,
        'predictions': predictions,
        'targets': targets,
        'error_by_length': {n: float(np.abs(r[1] - r[2]).mean()) for n, r in runs.items()},
        'figure': figure,
    }
