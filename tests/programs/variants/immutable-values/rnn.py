from types import MappingProxyType
from typing import NamedTuple

import numpy as np


def frozen(values):
    array = np.array(values, dtype=np.float64)
    array.setflags(write=False)
    return array


class Weights(NamedTuple):
    """A value: never changed, only replaced."""
    W_xh: np.ndarray
    W_hh: np.ndarray
    b_h: np.ndarray
    W_hy: np.ndarray
    b_y: np.ndarray

    def minus(self, rate, gradients):
        return Weights(*(frozen(w - rate * gradients[k]) for k, w in zip(self._fields, self)))


class Trace(NamedTuple):
    inputs: np.ndarray
    before: np.ndarray
    after: np.ndarray


def run(weights, inputs):
    def states(h):
        for x in inputs:
            h = np.tanh(x @ weights.W_xh + h @ weights.W_hh + weights.b_h)
            yield h

    start = np.zeros((inputs.shape[1], weights.b_h.size))
    after = np.array([*states(start)])
    before = np.concatenate([start[None], after[:-1]])
    return after @ weights.W_hy + weights.b_y, Trace(frozen(inputs), frozen(before), frozen(after))


def differentiate(weights, trace, d_outputs):
    def deltas():
        d = np.zeros(trace.after.shape[1:])
        for h, dy in zip(trace.after[::-1], d_outputs[::-1]):
            d = (dy @ weights.W_hy.T + d @ weights.W_hh.T) * (1 - h * h)
            yield d

    d = np.array([*deltas()])[::-1]
    product = lambda a, b: np.tensordot(a, b, ([0, 1], [0, 1]))
    return MappingProxyType({
        'W_xh': frozen(product(trace.inputs, d)), 'W_hh': frozen(product(trace.before, d)),
        'b_h': frozen(d.sum((0, 1))),
        'W_hy': frozen(product(trace.after, d_outputs)), 'b_y': frozen(d_outputs.sum((0, 1))),
    })


class SimpleRNN:
    __slots__ = ('weights', 'trace', 'gradients')

    def __init__(self, input_size, hidden_size, output_size):
        normal = lambda n, m: frozen(np.random.randn(n, m) / np.sqrt(n))
        self.weights = Weights(normal(input_size, hidden_size), normal(hidden_size, hidden_size),
                               frozen(np.zeros(hidden_size)), normal(hidden_size, output_size),
                               frozen(np.zeros(output_size)))
        self.trace = self.gradients = None

    def __getattr__(self, name):
        if name in Weights._fields:
            return getattr(self.weights, name)
        raise AttributeError(name)

    def __setattr__(self, name, value):
        if name in Weights._fields:
            name, value = 'weights', self.weights._replace(**{name: frozen(value)})
        object.__setattr__(self, name, value)

    def forward(self, inputs):
        outputs, self.trace = run(self.weights, inputs)
        return outputs, self.trace.after

    def backward(self, d_outputs):
        self.gradients = differentiate(self.weights, self.trace, d_outputs)
        return self.gradients

    def update_parameters(self, learning_rate):
        self.weights = self.weights.minus(learning_rate, self.gradients)


class Gate(NamedTuple):
    W: np.ndarray
    U: np.ndarray
    b: np.ndarray

    def __call__(self, x, h):
        return x @ self.W + h @ self.U + self.b


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        def gate(bias):
            return Gate(frozen(np.random.randn(input_size, hidden_size) / np.sqrt(input_size)),
                        frozen(np.random.randn(hidden_size, hidden_size) / np.sqrt(hidden_size)),
                        frozen(np.full(hidden_size, bias)))

        self.f, self.i, self.c, self.o = gate(1.0), gate(0.0), gate(0.0), gate(0.0)

    def __getattr__(self, name):
        letter, _, gate = name.partition('_')
        if letter in Gate._fields and gate in ('f', 'i', 'c', 'o'):
            return getattr(self.__dict__[gate], letter)
        raise AttributeError(name)

    def __setattr__(self, name, value):
        letter, _, gate = name.partition('_')
        if letter in Gate._fields and gate in ('f', 'i', 'c', 'o'):
            name, value = gate, getattr(self, gate)._replace(**{letter: frozen(value)})
        super().__setattr__(name, value)

    def forward(self, input_t, hidden_state, cell_state):
        sigmoid = lambda z: 0.5 * (1 + np.tanh(z / 2))
        x, h = input_t, hidden_state
        c = sigmoid(self.f(x, h)) * cell_state + sigmoid(self.i(x, h)) * np.tanh(self.c(x, h))
        return sigmoid(self.o(x, h)) * np.tanh(c), c


def generate_sequence_data(seq_type='fibonacci', length=1000):
    """The first `length` terms of a sequence as float64."""
    if length < 1:
        raise ValueError('length must be at least 1')
    if seq_type == 'fibonacci':
        terms = []
        a, b = 0, 1
        for _ in range(length):
            terms.append(a)
            a, b = b, a + b
        try:
            return np.array([float(v) for v in terms], dtype=np.float64)
        except OverflowError:
            raise ValueError('too long for float64') from None
    if seq_type == 'sine':
        return np.sin(0.25 * np.arange(length, dtype=np.float64))
    raise ValueError(f'unknown sequence type: {seq_type!r}')


def make_windows(series, length):
    """Windows (length, N, 1) and, for every step, the term that follows."""
    n = len(series) - length
    x = np.stack([series[k:k + n] for k in range(length)])[:, :, None]
    y = np.stack([series[k + 1:k + 1 + n] for k in range(length)])[:, :, None]
    return x, y


def fit(series, length, epochs=40, batch=40, learning_rate=0.08, hidden=12, seed=0):
    rng = np.random.default_rng(seed)
    x, y = make_windows(series, length)
    net = SimpleRNN(1, hidden, 1)
    losses = []
    for _ in range(epochs):
        order = rng.permutation(x.shape[1])
        total = 0.0
        for start in range(0, len(order), batch):
            rows = order[start:start + batch]
            outputs, _states = net.forward(x[:, rows])
            error = outputs - y[:, rows]
            total += float(np.mean(error ** 2)) * len(rows)
            net.backward(2.0 * error / error.size)
            net.update_parameters(learning_rate)
        losses.append(total / len(order))
    return net, losses


def train_rnn_on_sequence():
    """Predict the next term of a sine wave."""
    from matplotlib.figure import Figure

    series = generate_sequence_data('sine', 400)
    train, test = series[:280], series[280:]
    mean, std = train.mean(), train.std()
    errors = {}
    for length in (4, 8, 12):
        net, losses = fit((train - mean) / std, length)
        x, _ = make_windows((test - mean) / std, length)
        outputs, _states = net.forward(x)
        predictions = outputs[-1, :, 0] * std + mean
        targets = test[length:]
        errors[length] = float(np.mean((predictions - targets) ** 2))

    figure = Figure(figsize=(9, 3.5))
    left, right = figure.subplots(1, 2)
    left.plot(losses)
    left.set_xlabel('epoch')
    left.set_ylabel('training loss')
    right.plot(targets, label='truth')
    right.plot(predictions, '--', label='prediction')
    right.set_xlabel('step')
    right.legend()
    return {'losses': losses, 'predictions': predictions, 'targets': targets,
            'error_by_length': errors, 'figure': figure}


if __name__ == '__main__':
    result = train_rnn_on_sequence()
    print(result['losses'][-1], result['error_by_length'])
