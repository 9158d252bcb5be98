from collections import deque
import numpy as np


class SimpleRNN:
    """Never changes a parameter: every update appends a new version, the last one counts."""

    def __init__(self, input_size, hidden_size, output_size):
        first = {'W_xh': np.random.randn(input_size, hidden_size) / np.sqrt(input_size),
                 'W_hh': np.random.randn(hidden_size, hidden_size) / np.sqrt(hidden_size),
                 'b_h': np.zeros(hidden_size),
                 'W_hy': np.random.randn(hidden_size, output_size) / np.sqrt(hidden_size),
                 'b_y': np.zeros(output_size)}
        self.first = {k: v.copy() for k, v in first.items()}
        self.versions = deque([first], maxlen=3)

    @property
    def current(self):
        return self.versions[-1]

    def forward(self, inputs):
        p = self.current
        h = np.zeros((inputs.shape[1], p['b_h'].size))
        self.frames = deque()
        ys, hs = [], []
        for x in inputs:
            prev, h = h, np.tanh(x @ p['W_xh'] + h @ p['W_hh'] + p['b_h'])
            self.frames.append((x, prev, h))
            hs.append(h)
            ys.append(h @ p['W_hy'] + p['b_y'])
        return np.stack(ys), np.stack(hs)

    def backward(self, d_outputs):
        p = self.current
        g = {k: np.zeros_like(v) for k, v in p.items()}
        dh = np.zeros_like(self.frames[0][1])
        for (x, prev, h), dy in zip(reversed(self.frames), d_outputs[::-1]):
            g['W_hy'] += h.T @ dy
            g['b_y'] += dy.sum(0)
            dz = (dy @ p['W_hy'].T + dh) * (1 - h ** 2)
            g['W_xh'] += x.T @ dz
            g['W_hh'] += prev.T @ dz
            g['b_h'] += dz.sum(0)
            dh = dz @ p['W_hh'].T
        self.last_gradient = g
        return {k: v.copy() for k, v in g.items()}

    def update_parameters(self, learning_rate):
        self.versions.append({k: v - learning_rate * self.last_gradient[k] for k, v in self.current.items()})


class LSTMCell:
    """The gate weights are lists of lists; dot products by NumPy."""

    def __init__(self, input_size, hidden_size):
        import random
        draw = lambda n: [[random.gauss(0, n ** -0.5) for _ in range(hidden_size)] for _ in range(n)]
        for g in 'fico':
            setattr(self, 'W_' + g, draw(input_size))
            setattr(self, 'U_' + g, draw(hidden_size))
            setattr(self, 'b_' + g, [1.0 if g == 'f' else 0.0] * hidden_size)

    def forward(self, input_t, hidden_state, cell_state):
        def net(g):
            W, U, b = (np.array(getattr(self, k + '_' + g)) for k in 'WUb')
            return input_t @ W + hidden_state @ U + b
        f, i, o = (1 / (1 + np.exp(-np.clip(net(g), -300, 300))) for g in 'fio')
        c = f * cell_state + i * np.tanh(net('c'))
        return o * np.tanh(c), c


class _SequenceFactory:
    """Strategy pattern, as we learned in Software Engineering."""

    @staticmethod
    def make_fibonacci(length):
        numbers = [0, 1]
        for _ in range(length - 2):
            numbers.append(numbers[-1] + numbers[-2])
        return numbers[:length]

    @staticmethod
    def make_sine(length):
        return [np.sin(k / 8) for k in range(length)]


def generate_sequence_data(seq_type='fibonacci', length=1000):
    strategy = getattr(_SequenceFactory, 'make_' + str(seq_type), None)
    if strategy is None or length < 1:
        raise ValueError(f'cannot make {length} terms of {seq_type}')
    try:
        return np.array([float(v) for v in strategy(length)], dtype=np.float64)
    except OverflowError as e:
        raise ValueError('too many terms for a float64') from e


def train_rnn_on_sequence():
    """Noise on top of the sine: the net cannot do better than the noise."""
    import matplotlib.pyplot as plt
    noise = np.random.default_rng(2024)
    clean = generate_sequence_data('sine', 500)
    y = clean + 0.02 * noise.standard_normal(clean.shape)
    train, valid, test = y[:320], y[320:400], y[400:]
    m, s = train.mean(), train.std(ddof=1)

    def prepare(part, n):
        part = (part - m) / s
        return np.array([part[t:part.size - n + t] for t in range(n)]).reshape(n, -1, 1), part[n:].reshape(-1, 1)

    def epoch(net, X, Y, lr):
        out, _ = net.forward(X)
        d = np.zeros_like(out)
        d[-1] = out[-1] - Y
        loss = float((d[-1] ** 2).mean())
        net.backward(2 * d / len(Y))
        net.update_parameters(lr)
        return loss

    book = {}
    for n in (6, 12, 18):
        net = SimpleRNN(1, 10, 1)
        data = [prepare(p, n) for p in (train, valid, test)]
        losses, val = [], []
        for k in range(260):
            losses.append(epoch(net, *data[0], 0.05))
            val.append(float(((net.forward(data[1][0])[0][-1] - data[1][1]) ** 2).mean()))
            if k > 150 and min(val[-20:]) > min(val[:-20]):       # no better for 20 epochs: enough
                break
        pred = net.forward(data[2][0])[0][-1, :, 0] * s + m
        book[n] = {'losses': losses, 'val': val, 'pred': pred, 'true': test[n:]}
    one = book[12]
    fig, ax = plt.subplots(2, 1)
    ax[0].plot(one['losses'], label='train')
    ax[0].plot(one['val'], label='validation')
    ax[0].legend()
    ax[1].plot(one['true'], 'o', ms=2)
    ax[1].plot(one['pred'])
    return {'losses': one['losses'], 'predictions': one['pred'], 'targets': one['true'], 'figure': fig,
            'error_by_length': {n: float(np.sqrt(np.mean((b['pred'] - b['true']) ** 2))) for n, b in book.items()}}
