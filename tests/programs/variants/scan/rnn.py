"""Assignment 6, written as folds: the recurrence is itertools.accumulate, and so is its gradient."""
from itertools import accumulate
from types import SimpleNamespace

import numpy as np

rng = np.random.default_rng(2024)


def weight(n_in, n_out):
    return rng.normal(0, 1 / np.sqrt(n_in), (n_in, n_out))


def scan(step, xs, start):
    """Like jax.lax.scan, of the carry only: what start becomes after each of xs."""
    return list(accumulate(xs, step, initial=start))


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.theta = SimpleNamespace(
            into=weight(input_size, hidden_size),
            around=weight(hidden_size, hidden_size),
            shift=np.zeros(hidden_size),
            out=weight(hidden_size, output_size),
            out_shift=np.zeros(output_size),
        )
        self.slope = None

    def forward(self, inputs):
        p = self.theta

        def step(h, x):
            return np.tanh(x @ p.into + h @ p.around + p.shift)

        start = np.zeros((inputs.shape[1], p.around.shape[0]))
        self.seen = np.array(inputs, dtype=float)
        self.track = np.stack(scan(step, self.seen, start))
        after = self.track[1:]
        return after @ p.out + p.out_shift, after.copy()

    def backward(self, d_outputs):
        p = self.theta
        dy = np.asarray(d_outputs, dtype=float)
        before, after = self.track[:-1], self.track[1:]

        def step(da_later, t):
            return (dy[t] @ p.out.T + da_later @ p.around.T) * (1 - after[t] ** 2)

        nothing = np.zeros_like(after[0])
        da = np.stack(scan(step, reversed(range(len(dy))), nothing)[:0:-1])
        self.slope = SimpleNamespace(
            into=np.einsum('tbi,tbh->ih', self.seen, da),
            around=np.einsum('tbg,tbh->gh', before, da),
            shift=da.sum((0, 1)),
            out=np.einsum('tbh,tbo->ho', after, dy),
            out_shift=dy.sum((0, 1)),
        )
        return self.slope

    def update_parameters(self, learning_rate):
        moved = {
            name: value - learning_rate * getattr(self.slope, name)
            for name, value in vars(self.theta).items()
        }
        self.theta = SimpleNamespace(**moved)


def logistic(z):
    return np.where(z > 0, 1, np.exp(-abs(z))) / (1 + np.exp(-abs(z)))


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        def gate():
            return SimpleNamespace(
                x=weight(input_size, hidden_size),
                h=weight(hidden_size, hidden_size),
                b=np.zeros(hidden_size),
            )

        self.p = SimpleNamespace(write=gate(), keep=gate(), show=gate(), new=gate())

    def forward(self, input_t, hidden_state, cell_state):
        z = {
            name: input_t @ g.x + hidden_state @ g.h + g.b for name, g in vars(self.p).items()
        }
        write, keep, show = map(logistic, (z['write'], z['keep'], z['show']))
        cell = keep * cell_state + write * np.tanh(z['new'])
        return show * np.tanh(cell), cell


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length must be positive')
    if seq_type == 'fibonacci':
        pairs = scan(lambda pair, _: (pair[1], sum(pair)), range(length - 1), (0, 1))
        return np.array([float(a) for a, _ in pairs])
    if seq_type == 'sine':
        return np.sin(np.arange(length) / 4)
    raise ValueError('unknown sequence: ' + repr(seq_type))


def train_rnn_on_sequence():
    from matplotlib.figure import Figure

    series = np.sin(0.21 * np.arange(900)) + 0.5 * np.sin(0.57 * np.arange(900))
    past, future = np.split(series, [700])
    centre, spread = past.mean(), past.std()

    def pairs(values, steps):
        z = (values - centre) / spread
        x = np.stack([z[k:len(z) - steps + k] for k in range(steps)])
        return x[:, :, None], z[steps:, None]

    def epoch(net, x, y):
        order = rng.permutation(len(y))
        total = 0.0
        for chosen in np.array_split(order, len(y) // 25):
            outputs, _ = net.forward(x[:, chosen])
            error = outputs[-1] - y[chosen]
            d_outputs = np.zeros_like(outputs)
            d_outputs[-1] = 2 * error / len(chosen)
            net.backward(d_outputs)
            net.update_parameters(0.05)
            total += (error ** 2).sum()
        return total / len(y)

    errors = {}
    for steps in (3, 6, 12):
        net = SimpleRNN(1, 16, 1)
        x, y = pairs(past, steps)
        losses = [epoch(net, x, y) for _ in range(25)]
        x, y = pairs(future, steps)
        predictions = net.forward(x)[0][-1, :, 0] * spread + centre
        targets = y[:, 0] * spread + centre
        errors[steps] = float(((predictions - targets) ** 2).mean())

    figure = Figure()
    above, below = figure.subplots(2)
    above.semilogy(losses)
    below.plot(targets)
    below.plot(predictions)
    return {
        'losses': losses,
        'predictions': predictions,
        'targets': targets,
        'error_by_length': errors,
        'figure': figure,
    }
