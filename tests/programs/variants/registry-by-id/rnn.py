import weakref

import numpy as np

PARAMETERS = {}
STATES = {}
GRADIENTS = {}


def register(obj, **arrays):
    key = id(obj)
    PARAMETERS[key] = arrays
    for table in (PARAMETERS, STATES, GRADIENTS):
        weakref.finalize(obj, table.pop, key, None)


def weight(m, n):
    return np.random.randn(m, n) * np.sqrt(2.0 / (m + n))


class SimpleRNN:
    __slots__ = ('__weakref__',)

    def __init__(self, input_size, hidden_size, output_size):
        register(self, W_xh=weight(input_size, hidden_size), W_hh=weight(hidden_size, hidden_size),
                 b_h=np.zeros(hidden_size), W_hy=weight(hidden_size, output_size),
                 b_y=np.zeros(output_size))

    def forward(self, inputs):
        p = PARAMETERS[id(self)]
        h = np.zeros((inputs.shape[1], p['b_h'].size))
        history = [(None, h)]
        for x in inputs:
            x = np.array(x, dtype=float)
            h = np.tanh(x @ p['W_xh'] + h @ p['W_hh'] + p['b_h'])
            history.append((x, h))
        STATES[id(self)] = history
        hidden = np.stack([h for _, h in history[1:]])
        return hidden @ p['W_hy'] + p['b_y'], hidden

    def backward(self, d_outputs):
        p, history = PARAMETERS[id(self)], STATES[id(self)]
        grads = {name: np.zeros_like(value) for name, value in p.items()}
        dh_next = np.zeros_like(history[0][1])
        for t in range(len(history) - 1, 0, -1):
            x, h = history[t]
            dy = d_outputs[t - 1]
            grads['W_hy'] += np.dot(h.T, dy)
            grads['b_y'] += np.sum(dy, axis=0)
            dh = np.dot(dy, p['W_hy'].T) + dh_next
            draw = dh * (1 - h ** 2)
            grads['W_xh'] += np.dot(x.T, draw)
            grads['W_hh'] += np.dot(history[t - 1][1].T, draw)
            grads['b_h'] += np.sum(draw, axis=0)
            dh_next = np.dot(draw, p['W_hh'].T)
        GRADIENTS[id(self)] = grads
        return grads

    def update_parameters(self, learning_rate):
        for name, grad in GRADIENTS[id(self)].items():
            PARAMETERS[id(self)][name] -= learning_rate * grad


class LSTMCell:
    __slots__ = ('__weakref__',)

    def __init__(self, input_size, hidden_size):
        n = input_size + hidden_size
        register(self, forget=weight(n, hidden_size), input=weight(n, hidden_size),
                 candidate=weight(n, hidden_size), output=weight(n, hidden_size),
                 bias=np.zeros((4, hidden_size)))

    def forward(self, input_t, hidden_state, cell_state):
        p = PARAMETERS[id(self)]
        xh = np.concatenate((input_t, hidden_state), axis=1)
        sigmoid = lambda z: 1 / (1 + np.exp(-np.clip(z, -60, 60)))
        f = sigmoid(xh @ p['forget'] + p['bias'][0])
        i = sigmoid(xh @ p['input'] + p['bias'][1])
        g = np.tanh(xh @ p['candidate'] + p['bias'][2])
        o = sigmoid(xh @ p['output'] + p['bias'][3])
        c = f * cell_state + i * g
        return o * np.tanh(c), c


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
