"""Slots, parameters made when they are first looked at, gradient of the pre-activations by one
recursion over the Jacobian of every step and sequence."""
import numpy as np
from matplotlib.figure import Figure

_missing = object()


class SimpleRNN:
    __slots__ = ("I", "H", "O", "_seed", "_W_xh", "_W_hh", "_b_h", "_W_hy", "_b_y", "_x", "_h", "_grad")
    _order = ("W_xh", "W_hh", "b_h", "W_hy", "b_y")

    def __init__(self, input_size, hidden_size, output_size):
        self.I, self.H, self.O = input_size, hidden_size, output_size
        self._seed = np.random.SeedSequence()

    def _shape(self, name):
        return {"W_xh": (self.I, self.H), "W_hh": (self.H, self.H), "b_h": (self.H,),
                "W_hy": (self.H, self.O), "b_y": (self.O,)}[name]

    def _get(self, name):
        value = getattr(self, "_" + name, _missing)
        if value is _missing:
            shape = self._shape(name)
            if len(shape) == 1:
                value = np.zeros(shape)
            else:
                rng = np.random.default_rng([self._seed.entropy, self._order.index(name)])
                value = rng.normal(0, 1 / np.sqrt(shape[0]), shape)
            setattr(self, "_" + name, value)
        return value

    def forward(self, inputs):
        T, B, _ = inputs.shape
        a = np.einsum("tbi,ih->tbh", inputs, self.W_xh) + self.b_h
        h = np.zeros((T + 1, B, self.H))
        for t in range(T):
            np.tanh(a[t] + h[t] @ self.W_hh, out=h[t + 1])
        self._x, self._h = inputs.copy(), h
        return np.einsum("tbh,ho->tbo", h[1:], self.W_hy) + self.b_y, h[1:].copy()

    def backward(self, d_outputs):
        h = self._h
        slope = 1 - h[1:] ** 2                                             # (T, B, H)
        W = self.W_hh
        direct = np.einsum("tbo,ho->tbh", d_outputs, self.W_hy)
        dh = np.empty_like(direct)
        running = np.zeros_like(direct[0])
        for t in range(len(dh) - 1, -1, -1):
            dh[t] = running = direct[t] + running
            jac = W * slope[t][:, None, :]                                 # jac[b, i, j] = dh_t[j] / dh_{t-1}[i]
            running = np.matmul(jac, running[:, :, None])[:, :, 0]
        da = dh * slope
        self._grad = {
            "W_xh": np.tensordot(self._x, da, 2 * [[0, 1]]),
            "W_hh": np.tensordot(h[:-1], da, 2 * [[0, 1]]),
            "b_h": np.einsum("tbh->h", da),
            "W_hy": np.tensordot(h[1:], d_outputs, 2 * [[0, 1]]),
            "b_y": np.einsum("tbo->o", d_outputs),
        }
        return dict(self._grad)

    def update_parameters(self, learning_rate):
        for name in self._order:
            setattr(self, "_" + name, self._get(name) - learning_rate * self._grad[name])


def _slot(name):
    return property(lambda self: self._get(name), lambda self, value: setattr(self, "_" + name, np.asarray(value)))


for _n in SimpleRNN._order:
    setattr(SimpleRNN, _n, _slot(_n))


class LSTMCell:
    __slots__ = tuple(k + "_" + g for k in "WUb" for g in "fico")

    def __init__(self, input_size, hidden_size):
        for name in self.__slots__:
            if name[0] == "b":
                setattr(self, name, np.zeros(hidden_size))
            else:
                rows = input_size if name[0] == "W" else hidden_size
                setattr(self, name, np.random.normal(0, rows ** -0.5, (rows, hidden_size)))

    def forward(self, input_t, hidden_state, cell_state):
        z = {g: np.einsum("bi,ih->bh", input_t, getattr(self, "W_" + g))
             + np.einsum("bj,jh->bh", hidden_state, getattr(self, "U_" + g)) + getattr(self, "b_" + g) for g in "fico"}
        gate = {g: np.reciprocal(1 + np.exp(np.minimum(-z[g], 700))) for g in "fio"}
        c = gate["f"] * cell_state + gate["i"] * np.tanh(z["c"])
        return gate["o"] * np.tanh(c), c


def generate_sequence_data(seq_type='fibonacci', length=1000):
    makers = {"fibonacci": _fib, "sine": lambda n: np.sin(np.arange(n) / 6.0), "integers": _staircase}
    if seq_type not in makers:
        raise ValueError("seq_type must be one of " + ", ".join(makers))
    if length < 1:
        raise ValueError("length < 1")
    return makers[seq_type](length)


def _fib(n):
    out = np.ones(n)
    for k in range(2, n):
        out[k] = out[k - 2:k].sum()
    return out


def _staircase(n):
    k = np.arange(n)
    return np.floor(40 + 25 * np.sin(k / 5) + 10 * np.sin(k / 13)).astype(np.float64)


def train_rnn_on_sequence():
    whole = generate_sequence_data("integers", 640)
    border = 480
    centre = np.median(whole[:border])
    spread = np.subtract(*np.percentile(whole[:border], [75, 25]))
    z = (whole - centre) / spread

    def cut(a, b, k):
        """windows that lie completely in [a, b)"""
        idx = np.arange(a, b - k)[None, :] + np.arange(k + 1)[:, None]
        return z[idx][:-1, :, None], z[idx][-1]

    table = {}
    for k in (5, 10, 20):
        net = SimpleRNN(1, 16, 1)
        x, y = cut(0, border, k)
        losses = []
        for _ in range(220):
            out = net.forward(x)[0]
            diff = out[-1, :, 0] - y
            losses.append(float(np.mean(diff ** 2)))
            d = np.zeros(out.shape)
            d[-1, :, 0] = diff * (2 / diff.size)
            net.backward(d)
            net.update_parameters(0.05)
        xt, yt = cut(border, len(z), k)
        table[k] = losses, net.forward(xt)[0][-1, :, 0] * spread + centre, yt * spread + centre
    losses, predictions, targets = table[10]
    fig = Figure(figsize=(8, 6))
    ax = fig.subplots(2, 1)
    ax[0].plot(losses, label="MSE")
    ax[0].legend()
    ax[1].step(np.arange(targets.size), targets, label="integer sequence")
    ax[1].plot(predictions, ".-", label="network")
    ax[1].legend()
    return {"losses": losses, "predictions": predictions, "targets": targets, "figure": fig,
            "error_by_length": {k: float(np.mean(np.abs(v[1] - v[2]))) for k, v in table.items()}}
