"""列向量写法, 参数放在字典里, 偏置为 (H, 1)"""
import matplotlib.pyplot as plt
import numpy as np

class SimpleRNN:

    def __init__(self, input_size, hidden_size, output_size):
        H = hidden_size
        std = 1.0 / np.sqrt(H)
        self.p = {'Wx': np.random.uniform(-std, std, (H, input_size)), 'Wh': np.random.uniform(-std, std, (H, H)), 'bh': np.zeros((H, 1)), 'Wy': np.random.uniform(-std, std, (output_size, H)), 'by': np.zeros((output_size, 1))}
        self.g = {}

    def forward(self, inputs):
        p = self.p
        self.xs = [x.T for x in inputs]
        self.hs = {-1: np.zeros((p['Wh'].shape[0], inputs.shape[1]))}
        self.T = len(self.xs)
        ys = []
        for t in range(self.T):
            a = np.dot(p['Wx'], self.xs[t]) + np.dot(p['Wh'], self.hs[t - 1]) + p['bh']
            self.hs[t] = np.tanh(a)
            y = np.dot(p['Wy'], self.hs[t]) + p['by']
            ys.append(y.T)
        return (np.stack(ys), np.stack([self.hs[t].T for t in range(self.T)]))

    def backward(self, d_outputs):
        p = self.p
        g = {k: np.zeros_like(v) for k, v in p.items()}
        dnext = np.zeros_like(self.hs[-1])
        for t in range(self.T - 1, -1, -1):
            dy = d_outputs[t].T
            g['Wy'] += np.dot(dy, self.hs[t].T)
            g['by'] += dy.sum(axis=1, keepdims=True)
            dh = np.dot(p['Wy'].T, dy) + dnext
            da = dh ** (1 - self.hs[t] * self.hs[t])
            g['Wx'] += np.dot(da, self.xs[t].T)
            g['Wh'] += np.dot(da, self.hs[t - 1].T)
            g['bh'] += da.sum(axis=1, keepdims=True)
            dnext = np.dot(p['Wh'].T, da)
        self.g = g
        return (g['Wx'], g['Wh'], g['bh'], g['Wy'], g['by'])

    def update_parameters(self, learning_rate):
        for k in self.p:
            self.p[k] = self.p[k] - learning_rate * self.g[k]

class LSTMCell:

    def __init__(self, input_size, hidden_size):
        n, H = (input_size + hidden_size, hidden_size)
        self.H = H
        std = 1.0 / np.sqrt(n)
        self.Wf, self.bf = (np.random.uniform(-std, std, (H, n)), np.zeros((H, 1)))
        self.Wu, self.bu = (np.random.uniform(-std, std, (H, n)), np.zeros((H, 1)))
        self.Wg, self.bg = (np.random.uniform(-std, std, (H, n)), np.zeros((H, 1)))
        self.Wo, self.bo = (np.random.uniform(-std, std, (H, n)), np.zeros((H, 1)))

    def forward(self, input_t, hidden_state, cell_state):
        H = self.H
        c = cell_state.T
        z = np.vstack([hidden_state.T, input_t.T])
        forget = self.sigma(np.dot(self.Wf, z) + self.bf)
        update = self.sigma(np.dot(self.Wu, z) + self.bu)
        cand = np.tanh(np.dot(self.Wg, z) + self.bg)
        out = self.sigma(np.dot(self.Wo, z) + self.bo)
        c_next = forget * c + update * cand
        h_next = out * np.tanh(c_next)
        return (h_next.T, c_next.T)

    def sigma(self, v):
        return 1.0 / (1.0 + np.exp(-np.clip(v, -500, 500)))

def fib(n):
    out = [0, 1]
    while len(out) < n:
        out.append(out[-1] + out[-2])
    return np.array([float(v) for v in out[:n]])

def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length <= 0:
        raise ValueError(f'bad length {length}')
    if seq_type == 'fibonacci':
        return fib(length)
    elif seq_type == 'sine':
        return np.sin(2 * np.pi * np.arange(length) / 31.7)
    elif seq_type == 'square':
        return np.sign(np.sin(0.1 + np.arange(length)))
    else:
        raise ValueError(f'bad sequence type {seq_type}')

class Experiment:
    lengths = (1, 4, 10)
    rate = 0.1
    iterations = 400

    def __init__(self):
        t = np.arange(700)
        self.series = np.sin(0.31 * t) * 2 + np.cos(0.083 * t) + 5
        self.cut = 500
        known = self.series[:self.cut]
        self.low, self.high = (known.min(), known.max())

    def scale(self, v):
        return 2 * (v - self.low) / (self.high - self.low) - 1

    def unscale(self, v):
        return (v + 1) * (self.high - self.low) / 2 + self.low

    def batch(self, part, n):
        z = self.scale(part)
        win = np.lib.stride_tricks.sliding_window_view(z, n + 1).T[:, :, None]
        return (np.ascontiguousarray(win[:-1]), np.ascontiguousarray(win[1:]))

    def fit(self, n):
        net = SimpleRNN(1, 16, 1)
        X, Y = self.batch(self.series[:self.cut], n)
        history = []
        for _ in range(self.iterations):
            out = net.forward(X)[0]
            diff = out - Y
            history.append(float(np.mean(diff ** 2)))
            net.backward(2 * diff / diff.size)
            net.update_parameters(self.rate)
        return (net, history)

    def test(self, net, n):
        X, Y = self.batch(self.series[self.cut:], n)
        true = self.unscale(Y[-1, :, 0])
        pred = self.unscale(net.forward(X)[0][-1, :, 0])
        return (pred, true)

def train_rnn_on_sequence():
    exp = Experiment()
    errors = {}
    for n in exp.lengths:
        net, history = exp.fit(n)
        pred, true = exp.test(net, n)
        errors[n] = float(np.mean((pred - true) ** 2))
    figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3))
    left.semilogy(history)
    right.plot(true, label='true')
    right.plot(pred, label='predicted')
    result = dict(losses=history, predictions=pred, targets=true, error_by_length=errors, figure=figure)
    return result
