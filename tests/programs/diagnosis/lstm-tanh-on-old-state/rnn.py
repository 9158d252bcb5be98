# ml-6 homework

from collections import namedtuple
import numpy as np
from matplotlib import pyplot as plt


class SimpleRNN:
    '''Recursive version: step t asks step t-1.'''

    def __init__(self, input_size, hidden_size, output_size):
        rnd = np.random.RandomState(np.random.randint(1 << 30))
        self.W_xh = rnd.randn(input_size, hidden_size) * 0.2
        self.W_hh = rnd.randn(hidden_size, hidden_size) * 0.2
        self.b_h = rnd.randn(hidden_size) * 0.01
        self.W_hy = rnd.randn(hidden_size, output_size) * 0.2
        self.b_y = rnd.randn(output_size) * 0.01

    def forward(self, inputs):
        def states(t):
            if t == 0:
                return [np.zeros((inputs.shape[1], self.b_h.size))]
            past = states(t - 1)
            h_t = np.tanh(inputs[t - 1] @ self.W_xh + past[-1] @ self.W_hh + self.b_h)
            return past + [h_t]

        self.inputs = inputs
        self.states = states(inputs.shape[0])
        hidden = np.array(self.states[1:])
        return hidden @ self.W_hy + self.b_y, np.array(self.states[:-1])

    def backward(self, d_outputs):
        S, X = self.states, self.inputs

        def walk(t, arriving):
            """gradients of steps 1..t, given what arrives at h_t from later steps"""
            if t == 0:
                return [np.zeros_like(p) for p in (self.W_xh, self.W_hh, self.b_h, self.W_hy, self.b_y)]
            dy = d_outputs[t - 1]
            pre = (arriving + dy @ self.W_hy.T) * (1.0 - S[t] ** 2)
            mine = [X[t - 1].T @ pre, S[t - 1].T @ pre, pre.sum(axis=0), S[t].T @ dy, dy.sum(axis=0)]
            rest = walk(t - 1, pre @ self.W_hh.T)
            return [m + r for m, r in zip(mine, rest)]

        got = walk(len(X), np.zeros_like(S[0]))
        self.last = {'W_xh': got[0], 'W_hh': got[1], 'b_h': got[2], 'W_hy': got[3], 'b_y': got[4]}
        return self.last

    def update_parameters(self, learning_rate):
        for n, g in self.last.items():
            setattr(self, n, getattr(self, n) - learning_rate * g)


Weights = namedtuple('Weights', 'W U b')


def weights_of(cell, letter):
    return Weights(*[getattr(cell, part + letter) for part in ('W_', 'U_', 'b_')])


def preactivation(w, x, h):
    return np.matmul(x, w.W) + np.matmul(h, w.U) + w.b


def squash01(a):
    return np.reciprocal(1 + np.exp(-np.clip(a, -600.0, 600.0)))


def lstm_step(wf, wi, wc, wo, x, h, c):
    forgotten = squash01(preactivation(wf, x, h)) * np.tanh(c)
    written = squash01(preactivation(wi, x, h)) * np.tanh(preactivation(wc, x, h))
    c_new = forgotten + written
    return squash01(preactivation(wo, x, h)) * np.tanh(c_new), c_new


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        for letter in 'fico':
            setattr(self, 'W_' + letter, np.random.randn(input_size, hidden_size) * 0.2)
            setattr(self, 'U_' + letter, np.random.randn(hidden_size, hidden_size) * 0.2)
            setattr(self, 'b_' + letter, np.zeros(hidden_size))

    def forward(self, input_t, hidden_state, cell_state):
        return lstm_step(*[weights_of(self, g) for g in 'fico'], input_t, hidden_state, cell_state)


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length <= 0:
        raise ValueError('length')
    k = np.arange(length, dtype=np.float64)
    if seq_type == 'sine':
        return np.sin(2 * np.pi * k / 40.0)
    if seq_type == 'square':
        return np.sign(np.sin(2 * np.pi * (k + 0.5) / 40.0))
    if seq_type == 'fibonacci':
        out = np.ones(length)
        for j in range(2, length):
            out[j] = out[j - 1] + out[j - 2]
        return out
    raise ValueError('seq_type')


class Experiment:
    def __init__(self, length, epochs=100, rate=0.08, hidden=10):
        self.length, self.epochs, self.rate = length, epochs, rate
        self.net = SimpleRNN(1, hidden, 1)
        self.losses = []

    def cut(self, values):
        n = len(values) - self.length
        x = np.zeros((self.length, n, 1))
        for k in range(self.length):
            x[k, :, 0] = values[k:k + n]
        return x, values[self.length:]

    def train(self, values):
        x, y = self.cut(values)
        for _ in range(self.epochs):
            out, _ = self.net.forward(x)
            delta = out[-1, :, 0] - y
            self.losses.append(float((delta ** 2).mean()))
            grad = np.zeros_like(out)
            grad[-1, :, 0] = 2 * delta / delta.size
            self.net.backward(grad)
            self.net.update_parameters(self.rate)
        return self

    def predict(self, values):
        x, y = self.cut(values)
        return self.net.forward(x)[0][-1, :, 0], y


def train_rnn_on_sequence():
    whole = generate_sequence_data('sine', 360)
    past, future = whole[:270], whole[270:]
    centre, width = np.mean(past), np.std(past)
    runs = {n: Experiment(n).train((past - centre) / width) for n in (3, 6, 12, 18)}
    err_table = {}
    for n, run in runs.items():
        p, y = run.predict((future - centre) / width)
        err_table[n] = float(np.abs(p - y).mean() * width)
    main = runs[12]
    p, y = main.predict((future - centre) / width)
    p, y = p * width + centre, y * width + centre
    fig = plt.figure()
    a = fig.add_subplot(121)
    a.plot(main.losses)
    b = fig.add_subplot(122)
    b.plot(y, 'k-')
    b.plot(p, 'r:')
    return dict(losses=main.losses, predictions=p, targets=y, error_by_length=err_table, figure=fig)


if __name__ == "__main__":
    result = train_rnn_on_sequence()
    print(result["error_by_length"])
