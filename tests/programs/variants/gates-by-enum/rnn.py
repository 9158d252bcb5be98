from __future__ import annotations

import enum
from dataclasses import asdict, dataclass, fields, replace

import numpy as np


@dataclass(frozen=True)
class Parameters:
    W_xh: np.ndarray
    W_hh: np.ndarray
    b_h: np.ndarray
    W_hy: np.ndarray
    b_y: np.ndarray

    @classmethod
    def xavier(cls, i: int, h: int, o: int) -> Parameters:
        draw = lambda a, b: np.random.uniform(-1, 1, (a, b)) * np.sqrt(6 / (a + b))
        return cls(draw(i, h), draw(h, h), np.zeros(h), draw(h, o), np.zeros(o))

    def moved(self, step: float, direction: Parameters) -> Parameters:
        return replace(self, **{f.name: getattr(self, f.name) + step * getattr(direction, f.name)
                                for f in fields(self)})


@dataclass
class Step:
    x: np.ndarray
    h: np.ndarray
    before: Step | None


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.parameters = Parameters.xavier(input_size, hidden_size, output_size)
        self.gradient = None
        self.last = None

    def forward(self, inputs):
        p = self.parameters
        batch = np.shape(inputs)[1]
        node = Step(None, np.zeros((batch, len(p.b_h))), None)
        outputs, states = [], []
        for x in np.array(inputs, dtype=float):
            node = Step(x, np.tanh(x @ p.W_xh + node.h @ p.W_hh + p.b_h), node)
            states.append(node.h)
            outputs.append(node.h @ p.W_hy + p.b_y)
        self.last = node
        return np.array(outputs), np.array(states)

    def backward(self, d_outputs):
        p = self.parameters
        acc = {f.name: np.zeros_like(getattr(p, f.name)) for f in fields(p)}
        node, later = self.last, 0
        for d in np.asarray(d_outputs, dtype=float)[::-1]:
            acc['W_hy'] += node.h.T @ d
            acc['b_y'] += d.sum(0)
            z = (d @ p.W_hy.T + later) * (1 - node.h ** 2)
            acc['W_xh'] += node.x.T @ z
            acc['W_hh'] += node.before.h.T @ z
            acc['b_h'] += z.sum(0)
            later = z @ p.W_hh.T
            node = node.before
        self.gradient = Parameters(**acc)
        return asdict(self.gradient)

    def update_parameters(self, learning_rate):
        self.parameters = self.parameters.moved(-learning_rate, self.gradient)


class Name(enum.Enum):
    FORGET = enum.auto()
    INPUT = enum.auto()
    CANDIDATE = enum.auto()
    OUTPUT = enum.auto()


@dataclass(frozen=True)
class Gate:
    W: np.ndarray
    U: np.ndarray
    b: np.ndarray

    def __call__(self, x, h):
        return x @ self.W + h @ self.U + self.b


def sigmoid(z):
    out = np.empty_like(z)
    up = z >= 0
    out[up] = 1 / (1 + np.exp(-z[up]))
    e = np.exp(z[~up])
    out[~up] = e / (1 + e)
    return out


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        s = 1 / np.sqrt(hidden_size)
        self.gates = {name: Gate(np.random.uniform(-s, s, (input_size, hidden_size)),
                                 np.random.uniform(-s, s, (hidden_size, hidden_size)),
                                 np.zeros(hidden_size)) for name in Name}

    def forward(self, input_t, hidden_state, cell_state):
        z = {name: gate(input_t, hidden_state) for name, gate in self.gates.items()}
        keep, write = sigmoid(z[Name.FORGET]), sigmoid(z[Name.INPUT])
        cell = keep * cell_state + write * np.tanh(z[Name.CANDIDATE])
        return sigmoid(z[Name.OUTPUT]) * np.tanh(cell), cell


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
