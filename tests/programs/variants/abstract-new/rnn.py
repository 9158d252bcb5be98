import abc

import numpy as np


class SimpleRNN(abc.ABC):
    """Abstract; `SimpleRNN(...)` gives the implementation that is registered as the default."""
    _kinds = {}

    def __init_subclass__(cls, kind, **rest):
        super().__init_subclass__(**rest)
        SimpleRNN._kinds[kind] = cls

    def __new__(cls, *sizes):
        return super().__new__(cls._kinds['tanh'] if cls is SimpleRNN else cls)

    def __init__(self, input_size, hidden_size, output_size):
        for name, shape in (('W_xh', (input_size, hidden_size)), ('W_hh', (hidden_size, hidden_size)),
                            ('W_hy', (hidden_size, output_size))):
            setattr(self, name, np.random.randn(*shape) * np.sqrt(1 / np.mean(shape)))
        self.b_h, self.b_y = np.zeros(hidden_size), np.zeros(output_size)

    @abc.abstractmethod
    def activate(self, z): ...

    @abc.abstractmethod
    def slope(self, h): ...

    def forward(self, inputs):
        self._x = np.array(inputs, dtype=float)
        states = [np.zeros((self._x.shape[1], len(self.b_h)))]
        for x in self._x:
            states.append(self.activate(x @ self.W_xh + states[-1] @ self.W_hh + self.b_h))
        self._states = states
        hidden = np.stack(states[1:])
        return hidden @ self.W_hy + self.b_y, hidden

    def backward(self, d_outputs):
        self.grads = dict.fromkeys(('W_xh', 'W_hh', 'b_h', 'W_hy', 'b_y'), 0.0)
        dh = 0.0
        for t in range(len(self._x) - 1, -1, -1):
            h, dy = self._states[t + 1], d_outputs[t]
            dz = (dh + dy @ self.W_hy.T) * self.slope(h)
            dh = dz @ self.W_hh.T
            for name, part in (('W_xh', self._x[t].T @ dz), ('W_hh', self._states[t].T @ dz),
                               ('b_h', dz.sum(0)), ('W_hy', h.T @ dy), ('b_y', dy.sum(0))):
                self.grads[name] = self.grads[name] + part
        return self.grads

    def update_parameters(self, learning_rate):
        for name in self.grads:
            vars(self)[name] -= learning_rate * self.grads[name]


class _TanhRNN(SimpleRNN, kind='tanh'):
    def activate(self, z):
        return np.tanh(z)

    def slope(self, h):
        return 1 - h ** 2


class LSTMCell(abc.ABC):
    def __new__(cls, *sizes):
        return super().__new__(_FusedLSTM if cls is LSTMCell else cls)

    @abc.abstractmethod
    def forward(self, input_t, hidden_state, cell_state): ...


def _slice(rows, k):
    def get(self):
        n = self.hidden_size
        part = self.kernel if rows != 'b' else self.bias
        part = part[..., k * n:(k + 1) * n]
        return {'W': part[:self.input_size], 'U': part[self.input_size:], 'b': part}[rows]
    return property(get)


class _FusedLSTM(LSTMCell):
    W_i, W_c, W_f, W_o = (_slice('W', k) for k in range(4))
    U_i, U_c, U_f, U_o = (_slice('U', k) for k in range(4))
    b_i, b_c, b_f, b_o = (_slice('b', k) for k in range(4))

    def __init__(self, input_size, hidden_size):
        self.input_size, self.hidden_size = input_size, hidden_size
        n = input_size + hidden_size
        self.kernel = np.random.uniform(-1, 1, (n, 4 * hidden_size)) / np.sqrt(n)
        self.bias = np.zeros(4 * hidden_size)

    def forward(self, input_t, hidden_state, cell_state):
        i, j, f, o = np.hsplit(np.hstack([input_t, hidden_state]) @ self.kernel + self.bias, 4)
        with np.errstate(over='ignore'):
            c = cell_state / (1 + np.exp(-f)) + np.tanh(j) / (1 + np.exp(-i))
            return np.tanh(c) / (1 + np.exp(-o)), c


def _fibonacci(length):
    a, b = 1, 1
    for _ in range(length):
        yield a
        a, b = b, a + b


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError(f'length must be positive, got {length}')
    t = np.arange(length, dtype=np.float64)
    if seq_type == 'fibonacci':
        if length > 1470:
            raise ValueError('float64 ends near the 1476th Fibonacci number')
        return np.fromiter((float(v) for v in _fibonacci(length)), dtype=np.float64, count=length)
    if seq_type == 'sine':
        return np.sin(0.2 * t)
    if seq_type == 'sawtooth':
        return (t % 20) / 10 - 1
    raise ValueError(f'seq_type {seq_type!r} is not supported')


def train_rnn_on_sequence():
    """Many to one: only the last output of a window is compared with the next term."""
    from matplotlib.figure import Figure

    data = generate_sequence_data('sine', 420)
    split = 320
    low, high = data[:split].min(), data[:split].max()
    scale = lambda v: 2 * (v - low) / (high - low) - 1
    unscale = lambda v: (v + 1) / 2 * (high - low) + low

    def make(part, n):
        xs = np.stack([part[k:k + n] for k in range(len(part) - n)], axis=1)[:, :, None]
        ys = part[n:][:, None]
        return xs, ys

    def fit(n, epochs=20, lr=0.1, batch=25, seed=1):
        rng = np.random.default_rng(seed)
        rnn = SimpleRNN(1, 10, 1)
        xs, ys = make(scale(data[:split]), n)
        history = []
        for _ in range(epochs):
            losses = []
            for part in np.array_split(rng.permutation(len(ys)), len(ys) // batch):
                out, _ = rnn.forward(xs[:, part])
                error = out[-1] - ys[part]
                losses.append(np.mean(error ** 2))
                d = np.zeros((n, len(part), 1))
                d[-1] = 2 * error / len(part)
                rnn.backward(d)
                rnn.update_parameters(lr)
            history.append(float(np.mean(losses)))
        xt, yt = make(scale(data[split:]), n)
        out, _ = rnn.forward(xt)
        return history, unscale(out[-1, :, 0]), unscale(yt[:, 0])

    errors, runs = {}, {}
    for n in (3, 6, 12):
        runs[n] = fit(n)
        errors[n] = float(np.sqrt(np.mean((runs[n][1] - runs[n][2]) ** 2)))
    losses, predictions, targets = runs[6]

    fig = Figure(figsize=(8, 6))
    ax = fig.add_subplot(2, 1, 1)
    ax.semilogy(losses)
    ax.set_xlabel('epoch')
    ax.set_ylabel('training loss')
    ax = fig.add_subplot(2, 1, 2)
    ax.plot(targets, label='true')
    ax.plot(predictions, ':', label='predicted')
    ax.legend()
    return dict(losses=losses, predictions=predictions, targets=targets,
                error_by_length=errors, figure=fig)
