"""Parameters are declared, like the columns of a table in an ORM."""
import numpy as np
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt


class Parameter:
    """Descriptor.  `axes` names the sizes; the value is made when the owner is."""

    def __init__(self, *axes, fill=None):
        self.axes, self.fill = axes, fill

    def __set_name__(self, owner, name):
        self.name, self.key = name, "_p_" + name
        owner.declared = {**getattr(owner, "declared", {}), name: self}

    def make(self, sizes, rng):
        shape = tuple(sizes[a] for a in self.axes)
        if self.fill is not None:
            return np.full(shape, float(self.fill))
        return rng.standard_normal(shape) / np.sqrt(shape[0])

    def __get__(self, obj, owner=None):
        return self if obj is None else getattr(obj, self.key)

    def __set__(self, obj, value):
        setattr(obj, self.key, np.asarray(value, dtype=float))


class Declarative(type):
    def __call__(cls, *sizes):
        obj = cls.__new__(cls)
        obj.sizes = dict(zip(cls.axes, sizes))
        rng = np.random.default_rng()
        for name, parameter in cls.declared.items():
            setattr(obj, name, parameter.make(obj.sizes, rng))
        obj.__init__(*sizes)
        return obj


class SimpleRNN(metaclass=Declarative):
    axes = ("I", "H", "O")
    W_xh = Parameter("I", "H")
    W_hh = Parameter("H", "H")
    b_h = Parameter("H", fill=0)
    W_hy = Parameter("H", "O")
    b_y = Parameter("O", fill=0)

    def __init__(self, input_size, hidden_size, output_size):
        self.history = None
        self.slopes = {}

    def forward(self, inputs):
        H = self.sizes["H"]
        h = np.zeros((inputs.shape[1], H))
        rows = []
        for x in inputs:
            row = {"x": x.copy(), "in": h}
            h = row["out"] = np.tanh(x @ self.W_xh + h @ self.W_hh + self.b_h)
            rows.append(row)
        self.history = rows
        hs = np.stack([row["out"] for row in rows])
        return np.stack([row["out"] @ self.W_hy + self.b_y for row in rows]), hs

    def backward(self, d_outputs):
        self.slopes = {name: np.zeros_like(getattr(self, name)) for name in self.declared}
        self._descend(list(zip(self.history, d_outputs)), 0.0)
        return self.slopes

    def _descend(self, steps, flow):
        g = self.slopes
        while steps:
            row, dy = steps.pop()
            dz = (1 - row["out"] ** 2) * (flow + dy @ self.W_hy.T)
            for name, piece in (("W_xh", row["x"].T @ dz), ("W_hh", row["in"].T @ dz), ("b_h", dz.sum(0)),
                                ("W_hy", row["out"].T @ dy), ("b_y", dy.sum(0))):
                g[name] += piece
            flow = dz @ self.W_hh.T

    def update_parameters(self, learning_rate):
        for name in self.declared:
            setattr(self, name, getattr(self, name) - learning_rate * self.slopes[name])


class LSTMCell(metaclass=Declarative):
    axes = ("I", "H")
    W_f, W_i, W_c, W_o = (Parameter("I", "H") for _ in range(4))
    U_f, U_i, U_c, U_o = (Parameter("H", "H") for _ in range(4))
    b_f = Parameter("H", fill=1)
    b_i, b_c, b_o = (Parameter("H", fill=0) for _ in range(3))

    def __init__(self, input_size, hidden_size):
        pass

    def _gate(self, letter, x, h):
        W, U, b = (getattr(self, kind + letter) for kind in ("W_", "U_", "b_"))
        return x @ W + h @ U + b

    def forward(self, input_t, hidden_state, cell_state):
        forget, write, read = (_logistic(self._gate(k, input_t, hidden_state)) for k in "fio")
        new = np.tanh(self._gate("c", input_t, hidden_state))
        cell = forget * cell_state + write * new
        return read * np.tanh(cell), cell


def _logistic(a):
    out = np.exp(-np.abs(a))
    return np.where(a >= 0, 1.0, out) / (1.0 + out)


class _Sequence:
    known = {}

    def __init_subclass__(cls, name):
        _Sequence.known[name] = cls


class _Fibonacci(_Sequence, name='fibonacci'):
    def __iter__(self):
        a, b = 0, 1
        while True:
            yield a
            a, b = b, a + b


class _Sine(_Sequence, name='sine'):
    def __iter__(self):
        k = 0
        while True:
            yield np.sin(k / 7)
            k += 1


class _Pendulum(_Sequence, name='pendulum'):
    def __iter__(self):
        angle, speed = 2.0, 0.0
        while True:
            yield angle
            for _ in range(10):
                speed -= 0.03 * np.sin(angle)
                angle += 0.03 * speed


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if seq_type not in _Sequence.known:
        raise ValueError("unknown sequence %r" % (seq_type,))
    if length < 1:
        raise ValueError("too short")
    source = iter(_Sequence.known[seq_type]())
    return np.array([float(next(source)) for _ in range(length)])


def train_rnn_on_sequence():
    swing = generate_sequence_data('pendulum', 600)
    seen, unseen = swing[:450], swing[450:]
    low, high = seen.min(), seen.max()

    def table(part, k):
        part = 2 * (part - low) / (high - low) - 1
        return np.stack([part[i:len(part) - k + i] for i in range(k + 1)])[:, :, None]

    results = {}
    for k in (3, 6, 12):
        net = SimpleRNN(1, 16, 1)
        rows = table(seen, k)
        losses = []
        for epoch in range(250):
            y, _ = net.forward(rows[:-1])
            e = y[-1] - rows[-1]
            losses.append(float((e ** 2).mean()))
            g = np.zeros_like(y)
            g[-1] = 2 * e / len(e)
            net.backward(g)
            net.update_parameters(0.05)
        rows = table(unseen, k)
        p = (net.forward(rows[:-1])[0][-1, :, 0] + 1) / 2 * (high - low) + low
        results[k] = losses, p, unseen[k:]
    losses, p, t = results[6]
    fig, (a, b) = plt.subplots(1, 2, figsize=(10, 4))
    a.plot(losses)
    b.plot(t, label="pendulum")
    b.plot(p, label="network")
    b.legend()
    return {"losses": losses, "predictions": p, "targets": t, "figure": fig,
            "error_by_length": {k: float(np.sqrt(np.mean((r[1] - r[2]) ** 2))) for k, r in results.items()}}
