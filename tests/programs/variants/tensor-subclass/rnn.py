"""Homework 6.  I subclass ndarray so that a parameter knows its own gradient (like torch.nn.Parameter)."""
import typing as t
from fractions import Fraction
from functools import lru_cache

import matplotlib.pyplot as plt
import numpy as np


class Param(np.ndarray):
    """ndarray + .grad + .name; results of arithmetic are ordinary arrays."""

    def __new__(cls, value, name=""):
        obj = np.array(value, dtype=np.float64).view(cls)
        obj.name = name
        obj.grad = None
        return obj

    def __array_finalize__(self, obj):
        self.name = getattr(obj, "name", "")
        self.grad = None

    def __array_ufunc__(self, ufunc, method, *args, out=None, **kw):
        plain = [a.view(np.ndarray) if isinstance(a, Param) else a for a in args]
        if out is not None:
            kw["out"] = tuple(o.view(np.ndarray) if isinstance(o, Param) else o for o in out)
            getattr(ufunc, method)(*plain, **kw)
            return out[0]
        return getattr(ufunc, method)(*plain, **kw)

    @property
    def T(self):
        return self.view(np.ndarray).T

    def sgd(self, lr):
        if self.grad is not None:
            np.subtract(self, lr * self.grad, out=self)


class ParamBag:
    """mixin: every attribute of type Param, in order of creation"""

    def params(self) -> t.List[Param]:
        return [v for v in vars(self).values() if isinstance(v, Param)]

    def count(self) -> int:
        return sum(p.size for p in self.params())


def lecun(n_in, n_out, name):
    return Param(np.random.randn(n_in, n_out) / np.sqrt(n_in), name)


class SimpleRNN(ParamBag):

    def __init__(self, input_size, hidden_size, output_size):
        self.W_xh = lecun(input_size, hidden_size, "W_xh")
        self.W_hh = lecun(hidden_size, hidden_size, "W_hh")
        self.b_h = Param(np.zeros(hidden_size), "b_h")
        self.W_hy = lecun(hidden_size, output_size, "W_hy")
        self.b_y = Param(np.zeros(output_size), "b_y")
        self.stack = []

    def forward(self, inputs):
        self.stack.clear()
        h_prev = np.zeros((inputs.shape[1], self.b_h.shape[0]))
        outputs = np.empty(inputs.shape[:2] + (self.b_y.shape[0],))
        hiddens = np.empty(inputs.shape[:2] + (self.b_h.shape[0],))
        for step in range(inputs.shape[0]):
            x = inputs[step].astype(float)          # astype copies
            h = np.tanh(x @ self.W_xh + h_prev @ self.W_hh + self.b_h)
            outputs[step] = h @ self.W_hy + self.b_y
            hiddens[step] = h
            self.stack.append((x, h_prev, h))
            h_prev = h
        return outputs, hiddens

    def backward(self, d_outputs):
        """one frame of the stack after the other, from the top, without popping"""
        for p in self.params():
            p.grad = np.zeros(p.shape)
        self._unwind(len(self.stack) - 1, d_outputs)
        return {p.name: p.grad.copy() for p in self.params()}

    def _unwind(self, step, d_outputs):
        dh_next = np.zeros(self.stack[0][1].shape)
        while step >= 0:
            x, h_prev, h = self.stack[step]
            dy = d_outputs[step]
            self.W_hy.grad += h.T @ dy
            self.b_y.grad += np.add.reduce(dy, axis=0)
            raw = np.multiply(dy @ self.W_hy.T + dh_next, (1 - h) * (1 + h))
            self.W_xh.grad += x.T @ raw
            self.W_hh.grad += h_prev.T @ raw
            self.b_h.grad += np.add.reduce(raw, axis=0)
            dh_next = raw @ self.W_hh.T
            step -= 1

    def update_parameters(self, learning_rate):
        for p in self.params():
            p.sgd(learning_rate)


class LSTMCell(ParamBag):
    def __init__(self, input_size, hidden_size):
        for gate in ("f", "i", "c", "o"):
            setattr(self, f"W_{gate}", lecun(input_size, hidden_size, f"W_{gate}"))
            setattr(self, f"U_{gate}", lecun(hidden_size, hidden_size, f"U_{gate}"))
            setattr(self, f"b_{gate}", Param(np.zeros(hidden_size), f"b_{gate}"))

    def forward(self, input_t, hidden_state, cell_state):
        def affine(gate):
            W, U, b = (getattr(self, f"{letter}_{gate}") for letter in "WUb")
            return input_t @ W + hidden_state @ U + b

        new_c = sigma(affine("f")) * cell_state
        new_c += sigma(affine("i")) * np.tanh(affine("c"))
        return np.tanh(new_c) * sigma(affine("o")), new_c


def sigma(z):
    """logistic, branch by sign; the exponent is never positive"""
    e = np.exp(np.minimum(z, -z))
    return np.where(z < 0, e / (1 + e), 1 / (1 + e))


@lru_cache(maxsize=None)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def generate_sequence_data(seq_type='fibonacci', length=1000):
    """fibonacci | sine | harmonic"""
    if isinstance(length, bool) or length < 1:
        raise ValueError("need a positive length")
    kind = str(seq_type)
    if kind == 'fibonacci':
        return np.array([float(fib(n)) for n in range(length)])       # bottom up, recursion depth stays 1
    if kind == 'sine':
        return np.sin(2 * np.pi * 0.05 * np.arange(length, dtype=float))
    if kind == 'harmonic':
        return np.array([float(Fraction(1, n)) for n in range(1, length + 1)])
    raise ValueError(f"no such sequence: {kind}")


class Windows:
    """torch.utils.data.Dataset + DataLoader for poor people"""

    def __init__(self, series, length):
        self.series, self.length = series, length

    def __len__(self):
        return self.series.size - self.length

    def __getitem__(self, idx):
        idx = np.asarray(idx)
        rows = idx[None, :] + np.arange(self.length)[:, None]
        return self.series[rows][:, :, None], self.series[idx + self.length][:, None]

    def batches(self, size):
        order = np.random.permutation(len(self))
        for k in range(0, len(self), size):
            yield self[order[k:k + size]]

    def everything(self):
        return self[np.arange(len(self))]


class MSELoss:
    def __call__(self, prediction, target):
        self.residual = prediction - target
        return float(np.mean(self.residual ** 2))

    def backward(self):
        return 2 * self.residual / self.residual.size


def train_rnn_on_sequence():
    """log-Fibonacci increments would be boring, so: sine."""
    series = generate_sequence_data('sine', 650)
    train, test = series[:500], series[500:]
    center, spread = np.median(train), np.ptp(train) / 2
    z = lambda a: (a - center) / spread

    histories, outcome = {}, {}
    for length in (3, 6, 12):
        np.random.seed(length * 11)
        rnn, criterion, history = SimpleRNN(1, 16, 1), MSELoss(), []
        loader = Windows(z(train), length)
        for epoch in range(30):
            batch_losses = []
            for x, y in loader.batches(40):
                out, _ = rnn.forward(x)
                batch_losses.append(criterion(out[-1], y))
                d = np.zeros_like(out)
                d[-1] = criterion.backward()
                rnn.backward(d)
                rnn.update_parameters(0.12)
            history.append(np.mean(batch_losses))
        x, y = Windows(z(test), length).everything()
        pred = rnn.forward(x)[0][-1]
        histories[length] = history
        outcome[length] = (pred.squeeze(-1) * spread + center, y.squeeze(-1) * spread + center)

    errors = {k: float(np.max(np.abs(p - q))) for k, (p, q) in outcome.items()}     # worst case
    p, q = outcome[6]
    fig = plt.figure(figsize=(8, 6), constrained_layout=True)
    grid = fig.add_gridspec(2, 2)
    ax = fig.add_subplot(grid[0, 0])
    for k, h in histories.items():
        ax.semilogy(h, label=str(k))
    ax.legend(title="length")
    ax.set_title("training loss")
    ax = fig.add_subplot(grid[0, 1])
    ax.plot(list(errors), list(errors.values()), "D--")
    ax.set_title("largest error on the test part")
    ax = fig.add_subplot(grid[1, :])
    ax.plot(q, lw=3, alpha=.4, label="truth")
    ax.plot(p, lw=1, label="prediction")
    ax.legend()
    return {"losses": histories[6], "predictions": p, "targets": q, "error_by_length": errors, "figure": fig,
            "n_params": SimpleRNN(1, 16, 1).count()}
