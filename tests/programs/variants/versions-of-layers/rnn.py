from copy import deepcopy

import numpy as np


class Layer:
    def __init__(self, weight, bias):
        self.weight, self.bias = weight, bias

    def moved(self, rate, grad):
        return Layer(self.weight - rate * grad[0], self.bias - rate * grad[1])


class Network:
    """Two layers that nobody changes: `moved` makes another one."""

    def __init__(self, layers):
        self.layers = layers

    def moved(self, rate, grads):
        return Network([layer.moved(rate, grad) for layer, grad in zip(self.layers, grads)])


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        g, I, H, O = np.random.default_rng(), input_size, hidden_size, output_size
        self.n_in = I
        self.history = [Network([Layer(g.normal(0, np.sqrt(1 / (I + H)), (I + H, H)), np.zeros(H)),
                                 Layer(g.normal(0, np.sqrt(1 / H), (H, O)), np.zeros(O))])]

    def forward(self, inputs):
        cell, head = self.history[-1].layers
        x = np.array(inputs, dtype=float)
        h = np.zeros((x.shape[1], cell.bias.size))
        self.rows, states = [], []
        for xt in x:
            row = np.hstack([xt, h])
            h = np.tanh(row @ cell.weight + cell.bias)
            self.rows.append((row, h))
            states.append(h)
        states = np.stack(states)
        return states @ head.weight + head.bias, states

    def backward(self, d_outputs):
        cell, head = self.history[-1].layers
        grads = [[np.zeros_like(one.weight), np.zeros_like(one.bias)] for one in (cell, head)]
        carry = 0.0
        for (row, h), dy in zip(self.rows[::-1], d_outputs[::-1]):
            grads[1][0] += h.T @ dy
            grads[1][1] += dy.sum(0)
            dz = (dy @ head.weight.T + carry) * (1 - h * h)
            grads[0][0] += row.T @ dz
            grads[0][1] += dz.sum(0)
            carry = dz @ cell.weight[self.n_in:].T
        self.grads = grads
        (dW, db_h), (dW_hy, db_y) = grads
        return {'W_xh': dW[:self.n_in], 'W_hh': dW[self.n_in:], 'b_h': db_h, 'W_hy': dW_hy, 'b_y': db_y}

    def update_parameters(self, learning_rate):
        self.history = [*self.history[-4:], self.history[-1].moved(learning_rate, self.grads)]


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
