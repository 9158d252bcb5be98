import itertools
import mmap
from array import array

import numpy as np


class Field:
    """An attribute whose numbers lie in the owner's memory; every access makes a new view of it."""

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, owner, kind=None):
        if owner is None:
            return self
        offset, shape = owner.table[self.name]
        return np.frombuffer(owner.memory, dtype=np.float64, count=int(np.prod(shape)), offset=offset).reshape(shape)

    def __set__(self, owner, value):
        self.__get__(owner)[...] = value


def plan(shapes):
    table, offset = {}, 0
    for name, shape in shapes.items():
        table[name] = offset, shape
        offset += 8 * int(np.prod(shape))
    return table, offset


class SimpleRNN:
    W_xh, W_hh, b_h, W_hy, b_y = (Field() for _ in range(5))

    def __init__(self, input_size, hidden_size, output_size):
        I, H, O = input_size, hidden_size, output_size
        self.table, size = plan({'W_xh': (I, H), 'W_hh': (H, H), 'b_h': (H,), 'W_hy': (H, O), 'b_y': (O,)})
        self.memory = bytearray(size)
        for name in ('W_xh', 'W_hh', 'W_hy'):
            n, m = self.table[name][1]
            setattr(self, name, np.random.randn(n, m) / np.sqrt(n))
        self.gradient_memory = array('d', bytes(size))

    def forward(self, inputs):
        T, B, _ = inputs.shape
        W_xh, W_hh, b_h = self.W_xh, self.W_hh, self.b_h
        h = np.zeros((T + 1, B, b_h.size))
        for t in range(T):
            h[t + 1] = np.tanh(inputs[t] @ W_xh + h[t] @ W_hh + b_h)
        self.trace = inputs, h
        return h[1:] @ self.W_hy + self.b_y, h[1:].copy()

    def backward(self, d_outputs):
        inputs, h = self.trace
        W_hh, W_hy = self.W_hh, self.W_hy
        dz = np.zeros_like(h)                # dz[t] belongs to h[t]; dz[0] is not used
        for t in range(len(inputs), 0, -1):
            flow = dz[t + 1] @ W_hh.T if t < len(inputs) else 0.0
            dz[t] = (1 - h[t] ** 2) * (d_outputs[t - 1] @ W_hy.T + flow)
        product = lambda a, b: np.einsum('tbi,tbj->ij', a, b, optimize=True)
        grads = {'W_xh': product(inputs, dz[1:]), 'W_hh': product(h[:-1], dz[1:]), 'b_h': dz[1:].sum((0, 1)),
                 'W_hy': product(h[1:], d_outputs), 'b_y': d_outputs.sum((0, 1))}
        self.gradient_memory = array('d', b''.join(np.asarray(grads[name], dtype=np.float64).tobytes() for name in self.table))
        return grads

    def update_parameters(self, learning_rate):
        theta = np.frombuffer(self.memory, dtype=np.float64)
        theta -= learning_rate * np.frombuffer(self.gradient_memory, dtype=np.float64)


class LSTMCell:
    """The parameters lie in an anonymous memory map."""

    W_f, W_i, W_c, W_o, U_f, U_i, U_c, U_o, b_f, b_i, b_c, b_o = (Field() for _ in range(12))

    def __init__(self, input_size, hidden_size):
        shapes = {'W': (input_size, hidden_size), 'U': (hidden_size, hidden_size), 'b': (hidden_size,)}
        self.table, size = plan({f'{a}_{k}': shapes[a] for a, k in itertools.product('WUb', 'fico')})
        self.memory = mmap.mmap(-1, size)
        for name, (_, shape) in self.table.items():
            if name[0] != 'b':
                setattr(self, name, np.random.randn(*shape) / np.sqrt(shape[0]))
        self.b_f = 1.0

    def forward(self, input_t, hidden_state, cell_state):
        z = [input_t @ W + hidden_state @ U + b for W, U, b in (
            (self.W_f, self.U_f, self.b_f), (self.W_i, self.U_i, self.b_i),
            (self.W_c, self.U_c, self.b_c), (self.W_o, self.U_o, self.b_o))]
        s = lambda a: 0.5 + 0.5 * np.tanh(a * 0.5)
        c = s(z[0]) * cell_state + s(z[1]) * np.tanh(z[2])
        return s(z[3]) * np.tanh(c), c


def generate_sequence_data(seq_type='fibonacci', length=1000):
    """fibonacci, sine, cosine or linear; float64."""
    if not length >= 1:
        raise ValueError(f'length must be >= 1, got {length}')
    match seq_type:
        case 'fibonacci':
            if length > 1476:
                raise ValueError('the 1477th Fibonacci number is beyond float64')

            def numbers():
                a, b = 0, 1
                while True:
                    yield float(a)
                    a, b = b, a + b

            return np.fromiter(itertools.islice(numbers(), length), dtype=np.float64, count=length)
        case 'sine':
            return np.sin(np.arange(length) * 0.3)
        case 'cosine':
            return np.cos(np.arange(length) * 0.3)
        case 'linear':
            return np.arange(length, dtype=np.float64)
        case _:
            raise ValueError(f'unknown sequence {seq_type!r}')


class Scaler:
    """Mean and standard deviation of the data it was fitted on."""

    def fit(self, values):
        self.mean, self.std = float(np.mean(values)), float(np.std(values))
        return self

    def apply(self, values):
        return (values - self.mean) / self.std

    def undo(self, values):
        return values * self.std + self.mean


def train_rnn_on_sequence():
    from matplotlib.figure import Figure

    wave = 2.0 * generate_sequence_data('sine', 360) + 1.0
    past, future = np.split(wave, [260])
    scaler = Scaler().fit(past)
    a, b = scaler.apply(past), scaler.apply(future)
    shuffler = np.random.default_rng(7)
    report = {'error_by_length': {}}
    for steps in (5, 8, 12):
        count = len(a) - steps
        index = np.arange(steps)[:, None] + np.arange(count)
        net, curve = SimpleRNN(1, 10, 1), []
        for _ in range(45):
            squares = []
            for columns in np.array_split(shuffler.permutation(count), 5):
                out, _states = net.forward(a[index[:, columns]][..., None])
                residual = out - a[index[:, columns] + 1][..., None]
                squares.append((residual ** 2).mean())
                net.backward(residual * (2 / residual.size))
                net.update_parameters(0.1)
            curve.append(float(np.mean(squares)))
        index = np.arange(steps)[:, None] + np.arange(len(b) - steps)
        out, _states = net.forward(b[index][..., None])
        guess, truth = scaler.undo(out[-1, :, 0]), future[steps:]
        report['error_by_length'][steps] = float(np.abs(guess - truth).mean())
    report.update(losses=curve, predictions=guess, targets=truth)
    figure = Figure()
    top, bottom = figure.subplots(2)
    top.plot(curve)
    top.set_ylabel('loss')
    bottom.plot(truth, 'k', lw=1)
    bottom.plot(guess, 'r:', lw=2)
    report['figure'] = figure
    return report
