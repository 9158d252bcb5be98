"""HW6 — RNN on top of a parameter space.

A ParamSpace is a vector together with named windows into it.  Optimisers only see the vector.
"""
import numpy as np
import matplotlib.pyplot as plt


class Window:
    """descriptor: net.W_xh  ->  net.space['W_xh']"""

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, net, owner=None):
        return self if net is None else net.space[self.name]

    def __set__(self, net, value):
        net.space[self.name][...] = value


class ParamSpace:
    def __init__(self, **shapes):
        ends = np.cumsum([np.prod(s, dtype=int) for s in shapes.values()])
        self.shapes = shapes
        self.vector = np.zeros(ends[-1])
        parts = np.split(self.vector, ends[:-1])
        self.windows = {name: part.reshape(shape) for (name, shape), part in zip(shapes.items(), parts)}

    def __getitem__(self, name):
        return self.windows[name]

    def like(self):
        return ParamSpace(**self.shapes)

    def items(self):
        return self.windows.items()


class SimpleRNN:
    W_xh, W_hh, b_h, W_hy, b_y = Window(), Window(), Window(), Window(), Window()

    def __init__(self, input_size, hidden_size, output_size):
        self.space = ParamSpace(W_xh=(input_size, hidden_size), W_hh=(hidden_size, hidden_size),
                                b_h=(hidden_size,), W_hy=(hidden_size, output_size), b_y=(output_size,))
        self.slope = self.space.like()
        for name, w in self.space.items():
            if w.ndim == 2:
                w += np.random.randn(*w.shape) * np.sqrt(2.0 / sum(w.shape))

    def forward(self, inputs):
        steps, batch, _ = inputs.shape
        self.x = inputs.astype(np.float64, copy=True)
        self.h = np.zeros((steps + 1, batch, self.b_h.size))      # h[-1] stays zero: it is h_0
        for t in range(steps):
            self.h[t] = np.tanh(self.x[t] @ self.W_xh + self.h[t - 1] @ self.W_hh + self.b_h)
        states = self.h[:-1].copy()
        return states @ self.W_hy + self.b_y, states

    def backward(self, d_outputs):
        g = self.slope
        g.vector.fill(0)
        back = np.zeros(self.h.shape[1:])
        for t in reversed(range(len(self.x))):
            g['W_hy'][...] += self.h[t].T @ d_outputs[t]
            g['b_y'][...] += d_outputs[t].sum(0)
            dz = (d_outputs[t] @ self.W_hy.T + back) * (1 - self.h[t] ** 2)
            g['W_xh'][...] += self.x[t].T @ dz
            g['W_hh'][...] += self.h[t - 1].T @ dz
            g['b_h'][...] += dz.sum(0)
            back = dz @ self.W_hh.T
        return {name: w.copy() for name, w in g.items()}

    def update_parameters(self, learning_rate):
        # one line for all of them, that's the beauty of it
        self.space.vector = self.space.vector - learning_rate * self.slope.vector


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        self.space = ParamSpace(**{f'{k}_{g}': shape for g in 'fico' for k, shape in
                                   dict(W=(input_size, hidden_size), U=(hidden_size, hidden_size),
                                        b=(hidden_size,)).items()})
        self.space.vector[:] = np.random.uniform(-1, 1, self.space.vector.size) / np.sqrt(hidden_size)

    def __getattr__(self, name):
        if name != 'space' and name in self.space.shapes:
            return self.space[name]
        raise AttributeError(name)

    def forward(self, input_t, hidden_state, cell_state):
        def z(g):
            return input_t @ self.space['W_' + g] + hidden_state @ self.space['U_' + g] + self.space['b_' + g]

        def sigma(v):
            return (np.tanh(v / 2) + 1) / 2

        c = sigma(z('f')) * cell_state + sigma(z('i')) * np.tanh(z('c'))
        return sigma(z('o')) * np.tanh(c), c


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length')
    if seq_type == 'sine':
        return np.sin(0.22 * np.arange(length))
    if seq_type == 'fibonacci':
        v = np.zeros(length + 1)
        v[1] = 1
        for n in range(2, length + 1):
            v[n] = v[n - 1] + v[n - 2]
        return v[:length]
    raise ValueError(f'unknown sequence type {seq_type}')


class Adam:
    """works on the vector of a space, in place"""

    def __init__(self, space, lr=0.01, betas=(0.9, 0.999)):
        self.space, self.lr, self.betas, self.k = space, lr, betas, 0
        self.m, self.v = np.zeros_like(space.vector), np.zeros_like(space.vector)

    def step(self, gradient):
        self.k += 1
        b, c = self.betas
        self.m += (1 - b) * (gradient - self.m)
        self.v += (1 - c) * (gradient ** 2 - self.v)
        m, v = self.m / (1 - b ** self.k), self.v / (1 - c ** self.k)
        self.space.vector -= self.lr * m / (np.sqrt(v) + 1e-8)


def train_rnn_on_sequence():
    np.random.seed(3)
    s = generate_sequence_data('sine', 500)
    cut = 380
    mean, std = s[:cut].mean(), s[:cut].std()
    z = (s - mean) / std

    def windows(a, n):
        return np.array([a[i:len(a) - n + i] for i in range(n)])[:, :, None], a[n:]

    losses, errors, kept = {}, {}, {}
    for n in (4, 8, 16):
        net = SimpleRNN(1, 16, 1)
        adam, losses[n] = Adam(net.space), []
        x, y = windows(z[:cut], n)
        for epoch in range(40):
            order, total = np.random.permutation(len(y)), 0
            for k in range(0, len(y), 60):
                idx = order[k:k + 60]
                out, _ = net.forward(x[:, idx])
                e = out[-1, :, 0] - y[idx]
                total += (e ** 2).sum()
                d = np.zeros_like(out)
                d[-1, :, 0] = 2 * e / len(idx)
                net.backward(d)
                adam.step(net.slope.vector)
            losses[n].append(total / len(y))
        x, y = windows(z[cut:], n)
        p = net.forward(x)[0][-1, :, 0]
        kept[n] = p * std + mean, y * std + mean
        errors[n] = float(np.sqrt(np.mean((p - y) ** 2)) * std)

    fig, (a, b) = plt.subplots(2, 1)
    a.semilogy(losses[8])
    a.set_title('loss')
    b.plot(kept[8][1]); b.plot(kept[8][0], '--')
    b.legend(['truth', 'prediction'])
    return {'losses': losses[8], 'predictions': kept[8][0], 'targets': kept[8][1],
            'error_by_length': errors, 'figure': fig}
