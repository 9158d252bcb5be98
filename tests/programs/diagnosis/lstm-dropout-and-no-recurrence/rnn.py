"""作业六 RNN 与 LSTM（NumPy 实现）"""

import math
from dataclasses import dataclass
import numpy as np
from matplotlib import pyplot as plt


def _fib_pair(n):
    """(F(n), F(n+1)) by fast doubling, exact integers"""
    if n == 0:
        return 0, 1
    a, b = _fib_pair(n // 2)
    c, d = a * (2 * b - a), a * a + b * b
    return (d, c + d) if n % 2 else (c, d)


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError(length)
    match seq_type:
        case 'fibonacci':
            term = lambda n: _fib_pair(n)[0]
        case 'sine':
            term = lambda n: math.sin(n / 8)
        case 'cosine':
            term = lambda n: math.cos(n / 8)
        case _:
            raise ValueError(seq_type)
    return np.fromiter((float(term(n)) for n in range(length)), dtype=float, count=length)


class Experiment:
    def __init__(self, length, epochs=100, rate=0.08, hidden=10):
        self.length, self.epochs, self.rate = length, epochs, rate
        self.net = SimpleRNN(1, hidden, 1)
        self.losses = []

    def cut(self, values):
        n = len(values) - self.length
        x = np.zeros((self.length, n, 1))
        for k in range(self.length):
            x[k, :, 0] = values[k:k + n]
        return x, values[self.length:]

    def train(self, values):
        x, y = self.cut(values)
        for _ in range(self.epochs):
            out, _ = self.net.forward(x)
            delta = out[-1, :, 0] - y
            self.losses.append(float((delta ** 2).mean()))
            grad = np.zeros_like(out)
            grad[-1, :, 0] = 2 * delta / delta.size
            self.net.backward(grad)
            self.net.update_parameters(self.rate)
        return self

    def predict(self, values):
        x, y = self.cut(values)
        return self.net.forward(x)[0][-1, :, 0], y


def train_rnn_on_sequence():
    whole = generate_sequence_data('sine', 360)
    past, future = whole[:270], whole[270:]
    centre, width = np.mean(past), np.std(past)
    runs = {n: Experiment(n).train((past - centre) / width) for n in (3, 6, 12, 18)}
    errors = {}
    for n, run in runs.items():
        p, y = run.predict((future - centre) / width)
        errors[n] = float(np.abs(p - y).mean() * width)
    main = runs[12]
    p, y = main.predict((future - centre) / width)
    p, y = p * width + centre, y * width + centre
    fig = plt.figure()
    a = fig.add_subplot(121)
    a.plot(main.losses)
    b = fig.add_subplot(122)
    b.plot(y, 'k-')
    b.plot(p, 'r:')
    return dict(losses=main.losses, predictions=p, targets=y, error_by_length=errors, figure=fig)


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        f = np.float32
        self.W_xh = (np.random.randn(input_size, hidden_size) * 0.3).astype(f)
        self.W_hh = np.linalg.qr(np.random.randn(hidden_size, hidden_size))[0].astype(f)   # 正交初始化
        self.b_h = np.zeros(hidden_size, f)
        self.W_hy = (np.random.randn(hidden_size, output_size) * 0.3).astype(f)
        self.b_y = np.zeros(output_size, f)

    def forward(self, inputs):
        stack = []                      # (x_t, h_{t-1}, h_t)
        h = np.zeros_like(inputs[0, :, :1], dtype=np.float64) @ np.zeros((1, self.W_hh.shape[0]))
        for x in inputs:
            h_old, h = h, np.tanh(self.b_h + h @ self.W_hh + x @ self.W_xh)
            stack.append((x, h_old, h))
        self.stack = stack
        hidden = np.asarray([s[2] for s in stack])
        return np.asarray([s[2] @ self.W_hy + self.b_y for s in stack]), hidden

    def backward(self, d_outputs):
        grads = {}
        def add(name, value):
            grads[name] = grads.get(name, 0) + value
        dh = 0
        t = len(self.stack)
        while t:
            t -= 1
            x, h_old, h = self.stack[t]
            dy = d_outputs[t]
            add('W_hy', h.T @ dy)
            add('b_y', dy.sum(0))
            dh = dh + dy @ self.W_hy.T
            dpre = dh - dh * h ** 2
            add('b_h', dpre.sum(0))
            add('W_hh', h_old.T @ dpre)
            add('W_xh', x.T @ dpre)
            dh = dpre @ self.W_hh.T
        self.grads = grads
        return dict(grads)

    def update_parameters(self, learning_rate):
        for k, g in self.grads.items():
            self.__setattr__(k, self.__getattribute__(k) - learning_rate * g)


@dataclass
class GateParams:
    W: np.ndarray
    U: np.ndarray
    b: np.ndarray

    def net(self, x, h):
        return x @ self.W + h @ self.U + self.b


class LSTMCell:

    def __init__(self, input_size: int, hidden_size: int) -> None:
        limit = math.sqrt(6 / (input_size + hidden_size))
        for gate in ("f", "i", "c", "o"):
            setattr(self, f"W_{gate}", np.random.uniform(-limit, limit, (input_size, hidden_size)))
            setattr(self, f"U_{gate}", np.random.uniform(-limit, limit, (hidden_size, hidden_size)))
            setattr(self, f"b_{gate}", np.zeros(hidden_size))

    def _gate(self, gate: str) -> GateParams:
        return GateParams(getattr(self, f"W_{gate}"), getattr(self, f"U_{gate}"), getattr(self, f"b_{gate}"))

    @staticmethod
    def _sigmoid(z: np.ndarray) -> np.ndarray:
        t = np.exp(-np.fabs(z))
        return np.where(z >= 0, 1 / (1 + t), t / (1 + t))

    def forward(self, input_t, hidden_state, cell_state):
        forget = self._sigmoid(self._gate("f").net(input_t, hidden_state))
        update = self._sigmoid(self._gate("i").net(input_t, hidden_state))
        output = self._sigmoid(self._gate("o").net(input_t, hidden_state))
        candidate = np.tanh(input_t @ self.W_c + self.b_c)
        cell = np.multiply(forget, cell_state) + np.multiply(update, candidate)
        hidden = np.multiply(output, np.tanh(cell))
        hidden = hidden * (np.random.rand(*hidden.shape) > 0.1) / 0.9
        return hidden, cell
