# rnn.py
import numpy as np
import matplotlib.pyplot as plt


class SimpleRNN:
    """Vanilla RNN; gradients clipped by their common norm at 10 (allowed), seeded per object."""
    _count = 0

    def __init__(self, input_size, hidden_size, output_size):
        SimpleRNN._count += 1
        rng = np.random.default_rng(2024 + SimpleRNN._count)      # reproducible, yet every object differs
        w = lambda r, c: rng.standard_normal((r, c)) / np.sqrt(r + c)
        self.W_xh, self.W_hh, self.W_hy = w(input_size, hidden_size), w(hidden_size, hidden_size), w(hidden_size, output_size)
        self.b_h, self.b_y = np.zeros(hidden_size), np.zeros(output_size)

    def forward(self, inputs):
        self._x = inputs
        self._h = [np.zeros((inputs.shape[1], self.b_h.size))]
        for x in inputs:
            self._h.append(np.tanh(x @ self.W_xh + self._h[-1] @ self.W_hh + self.b_h))
        hs = np.stack(self._h[1:])
        return hs @ self.W_hy + self.b_y, hs

    def backward(self, d_outputs):
        if not hasattr(self, '_x'):
            raise RuntimeError('call forward first')
        g = {n: np.zeros_like(getattr(self, n)) for n in ('W_xh', 'W_hh', 'b_h', 'W_hy', 'b_y')}
        dh = np.zeros_like(self._h[0])
        for t in reversed(range(len(self._x))):
            h, hp, dy = self._h[t + 1], self._h[t], d_outputs[t]
            g['W_hy'] += h.T @ dy
            g['b_y'] += dy.sum(0)
            dz = (dh + dy @ self.W_hy.T) * (1 - h * h)
            g['W_xh'] += self._x[t].T @ dz
            g['W_hh'] += hp.T @ dz
            g['b_h'] += dz.sum(0)
            dh = dz @ self.W_hh.T
        norm = np.sqrt(sum((v ** 2).sum() for v in g.values()))
        if norm > 10:
            g = {k: v * (10 / norm) for k, v in g.items()}
        self._g = g
        return g

    def update_parameters(self, learning_rate):
        for k, v in self._g.items():
            setattr(self, k, getattr(self, k) - learning_rate * v)


class LSTMCell:
    """The joint matrix [W; U] of all gates is cached between calls and rebuilt when any of the
    twelve parameters differs from what it was built from (compared by content)."""
    ORDER = ('i', 'f', 'o', 'c')

    def __init__(self, input_size, hidden_size):
        rng = np.random.default_rng()
        for g in self.ORDER:
            setattr(self, 'W_' + g, rng.normal(0, (input_size + hidden_size) ** -.5, (input_size, hidden_size)))
            setattr(self, 'U_' + g, rng.normal(0, (2 * hidden_size) ** -.5, (hidden_size, hidden_size)))
            setattr(self, 'b_' + g, np.zeros(hidden_size))
        self._signature = None

    def _joint(self):
        signature = b''.join(np.ascontiguousarray(getattr(self, p + g)).tobytes() for g in self.ORDER for p in ('W_', 'U_', 'b_'))
        if signature != self._signature:
            self._big = np.block([[getattr(self, 'W_' + g) for g in self.ORDER], [getattr(self, 'U_' + g) for g in self.ORDER]])
            self._bias = np.concatenate([getattr(self, 'b_' + g) for g in self.ORDER])
            self._signature = signature
        return self._big, self._bias

    def forward(self, input_t, hidden_state, cell_state):
        big, bias = self._joint()
        z = np.c_[input_t, hidden_state] @ big + bias
        H = hidden_state.shape[1]
        i, f, o = np.split(np.tanh(z[:, :3 * H] / 2) / 2 + .5, 3, axis=-1)
        c = f * cell_state + i * np.tanh(z[:, 3 * H:])
        return o * np.tanh(c), c


def generate_sequence_data(seq_type='fibonacci', length=1000):
    """fast doubling for every index: F(2k) = F(k)(2F(k+1) - F(k)), F(2k+1) = F(k)^2 + F(k+1)^2"""
    def pair(n):
        if n == 0:
            return 0, 1
        a, b = pair(n >> 1)
        c, d = a * (2 * b - a), a * a + b * b
        return (d, c + d) if n & 1 else (c, d)

    match seq_type:
        case _ if length < 1:
            raise ValueError('length < 1')
        case 'fibonacci':
            return np.array([float(pair(n)[0]) for n in range(length)])
        case 'sine':
            return np.sin(np.arange(length) * 2 * np.pi / 30)
        case 'lucas':
            return np.array([float(2 * pair(n)[1] - pair(n)[0]) for n in range(length)])
        case _:
            raise ValueError(f'unknown seq_type {seq_type}')


def train_rnn_on_sequence():
    """Mini-batches, loss at every step, z-scores of the training part, learning rate halved twice."""
    rng = np.random.default_rng(0)
    series = generate_sequence_data('sine', 400)
    cut = int(0.75 * len(series))
    train, test = series[:cut], series[cut:]
    mu, sd = train.mean(), train.std()
    z_train, z_test = (train - mu) / sd, (test - mu) / sd

    def windows(z, length):
        idx = np.arange(len(z) - length)[:, None] + np.arange(length + 1)
        w = z[idx].T[..., None]
        return w[:-1], w[1:]

    def fit(length, epochs=25, batch=32):
        net = SimpleRNN(1, 16, 1)
        x, y = windows(z_train, length)
        history = []
        for epoch in range(epochs):
            lr = 0.05 * 0.5 ** (epoch // 10)
            order = rng.permutation(x.shape[1])
            total = 0.0
            for s in range(0, len(order), batch):
                take = order[s:s + batch]
                out, _ = net.forward(x[:, take])
                err = out - y[:, take]
                total += 0.5 * np.sum(err ** 2)
                net.backward(err / len(take) / length * 2)
                net.update_parameters(lr)
            history.append(total / x.shape[1] / length)
        return net, history

    errors, keep = {}, None
    for length in (4, 8, 16):
        net, history = fit(length)
        x, y = windows(z_test, length)
        p, q = net.forward(x)[0][-1, :, 0] * sd + mu, y[-1, :, 0] * sd + mu
        errors[length] = float(np.sqrt(np.mean((p - q) ** 2)))
        keep = history, p, q
    history, p, q = keep
    fig, (a, b) = plt.subplots(2, 1)
    a.semilogy(history); a.set_xlabel('epoch'); a.set_ylabel('loss')
    b.plot(q, label='truth'); b.plot(p, ':', label='one step ahead'); b.legend()
    fig.tight_layout()
    return {'losses': history, 'predictions': p, 'targets': q, 'error_by_length': errors, 'figure': fig}
