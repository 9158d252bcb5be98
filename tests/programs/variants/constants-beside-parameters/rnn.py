import numpy as np

class SimpleRNN:
    """x and h are put side by side by constant matrices; a leak of 1 keeps nothing of the old state."""

    def __init__(self, input_size, hidden_size, output_size):
        I, H, O = input_size, hidden_size, output_size
        both = np.eye(I + H)
        self.place_x, self.place_h = both[:I].copy(), both[I:].copy()
        self.leak = np.ones(H)
        self.kernel = np.random.randn(I + H, H) / np.sqrt(I + H)
        self.bias = np.zeros(H)
        self.readout = np.random.randn(H + 1, O) / np.sqrt(H)
        self.readout[-1] = 0.0
        self.split = I

    def forward(self, inputs):
        x = np.array(inputs, dtype=np.float64)
        h = np.zeros((x.shape[1], self.bias.size))
        self.seen, states = [], []
        for x_t in x:
            row = x_t @ self.place_x + h @ self.place_h
            h = (1 - self.leak) * h + self.leak * np.tanh(row @ self.kernel + self.bias)
            self.seen.append((row, h))
            states.append(h)
        states = np.array(states)
        return states @ self.readout[:-1] + self.readout[-1], states

    def backward(self, d_outputs):
        dK, db, dR = np.zeros_like(self.kernel), np.zeros_like(self.bias), np.zeros_like(self.readout)
        dh = np.zeros_like(self.seen[0][1])
        for (row, h), dy in zip(self.seen[::-1], d_outputs[::-1]):
            dR[:-1] += h.T @ dy
            dR[-1] += dy.sum(0)
            dz = (dy @ self.readout[:-1].T + dh) * (1 - h * h) * self.leak
            dK += row.T @ dz
            db += dz.sum(0)
            dh = dz @ self.kernel.T @ self.place_h.T
        self.gradients = dK, db, dR
        return {'W_xh': dK[:self.split], 'W_hh': dK[self.split:], 'b_h': db, 'W_hy': dR[:-1], 'b_y': dR[-1]}

    def update_parameters(self, learning_rate):
        for parameter, gradient in zip((self.kernel, self.bias, self.readout), self.gradients):
            parameter -= learning_rate * gradient


class LSTMCell:
    """A constant matrix puts the gates in the order f, i, o, c; the forget bias begins as ones."""

    def __init__(self, input_size, hidden_size):
        n, H = input_size, hidden_size
        self.hidden_size = H
        self.x_weight = np.random.randn(n, 4 * H) / np.sqrt(n + H)
        self.h_weight = np.random.randn(H, 4 * H) / np.sqrt(n + H)
        self.forget_bias = np.ones(H)
        self.input_bias, self.output_bias, self.candidate_bias = np.zeros(H), np.zeros(H), np.zeros(H)
        self.order = np.kron(np.eye(4)[[1, 3, 0, 2]], np.eye(H))

    def forward(self, input_t, hidden_state, cell_state):
        H = self.hidden_size
        z = (input_t @ self.x_weight + hidden_state @ self.h_weight) @ self.order
        f = 1 / (1 + np.exp(-z[:, :H] - self.forget_bias))
        i = 1 / (1 + np.exp(-z[:, H:2 * H] - self.input_bias))
        o = 1 / (1 + np.exp(-z[:, 2 * H:3 * H] - self.output_bias))
        c = f * cell_state + i * np.tanh(z[:, 3 * H:] + self.candidate_bias)
        return o * np.tanh(c), c


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
