from array import array

import numpy as np


class SimpleRNN:
    """All numbers live in five array.array objects; NumPy only does the arithmetic."""

    def __init__(self, input_size, hidden_size, output_size):
        self._shape = {'W_xh': (input_size, hidden_size), 'W_hh': (hidden_size, hidden_size),
                       'b_h': (hidden_size,), 'W_hy': (hidden_size, output_size),
                       'b_y': (output_size,)}
        self._data, self._grad = {}, {}
        for name, shape in self._shape.items():
            if name.startswith('W'):
                limit = (6 / sum(shape)) ** 0.5
                numbers = np.random.uniform(-limit, limit, shape).ravel()
            else:
                numbers = np.zeros(shape)
            self._data[name] = array('d', numbers.tolist())

    def _get(self, name):
        return np.array(memoryview(self._data[name])).reshape(self._shape[name])

    W_xh = property(lambda self: self._get('W_xh'))
    W_hh = property(lambda self: self._get('W_hh'))
    b_h = property(lambda self: self._get('b_h'))
    W_hy = property(lambda self: self._get('W_hy'))
    b_y = property(lambda self: self._get('b_y'))

    def forward(self, inputs):
        Wx, Wh, b = self.W_xh, self.W_hh, self.b_h
        x = np.array(inputs, dtype=np.float64)
        h = np.zeros((len(x), x.shape[1], b.size))
        last = np.zeros((x.shape[1], b.size))
        for t, xt in enumerate(x):
            h[t] = last = np.tanh(xt @ Wx + last @ Wh + b)
        self._saved = x, h
        return h @ self.W_hy + self.b_y, h.copy()

    def backward(self, d_outputs):
        x, h = self._saved
        d = np.asarray(d_outputs, dtype=np.float64)
        Wh, down = self.W_hh, d @ self.W_hy.T
        prev = np.concatenate([np.zeros_like(h[:1]), h[:-1]])
        dz, carry = np.zeros_like(h), 0
        for t in range(len(x) - 1, -1, -1):
            dz[t] = (down[t] + carry) * (1 - h[t] ** 2)
            carry = dz[t] @ Wh.T
        grads = {'W_xh': np.einsum('tbi,tbh->ih', x, dz), 'W_hh': np.einsum('tbg,tbh->gh', prev, dz),
                 'b_h': np.einsum('tbh->h', dz), 'W_hy': np.einsum('tbh,tbo->ho', h, d),
                 'b_y': np.einsum('tbo->o', d)}
        self._grad = {name: array('d', g.ravel().tolist()) for name, g in grads.items()}
        return grads

    def update_parameters(self, learning_rate):
        for name, data in self._data.items():
            for k, slope in enumerate(self._grad[name]):
                data[k] -= learning_rate * slope


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        self.input_size, self.hidden_size = input_size, hidden_size
        rows = input_size + hidden_size + 1
        self.buffers = {}
        for gate in ('forget', 'input', 'candidate', 'output'):
            w = np.random.randn(rows, hidden_size) / np.sqrt(rows)
            w[-1] = 0
            self.buffers[gate] = bytearray(w.tobytes())

    def matrix(self, gate):
        return np.frombuffer(self.buffers[gate]).reshape(-1, self.hidden_size)

    def forward(self, input_t, hidden_state, cell_state):
        row = np.column_stack([input_t, hidden_state, np.ones(len(input_t))])
        sigmoid = lambda z: 0.5 * np.tanh(0.5 * z) + 0.5
        keep = sigmoid(row @ self.matrix('forget'))
        take = sigmoid(row @ self.matrix('input'))
        show = sigmoid(row @ self.matrix('output'))
        cell = keep * cell_state + take * np.tanh(row @ self.matrix('candidate'))
        return show * np.tanh(cell), cell


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length < 1')
    match seq_type:
        case 'fibonacci':
            out = np.ones(length, dtype=np.float64)
            for k in range(2, length):
                out[k] = out[k - 1] + out[k - 2]
            if not np.isfinite(out[-1]):
                raise ValueError('too long: the numbers no longer fit into float64')
            return out
        case 'sine':
            return np.sin(0.21 * np.arange(length))
        case 'damped':
            k = np.arange(length)
            return np.exp(-k / 200) * np.sin(k / 4)
        case _:
            raise ValueError(f'unknown seq_type {seq_type}')


class _Scaler:
    def fit(self, part):
        self.centre, self.width = float(np.mean(part)), float(np.std(part))
        return self

    def there(self, values):
        return (values - self.centre) / self.width

    def back(self, values):
        return values * self.width + self.centre


def _cut(values, T):
    count = len(values) - T
    x = np.array([[values[b + t] for b in range(count)] for t in range(T)])[..., np.newaxis]
    y = np.array([[values[b + t + 1] for b in range(count)] for t in range(T)])[..., np.newaxis]
    return x, y


def _experiment(T, train, test, epochs, rate, rng):
    net = SimpleRNN(1, 10, 1)
    x, y = _cut(train, T)
    losses = []
    for _ in range(epochs):
        epoch_loss = []
        for batch in np.array_split(rng.permutation(x.shape[1]), 8):
            predicted, _states = net.forward(x[:, batch, :])
            gap = predicted - y[:, batch, :]
            epoch_loss.append(np.mean(gap ** 2))
            net.backward(2.0 * gap / gap.size)
            net.update_parameters(rate)
        losses.append(float(np.mean(epoch_loss)))
    xt, yt = _cut(test, T)
    predicted, _states = net.forward(xt)
    return losses, predicted[-1, :, 0], yt[-1, :, 0]


def train_rnn_on_sequence():
    from matplotlib.figure import Figure
    rng = np.random.default_rng(2024)
    values = generate_sequence_data('sine', 300)
    past, future = values[:220], values[220:]
    scaler = _Scaler().fit(past)
    errors = {}
    for T in (4, 8, 12):
        losses, p, t = _experiment(T, scaler.there(past), scaler.there(future), 30, 0.12, rng)
        p, t = scaler.back(p), scaler.back(t)
        errors[T] = float(np.mean((p - t) ** 2))
        kept = losses, p, t
    losses, p, t = kept
    figure = Figure()
    top, bottom = figure.subplots(2)
    top.plot(losses)
    top.set_title('loss')
    bottom.plot(t, label='truth')
    bottom.plot(p, label='prediction')
    bottom.legend()
    return {'losses': losses, 'predictions': p, 'targets': t, 'error_by_length': errors,
            'figure': figure}
