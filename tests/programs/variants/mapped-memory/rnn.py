import mmap

import numpy as np


class Arena:
    """A block of memory handed out piece by piece."""

    def __init__(self, shapes):
        self.where, offset = {}, 0
        for name, shape in shapes.items():
            self.where[name] = offset, shape
            offset += 8 * int(np.prod(shape))
        self.memory = mmap.mmap(-1, offset)

    def __getitem__(self, name):
        offset, shape = self.where[name]
        return np.frombuffer(self.memory, np.float64, int(np.prod(shape)), offset).reshape(shape)

    def __iter__(self):
        return iter(self.where)


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.arena = Arena({'W_xh': (input_size, hidden_size), 'W_hh': (hidden_size, hidden_size),
                            'b_h': (hidden_size,), 'W_hy': (hidden_size, output_size),
                            'b_y': (output_size,)})
        for name in ('W_xh', 'W_hh', 'W_hy'):
            w = self.arena[name]
            w[:] = np.random.randn(*w.shape) * np.sqrt(1 / w.shape[0]) * 0.8

    def forward(self, inputs):
        a = self.arena
        Wx, Wh, b = a['W_xh'], a['W_hh'], a['b_h']
        h, hs = 0.0, []
        pre = np.asarray(inputs) @ Wx + b
        h = np.zeros_like(pre[0])
        for p in pre:
            h = np.tanh(p + h @ Wh)
            hs.append(h)
        self.seen = np.array(inputs), hs
        return np.array(hs) @ a['W_hy'] + a['b_y'], np.array(hs)

    def backward(self, d_outputs):
        a = self.arena
        xs, hs = self.seen
        start = np.zeros_like(hs[0])
        g = {name: np.zeros(a[name].shape) for name in a}
        Wh, Wy = a['W_hh'], a['W_hy']
        dh = start
        for x, before, h, dy in reversed(list(zip(xs, [start] + hs[:-1], hs, d_outputs))):
            g['W_hy'] += h.T @ dy
            g['b_y'] += dy.sum(0)
            dz = (dy @ Wy.T + dh) * (1 - h ** 2)
            g['W_xh'] += x.T @ dz
            g['W_hh'] += before.T @ dz
            g['b_h'] += dz.sum(0)
            dh = dz @ Wh.T
        self.gradients = g
        return g

    def update_parameters(self, learning_rate):
        for name in self.arena:
            self.arena[name][...] -= learning_rate * self.gradients[name]


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        self.arena = Arena({part + gate: shape for gate in 'ifoc' for part, shape in
                            (('W_', (input_size, hidden_size)), ('U_', (hidden_size, hidden_size)),
                             ('b_', (hidden_size,)))})
        for name in self.arena:
            if name[0] != 'b':
                w = self.arena[name]
                w[:] = np.random.uniform(-1, 1, w.shape) * np.sqrt(3 / sum(w.shape))

    def __getattr__(self, name):
        if name[:2] in ('W_', 'U_', 'b_') and name[2:] in ('f', 'i', 'c', 'o'):
            return self.arena[name]
        raise AttributeError(name)

    def forward(self, input_t, hidden_state, cell_state):
        def sigmoid(z):
            return np.exp(np.minimum(z, 0)) / (1 + np.exp(-np.abs(z)))
        f = sigmoid(input_t @ self.W_f + hidden_state @ self.U_f + self.b_f)
        i = sigmoid(input_t @ self.W_i + hidden_state @ self.U_i + self.b_i)
        o = sigmoid(input_t @ self.W_o + hidden_state @ self.U_o + self.b_o)
        c = f * cell_state + i * np.tanh(input_t @ self.W_c + hidden_state @ self.U_c + self.b_c)
        return o * np.tanh(c), c


def _fib(n):
    values = np.empty(n, dtype=np.float64)
    a, b = 0, 1
    for k in range(n):
        values[k] = a
        a, b = b, a + b
    return values


_SERIES = {
    'fibonacci': _fib,
    'sine': lambda n: np.sin(np.linspace(0.0, 0.25 * (n - 1), n)),
    'cosine': lambda n: np.cos(np.linspace(0.0, 0.25 * (n - 1), n)),
}


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if seq_type not in _SERIES:
        raise ValueError('seq_type must be one of ' + ', '.join(_SERIES))
    if length < 1 or (seq_type == 'fibonacci' and length > 1475):
        raise ValueError('length out of range')
    return _SERIES[seq_type](length)


def train_rnn_on_sequence():
    import matplotlib
    matplotlib.use('Agg')
    from matplotlib import pyplot as plt

    raw = generate_sequence_data('sine', 360)
    n_train = 260
    mu, sigma = raw[:n_train].mean(), raw[:n_train].std()
    z = (raw - mu) / sigma
    train = z[:n_train]

    def batches(T, size, rng):
        starts = rng.permutation(n_train - T)
        for k in range(0, len(starts) - size + 1, size):
            index = starts[k:k + size][None, :] + np.arange(T + 1)[:, None]
            chunk = train[index]
            yield chunk[:-1, :, None], chunk[1:, :, None]

    report = {'error_by_length': {}}
    for T in (5, 10, 20):
        rng = np.random.default_rng(T)
        model = SimpleRNN(1, 8, 1)
        curve = []
        for epoch in range(20):
            seen = []
            for x, y in batches(T, 24, rng):
                yhat, _ = model.forward(x)
                seen.append(float(np.mean((yhat - y) ** 2)))
                model.backward((yhat - y) * (2.0 / y.size))
                model.update_parameters(0.1)
            curve.append(sum(seen) / len(seen))
        # the held-out terms, each predicted from the T terms before it
        index = np.arange(n_train, len(z))[None, :] - np.arange(T, 0, -1)[:, None]
        yhat, _ = model.forward(z[index][:, :, None])
        guess, truth = yhat[-1, :, 0] * sigma + mu, raw[n_train:]
        report['error_by_length'][T] = float(np.mean(np.abs(guess - truth)))
        if T == 10:
            report.update(losses=curve, predictions=guess, targets=truth.copy())

    fig, axes = plt.subplots(2, 1)
    axes[0].plot(report['losses'], label='loss')
    axes[1].plot(report['targets'], label='target')
    axes[1].plot(report['predictions'], label='prediction')
    for ax in axes:
        ax.legend()
    report['figure'] = fig
    plt.close(fig)
    return report
