"""
作业 6 —— "企业级" 循环神经网络
================================
设计思路(Design notes)

* ``Parameter``  : 值 + 梯度
* ``Module``     : 抽象基类，统一 collect 参数
* ``Affine``     : x @ W (+ b)
* ``Activation`` : 抽象激活；``Tanh`` / ``Sigmoid`` 是它的子类
* ``Gate``       : 两个 Affine 加一个 Activation，LSTM 的门和 RNN 的循环层其实是同一个东西！

RNN 的隐藏层 = 一个 tanh 的 Gate。发现这一点后代码复用很舒服。
"""
from __future__ import annotations

import abc
import math
from collections import OrderedDict
from typing import Iterator, List, Optional, Tuple

import matplotlib.pyplot as plt
import numpy as np

Array = np.ndarray


# --------------------------------------------------------------------------- #
#  基础设施
# --------------------------------------------------------------------------- #
class Parameter:
    """A trainable array together with its gradient."""

    __slots__ = ("data", "grad")

    def __init__(self, data: Array):
        self.data = np.asarray(data, dtype=np.float64)
        self.grad = np.zeros_like(self.data)

    def zero_grad(self) -> None:
        self.grad = np.zeros_like(self.data)

    def step(self, lr: float) -> None:
        self.data -= lr * self.grad

    def __repr__(self) -> str:
        return f"Parameter(shape={self.data.shape})"


class Initializer(abc.ABC):
    @abc.abstractmethod
    def __call__(self, *shape: int) -> Array: ...


class GlorotUniform(Initializer):
    def __call__(self, *shape: int) -> Array:
        limit = math.sqrt(6.0 / sum(shape))
        return np.random.uniform(-limit, limit, size=shape)


class Zeros(Initializer):
    def __call__(self, *shape: int) -> Array:
        return np.zeros(shape)


class Orthogonal(Initializer):
    """QR 分解得到的正交阵，循环权重的特征值模为 1，刚好在消失/爆炸的边界。"""

    def __call__(self, *shape: int) -> Array:
        q, r = np.linalg.qr(np.random.standard_normal(shape))
        return 0.9 * q * np.sign(np.diag(r))


class Module(abc.ABC):
    """所有层的父类"""

    def __init__(self) -> None:
        self._params: "OrderedDict[str, Parameter]" = OrderedDict()
        self._children: "OrderedDict[str, Module]" = OrderedDict()

    def __setattr__(self, key, value):
        if isinstance(value, Parameter):
            self._params[key] = value
        elif isinstance(value, Module):
            self._children[key] = value
        object.__setattr__(self, key, value)

    def parameters(self) -> Iterator[Parameter]:
        yield from self._params.values()
        for child in self._children.values():
            yield from child.parameters()

    def zero_grad(self) -> None:
        for p in self.parameters():
            p.zero_grad()


class Affine(Module):
    """y = x W + b；缓存由调用者保管（因为同一个层会在每个时间步用一次）。"""

    def __init__(self, n_in: int, n_out: int, bias: bool, w_init: Initializer):
        super().__init__()
        self.W = Parameter(w_init(n_in, n_out))
        self.b: Optional[Parameter] = Parameter(Zeros()(n_out)) if bias else None

    def __call__(self, x: Array) -> Array:
        y = x @ self.W.data
        return y if self.b is None else y + self.b.data

    def pull_back(self, x: Array, dy: Array) -> Array:
        self.W.grad += x.T @ dy
        if self.b is not None:
            self.b.grad += dy.sum(axis=0)
        return dy @ self.W.data.T


class Activation(abc.ABC):
    @abc.abstractmethod
    def __call__(self, z: Array) -> Array: ...

    @abc.abstractmethod
    def slope(self, a: Array) -> Array:
        """导数，用输出 a 表示"""


class Tanh(Activation):
    def __call__(self, z):
        return np.tanh(z)

    def slope(self, a):
        return 1.0 - np.square(a)


class Sigmoid(Activation):
    def __call__(self, z):
        # σ(z) = (1 + tanh(z/2)) / 2，天然不会溢出
        return 0.5 * np.tanh(0.5 * z) + 0.5

    def slope(self, a):
        return a * (1.0 - a)


class Gate(Module):
    """act(x W + h U + b)"""

    def __init__(self, n_in: int, n_hidden: int, act: Activation, bias_value: float = 0.0):
        super().__init__()
        self.inp = Affine(n_in, n_hidden, bias=True, w_init=GlorotUniform())
        self.rec = Affine(n_hidden, n_hidden, bias=False, w_init=Orthogonal())
        self.inp.b.data += bias_value
        self.act = act

    def __call__(self, x: Array, h: Array) -> Array:
        return self.act(self.inp(x) + self.rec(h))

    def pull_back(self, x: Array, h: Array, a: Array, da: Array) -> Tuple[Array, Array]:
        dz = da * self.act.slope(a)
        return self.inp.pull_back(x, dz), self.rec.pull_back(h, dz)


# --------------------------------------------------------------------------- #
#  作业要求的类
# --------------------------------------------------------------------------- #
class SimpleRNN(Module):
    """Elman RNN = recurrent tanh gate + linear readout"""

    def __init__(self, input_size, hidden_size, output_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.core = Gate(input_size, hidden_size, Tanh())
        self.readout = Affine(hidden_size, output_size, bias=True, w_init=GlorotUniform())
        self._trace: List[Tuple[Array, Array, Array]] = []

    # 题目要的名字 -> 真正的位置
    @property
    def named(self) -> "OrderedDict[str, Parameter]":
        return OrderedDict(
            W_xh=self.core.inp.W,
            W_hh=self.core.rec.W,
            b_h=self.core.inp.b,
            W_hy=self.readout.W,
            b_y=self.readout.b,
        )

    def forward(self, inputs):
        self._trace = []
        batch = inputs.shape[1]
        h = np.zeros((batch, self.hidden_size))
        outs, hids = [], []
        for x in np.array(inputs, dtype=np.float64):
            h_new = self.core(x, h)
            self._trace.append((x, h, h_new))
            hids.append(h_new)
            outs.append(self.readout(h_new))
            h = h_new
        return np.stack(outs), np.stack(hids)

    def backward(self, d_outputs):
        self.zero_grad()
        dh = 0.0
        for (x, h_prev, h), dy in zip(reversed(self._trace), d_outputs[::-1]):
            dh = dh + self.readout.pull_back(h, dy)
            _, dh = self.core.pull_back(x, h_prev, h, dh)
        return {name: p.grad.copy() for name, p in self.named.items()}

    def update_parameters(self, learning_rate):
        for p in self.parameters():
            p.step(learning_rate)


class LSTMCell(Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.forget = Gate(input_size, hidden_size, Sigmoid(), bias_value=1.0)
        self.input = Gate(input_size, hidden_size, Sigmoid())
        self.candidate = Gate(input_size, hidden_size, Tanh())
        self.output = Gate(input_size, hidden_size, Sigmoid())

    _ALIAS = {"f": "forget", "i": "input", "c": "candidate", "o": "output"}

    def __getattr__(self, name):
        """W_f / U_f / b_f ... 的别名"""
        kind, _, which = name.partition("_")
        if kind in ("W", "U", "b") and which in LSTMCell._ALIAS:
            gate = self.__dict__[LSTMCell._ALIAS[which]]
            return {"W": gate.inp.W, "U": gate.rec.W, "b": gate.inp.b}[kind].data
        raise AttributeError(name)

    def forward(self, input_t, hidden_state, cell_state):
        keep = self.forget(input_t, hidden_state)
        write = self.input(input_t, hidden_state)
        news = self.candidate(input_t, hidden_state)
        show = self.output(input_t, hidden_state)
        cell = keep * cell_state + write * news
        return show * np.tanh(cell), cell


# --------------------------------------------------------------------------- #
#  数据
# --------------------------------------------------------------------------- #
class SequenceFactory:
    _registry = {}

    @classmethod
    def register(cls, name):
        def deco(fn):
            cls._registry[name] = fn
            return fn
        return deco

    @classmethod
    def make(cls, name, n):
        if name not in cls._registry:
            raise ValueError(f"unknown sequence {name!r}, choose from {sorted(cls._registry)}")
        if n < 1:
            raise ValueError("length 必须 >= 1")
        return np.asarray(cls._registry[name](n), dtype=np.float64)


@SequenceFactory.register("fibonacci")
def _fib(n):
    a, b, out = 0, 1, []
    for _ in range(n):
        out.append(float(a))     # Python 大整数，最后才转 float
        a, b = b, a + b
    return out


@SequenceFactory.register("sine")
def _sine(n):
    return np.sin(2 * np.pi * np.arange(n) / 30)


@SequenceFactory.register("triangle")
def _tri(n):
    return 2 / np.pi * np.arcsin(np.sin(0.2 * np.arange(n)))


def generate_sequence_data(seq_type='fibonacci', length=1000):
    """工厂模式"""
    return SequenceFactory.make(seq_type, length)


# --------------------------------------------------------------------------- #
#  训练
# --------------------------------------------------------------------------- #
class StandardScaler:
    def fit(self, x):
        self.mu, self.sd = x.mean(), x.std() + 1e-12
        return self

    def transform(self, x):
        return (x - self.mu) / self.sd

    def inverse(self, z):
        return z * self.sd + self.mu


class Trainer:
    """many-to-one：窗口里最后一步的输出是预测"""

    def __init__(self, window, hidden=20, epochs=60, lr=0.1, batch=50):
        self.window, self.epochs, self.lr, self.batch = window, epochs, lr, batch
        self.net = SimpleRNN(1, hidden, 1)
        self.history = []

    def windows(self, z):
        v = np.lib.stride_tricks.sliding_window_view(z, self.window + 1)
        return v[:, :-1].T[:, :, None], v[:, -1][:, None]

    def fit(self, z):
        X, Y = self.windows(z)
        n = X.shape[1]
        for _ in range(self.epochs):
            perm, total = np.random.permutation(n), 0.0
            for s in range(0, n, self.batch):
                idx = perm[s:s + self.batch]
                out, _ = self.net.forward(X[:, idx])
                err = out[-1] - Y[idx]
                total += float(np.sum(err ** 2))
                grad = np.zeros_like(out)
                grad[-1] = 2 * err / len(idx)
                self.net.backward(grad)
                self.net.update_parameters(self.lr)
            self.history.append(total / n)
        return self

    def predict(self, z):
        X, Y = self.windows(z)
        return self.net.forward(X)[0][-1, :, 0], Y[:, 0]


def train_rnn_on_sequence():
    np.random.seed(2024)
    series = generate_sequence_data("sine", 600)
    cut = 450
    scaler = StandardScaler().fit(series[:cut])
    train, test = scaler.transform(series[:cut]), scaler.transform(series[cut:])

    trainers, errors = {}, {}
    for w in (4, 8, 16):
        tr = trainers[w] = Trainer(w).fit(train)
        p, t = map(scaler.inverse, tr.predict(test))
        errors[w] = float(np.sqrt(np.mean((p - t) ** 2)))
        print(f"[window={w:2d}] loss={tr.history[-1]:.5f}  test RMSE={errors[w]:.5f}")

    best = trainers[8]
    pred, true = map(scaler.inverse, best.predict(test))

    fig, (a, b) = plt.subplots(1, 2, figsize=(10, 4))
    a.semilogy(best.history)
    a.set(title="training loss", xlabel="epoch", ylabel="MSE")
    b.plot(true, label="truth")
    b.plot(pred, "--", label="prediction")
    b.legend()
    b.set(title="held-out sine")
    fig.tight_layout()
    return dict(losses=best.history, predictions=pred, targets=true,
                error_by_length=errors, figure=fig)


if __name__ == "__main__":
    train_rnn_on_sequence()
    plt.show()
