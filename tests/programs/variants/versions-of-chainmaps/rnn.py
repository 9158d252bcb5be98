from collections import ChainMap, deque
from copy import deepcopy

import numpy as np


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        g = np.random.default_rng()
        self.versions = deque([ChainMap({
            'W_xh': g.normal(0, np.sqrt(1 / (input_size + hidden_size)), (input_size, hidden_size)),
            'W_hh': g.normal(0, np.sqrt(1 / (2 * hidden_size)), (hidden_size, hidden_size)),
            'b_h': np.zeros(hidden_size),
            'W_hy': g.normal(0, np.sqrt(1 / hidden_size), (hidden_size, output_size)),
            'b_y': np.zeros(output_size)})], maxlen=3)
        self.work = {}

    @property
    def current(self):
        return self.versions[-1]

    def forward(self, inputs):
        p = self.current
        x = np.array(inputs, dtype=float)
        Wx, Wh, b = p['W_xh'], p['W_hh'], p['b_h']
        h = np.zeros((x.shape[1], b.size))
        trail = [h]
        for xt in x:
            h = np.tanh(xt @ Wx + h @ Wh + b)
            trail.append(h)
        self.work = {'parameters': p, 'inputs': x, 'trail': trail}
        states = np.stack(trail[1:])
        return states @ p['W_hy'] + p['b_y'], states

    def backward(self, d_outputs):
        p, x, trail = self.work['parameters'], self.work['inputs'], self.work['trail']
        Wh, Wy = p['W_hh'], p['W_hy']
        grads = {k: np.zeros_like(p[k]) for k in p}
        carry = np.zeros_like(trail[0])
        for t in range(len(x), 0, -1):
            h, dy = trail[t], d_outputs[t - 1]
            dz = (dy @ Wy.T + carry) * (1 - h * h)
            grads['W_hy'] += h.T @ dy
            grads['b_y'] += dy.sum(axis=0)
            grads['W_hh'] += trail[t - 1].T @ dz
            grads['W_xh'] += x[t - 1].T @ dz
            grads['b_h'] += dz.sum(axis=0)
            carry = dz @ Wh.T
        self.work['grads'] = grads
        return dict(grads)

    def update_parameters(self, learning_rate):
        old, grads = self.current, self.work['grads']
        changed = {k: old[k] - learning_rate * g for k, g in grads.items() if g.any()}
        new = old.new_child(changed)
        if len(new.maps) > 8:
            new = ChainMap(dict(new))
        self.versions.append(new)


class Prototype:
    """A cell of given sizes is a clone of the empty prototype, filled with its own numbers."""
    empty = {'Wx': None, 'Wh': None, 'b': None}

    @classmethod
    def clone(cls, I, H):
        gates = {}
        for name in ('input', 'forget', 'output', 'candidate'):
            gate = deepcopy(cls.empty)
            gate['Wx'] = np.random.uniform(-0.5, 0.5, (H, I))
            gate['Wh'] = np.random.uniform(-0.5, 0.5, (H, H))
            gate['b'] = np.full((H, 1), 1.0 if name == 'forget' else 0.0)
            gates[name] = gate
        return gates


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        self.gates = Prototype.clone(input_size, hidden_size)

    def _pre(self, name, x, h):
        g = self.gates[name]
        return (g['Wx'] @ x.T + g['Wh'] @ h.T + g['b']).T

    def forward(self, input_t, hidden_state, cell_state):
        s = lambda name: np.exp(-np.logaddexp(0, -self._pre(name, input_t, hidden_state)))
        c = s('forget') * cell_state + s('input') * np.tanh(self._pre('candidate', input_t, hidden_state))
        return s('output') * np.tanh(c), c


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
