import ctypes

import numpy as np


def record(**shapes):
    """A ctypes record type with one block of doubles for each name."""
    fields = [(name, ctypes.c_double * int(np.prod(shape))) for name, shape in shapes.items()]
    return type('Record', (ctypes.Structure,), {'_fields_': fields, 'shapes': shapes})


def views(rec):
    return {name: np.ctypeslib.as_array(getattr(rec, name)).reshape(shape)
            for name, shape in rec.shapes.items()}


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        Block = record(W_xh=(input_size, hidden_size), W_hh=(hidden_size, hidden_size),
                       b_h=(hidden_size,), W_hy=(hidden_size, output_size), b_y=(output_size,))
        self._block, self._d_block = Block(), Block()
        self.__dict__.update(views(self._block))
        for w in (self.W_xh, self.W_hh, self.W_hy):
            w[...] = np.random.uniform(-1, 1, w.shape) * np.sqrt(6 / sum(w.shape))

    def forward(self, inputs):
        self._x = np.array(inputs, dtype=np.float64)
        T, B = self._x.shape[:2]
        self._h = np.zeros((T + 1, B, self.b_h.size))
        for t in range(T):
            self._h[t] = np.tanh(self._x[t] @ self.W_xh + self._h[t - 1] @ self.W_hh + self.b_h)
        return self._h[:T] @ self.W_hy + self.b_y, self._h[:T].copy()

    def backward(self, d_outputs):
        x, h = self._x, self._h
        ctypes.memset(ctypes.byref(self._d_block), 0, ctypes.sizeof(self._d_block))
        g = views(self._d_block)
        back = np.zeros_like(h[0])
        for t in range(len(x) - 1, -1, -1):
            dy = d_outputs[t]
            g['W_hy'] += h[t].T @ dy
            g['b_y'] += dy.sum(0)
            dz = (dy @ self.W_hy.T + back) * (1 - h[t] ** 2)
            g['W_xh'] += x[t].T @ dz
            g['W_hh'] += h[t - 1].T @ dz
            g['b_h'] += dz.sum(0)
            back = dz @ self.W_hh.T
        return {name: grad.copy() for name, grad in g.items()}

    def update_parameters(self, learning_rate):
        for name, grad in views(self._d_block).items():
            getattr(self, name)[...] -= learning_rate * grad


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        Gate = record(W=(input_size, hidden_size), U=(hidden_size, hidden_size), b=(hidden_size,))
        self.gates = {}
        for k in 'fico':
            self.gates[k] = gate = Gate()
            for name, a in views(gate).items():
                if name != 'b':
                    a[...] = np.random.randn(*a.shape) / np.sqrt(hidden_size + a.shape[0])

    def _affine(self, k, x, h):
        p = views(self.gates[k])
        return x @ p['W'] + h @ p['U'] + p['b']

    def forward(self, input_t, hidden_state, cell_state):
        f, i, o = (0.5 * (1 + np.tanh(0.5 * self._affine(k, input_t, hidden_state))) for k in 'fio')
        c = f * cell_state + i * np.tanh(self._affine('c', input_t, hidden_state))
        return o * np.tanh(c), c


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
