import numpy as np


class Packed:
    """An array as immutable bytes."""
    __slots__ = 'shape', 'data'

    def __init__(self, array):
        array = np.ascontiguousarray(array, dtype='<f8')
        self.shape, self.data = array.shape, array.tobytes()

    def open(self):
        return np.frombuffer(self.data, dtype='<f8').reshape(self.shape)


class SimpleRNN:
    """The first state h_0 is a parameter as well; it starts at zero."""

    def __init__(self, input_size, hidden_size, output_size):
        w = lambda m, n: Packed(np.random.randn(m, n) * np.sqrt(2 / (m + n)))
        self.safe = {'W_xh': w(input_size, hidden_size), 'W_hh': w(hidden_size, hidden_size),
                     'b_h': Packed(np.zeros(hidden_size)), 'W_hy': w(hidden_size, output_size),
                     'b_y': Packed(np.zeros(output_size)), 'h_0': Packed(np.zeros(hidden_size))}
        self.slopes = {}

    def open(self):
        return {name: packed.open() for name, packed in self.safe.items()}

    def forward(self, inputs):
        p = self.open()
        T, B = inputs.shape[:2]
        h = np.empty((T + 1, B, p['h_0'].size))
        h[0] = p['h_0']
        for t in range(T):
            h[t + 1] = np.tanh(inputs[t] @ p['W_xh'] + h[t] @ p['W_hh'] + p['b_h'])
        self.journey = Packed(inputs), Packed(h)
        return h[1:] @ p['W_hy'] + p['b_y'], h[1:]

    def backward(self, d_outputs):
        p = self.open()
        x, h = (packed.open() for packed in self.journey)
        g = {name: np.zeros(value.shape) for name, value in p.items()}
        carry = np.zeros(h.shape[1:])
        for t in range(len(x) - 1, -1, -1):
            g['W_hy'] += h[t + 1].T @ d_outputs[t]
            g['b_y'] += d_outputs[t].sum(axis=0)
            dz = (carry + d_outputs[t] @ p['W_hy'].T) * (1 - h[t + 1] ** 2)
            g['W_xh'] += x[t].T @ dz
            g['W_hh'] += h[t].T @ dz
            g['b_h'] += dz.sum(axis=0)
            carry = dz @ p['W_hh'].T
        g['h_0'] = carry.sum(axis=0)
        self.slopes = {name: Packed(value) for name, value in g.items()}
        return g

    def update_parameters(self, learning_rate):
        self.safe = {name: Packed(packed.open() - learning_rate * self.slopes[name].open())
                     for name, packed in self.safe.items()}


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        self.table = np.empty((3, 4), dtype=object)      # rows W, U, b; columns f, i, c, o
        for k in range(4):
            self.table[0, k] = np.random.randn(input_size, hidden_size) / np.sqrt(input_size + hidden_size)
            self.table[1, k] = np.random.randn(hidden_size, hidden_size) / np.sqrt(2 * hidden_size)
            self.table[2, k] = np.zeros(hidden_size)

    def forward(self, input_t, hidden_state, cell_state):
        def sigmoid(z):
            return np.where(z >= 0, 1.0, np.exp(-abs(z))) / (1 + np.exp(-abs(z)))
        f, i, c, o = (input_t @ W + hidden_state @ U + b for W, U, b in self.table.T)
        cell = sigmoid(f) * cell_state + sigmoid(i) * np.tanh(c)
        return sigmoid(o) * np.tanh(cell), cell


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
