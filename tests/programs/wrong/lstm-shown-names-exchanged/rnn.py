import numpy as np

FULL = np.longdouble


class SimpleRNN:
    """Keeps a master copy of every parameter in extended precision and computes in float64."""

    def __init__(self, input_size, hidden_size, output_size):
        I, H, O = input_size, hidden_size, output_size
        rng = np.random.default_rng()
        self._master = {
            'W_xh': FULL(rng.normal(0, (2 / (I + H)) ** 0.5, (I, H))),
            'W_hh': FULL(rng.normal(0, (1 / H) ** 0.5, (H, H))),
            'b_h': np.zeros(H, FULL),
            'W_hy': FULL(rng.normal(0, (2 / (H + O)) ** 0.5, (H, O))),
            'b_y': np.zeros(O, FULL)}
        self._round()

    def _round(self):
        for name, value in self._master.items():
            setattr(self, name, value.astype(np.float64))

    def forward(self, inputs):
        h = np.zeros((inputs.shape[1], self.b_h.size))
        chain = None
        outputs, states = [], []
        for x in np.array(inputs, dtype=np.float64):
            new = np.tanh(x @ self.W_xh + h @ self.W_hh + self.b_h)
            chain = (x, h, new), chain
            h = new
            outputs.append(h @ self.W_hy + self.b_y)
            states.append(h)
        self._chain = chain
        return np.array(outputs), np.array(states)

    def backward(self, d_outputs):
        total = {name: np.zeros_like(value) for name, value in self._master.items()}
        chain, dh, t = self._chain, 0.0, len(d_outputs)
        while chain:
            (x, before, h), chain = chain
            t -= 1
            dy = np.asarray(d_outputs[t], dtype=np.float64)
            dz = (dy @ self.W_hy.T + dh) * (1 - h * h)
            total['W_xh'] += x.T @ dz
            total['W_hh'] += before.T @ dz
            total['b_h'] += dz.sum(0)
            total['W_hy'] += h.T @ dy
            total['b_y'] += dy.sum(0)
            dh = dz @ self.W_hh.T
        self._total = total
        return {name: g.astype(np.float64) for name, g in total.items()}

    def update_parameters(self, learning_rate):
        for name, g in self._total.items():
            self._master[name] = self._master[name] - FULL(learning_rate) * g
        self._round()


class LSTMCell:
    """sigmoid(z) = (1 + tanh(z / 2)) / 2, so one tanh serves all four gates."""

    def __init__(self, input_size, hidden_size):
        n, H = input_size, hidden_size
        self._n, self._H = n, H
        self._all = np.asfortranarray(np.random.randn(n + H + 1, 4 * H) / np.sqrt(n + H))
        self._all[-1] = 0
        self._half = np.repeat([0.5, 0.5, 1.0, 0.5], H)

    def forward(self, input_t, hidden_state, cell_state):
        z = input_t @ self._all[:self._n] + hidden_state @ self._all[self._n:-1] + self._all[-1]
        a = np.tanh(z * self._half) * self._half + (1 - self._half)
        a = a.reshape(len(a), 4, self._H)
        f, i, g, o = a[:, 0], a[:, 1], a[:, 2], a[:, 3]
        c = f * cell_state + i * g
        return o * np.tanh(c), c


def _columns(kind, k):
    def view(self):
        rows = {'U_': slice(0, self._n), 'W_': slice(self._n, -1), 'b_': -1}[kind]
        return self._all[rows, k * self._H:(k + 1) * self._H]
    return property(view)


for _k, _gate in enumerate('fico'):
    for _kind in ('W_', 'U_', 'b_'):
        setattr(LSTMCell, _kind + _gate, _columns(_kind, _k))


def generate_sequence_data(seq_type='fibonacci', length=1000):
    """前 length 项 / the first `length` terms as float64."""
    if length < 1:
        raise ValueError('length must be at least 1')
    if seq_type == 'fibonacci':
        terms, a, b = [], 0, 1
        for _ in range(length):
            terms.append(a)
            a, b = b, a + b
        try:
            return np.array([float(v) for v in terms], dtype=np.float64)
        except OverflowError:
            raise ValueError('Fibonacci numbers beyond float64; take a smaller length') from None
    if seq_type == 'sine':
        return np.sin(0.26 * np.arange(length))
    raise ValueError(f'unknown sequence type: {seq_type!r}')


def _windows(series, steps):
    """series (N,) -> inputs (steps, M, 1), targets (steps, M, 1): the next term at every step."""
    rows = np.lib.stride_tricks.sliding_window_view(series, steps + 1)
    return (np.ascontiguousarray(rows[:, :-1].T)[:, :, None],
            np.ascontiguousarray(rows[:, 1:].T)[:, :, None])


def train_rnn_on_sequence():
    import matplotlib
    matplotlib.use('Agg')
    import matplotlib.pyplot as plt

    rng = np.random.default_rng(6)
    series = generate_sequence_data('sine', 400)
    cut = int(0.75 * len(series))
    train, test = series[:cut], series[cut:]
    mean, std = train.mean(), train.std()
    train, test = (train - mean) / std, (test - mean) / std

    lengths = (4, 8, 16)
    error_by_length, result = {}, {}
    for steps in lengths:
        net = SimpleRNN(1, 12, 1)
        x_train, y_train = _windows(train, steps)
        x_test, y_test = _windows(test, steps)
        losses = []
        for _ in range(15):
            order = rng.permutation(x_train.shape[1])
            total = 0.0
            for start in range(0, len(order), 32):
                pick = order[start:start + 32]
                outputs, _ = net.forward(x_train[:, pick])
                diff = outputs - y_train[:, pick]
                total += float((diff ** 2).mean()) * len(pick)
                net.backward(2 * diff / diff.size)
                net.update_parameters(0.1)
            losses.append(total / len(order))
        outputs, _ = net.forward(x_test)
        predictions = outputs[-1, :, 0] * std + mean
        targets = y_test[-1, :, 0] * std + mean
        error_by_length[steps] = float(np.mean((predictions - targets) ** 2))
        result = {'losses': losses, 'predictions': predictions, 'targets': targets}

    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.5))
    left.plot(result['losses'])
    left.set(title='training loss', xlabel='epoch', ylabel='MSE')
    right.plot(result['targets'], label='truth')
    right.plot(result['predictions'], '--', label='prediction')
    right.set(title='held-out part', xlabel='t')
    right.legend()
    plt.close(figure)
    return {**result, 'error_by_length': error_by_length, 'figure': figure}
