import numpy as np


def make_rnn(n_in, n_hidden, n_out):
    rng = np.random.default_rng()
    W_xh = rng.normal(size=(n_in, n_hidden)) / np.sqrt(n_in + n_hidden)
    W_hh = rng.normal(size=(n_hidden, n_hidden)) / np.sqrt(2 * n_hidden)
    W_hy = rng.normal(size=(n_hidden, n_out)) / np.sqrt(n_hidden)
    b_h, b_y = np.zeros(n_hidden), np.zeros(n_out)
    xs = hs = grads = None

    def forward(inputs):
        nonlocal xs, hs
        xs = np.array(inputs, dtype=np.float64)
        hs = np.zeros((xs.shape[0] + 1, xs.shape[1], n_hidden))
        for t in range(xs.shape[0]):
            hs[t + 1] = np.tanh(xs[t] @ W_xh + hs[t] @ W_hh + b_h)
        return hs[1:] @ W_hy + b_y, hs[1:].copy()

    def backward(d_outputs):
        nonlocal grads
        gx, gh, gb, gy, gc = (np.zeros_like(w) for w in (W_xh, W_hh, b_h, W_hy, b_y))
        carry = np.zeros((xs.shape[1], n_hidden))
        for t in range(xs.shape[0] - 1, -1, -1):
            gy += hs[t + 1].T @ d_outputs[t]
            gc += d_outputs[t].sum(axis=0)
            dz = (d_outputs[t] @ W_hy.T + carry) * (1 - hs[t + 1] ** 2)
            gx += xs[t].T @ dz
            gh += hs[t].T @ dz
            gb += dz.sum(axis=0)
            carry = dz @ W_hh.T
        grads = gx, gh, gb, gy, gc
        return dict(W_xh=gx, W_hh=gh, b_h=gb, W_hy=gy, b_y=gc)

    def update(rate):
        nonlocal W_xh, W_hh, b_h, W_hy, b_y
        W_xh, W_hh, b_h, W_hy, b_y = (w - rate * g for w, g in
                                      zip((W_xh, W_hh, b_h, W_hy, b_y), grads))

    return forward, backward, update


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self._functions = make_rnn(input_size, hidden_size, output_size)

    def forward(self, inputs):
        return self._functions[0](inputs)

    def backward(self, d_outputs):
        return self._functions[1](d_outputs)

    def update_parameters(self, learning_rate):
        self._functions[2](learning_rate)


def make_lstm(n_in, n_hidden):
    def gate(squash):
        W = np.random.randn(n_in, n_hidden) / np.sqrt(n_in + n_hidden)
        U = np.random.randn(n_hidden, n_hidden) / np.sqrt(2 * n_hidden)
        b = np.zeros(n_hidden)
        return lambda x, h: squash(x @ W + h @ U + b)

    sigmoid = lambda z: (1 + np.tanh(z / 2)) / 2
    forget, write, show = gate(sigmoid), gate(sigmoid), gate(sigmoid)
    candidate = gate(np.tanh)

    def step(x, h, c):
        new = forget(x, h) * c + write(x, h) * candidate(x, h)
        return show(x, h) * np.tanh(new), new

    return step


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        self._step = make_lstm(input_size, hidden_size)

    def forward(self, input_t, hidden_state, cell_state):
        return self._step(input_t, hidden_state, cell_state)


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
