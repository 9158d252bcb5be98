"""Assignment 6, optimised version.

Profiling showed that `dz @ W.T` with a Fortran-ordered W.T is slower than with a contiguous matrix,
so the transposed weights are prepared once.  All buffers are float64 and C-contiguous.
"""
from __future__ import annotations

import time
from typing import Dict, Tuple

import numpy as np


class SimpleRNN:
    def __init__(self, input_size: int, hidden_size: int, output_size: int) -> None:
        self.I, self.H, self.O = input_size, hidden_size, output_size
        rng = np.random.default_rng()
        self.W_xh = self._glorot(rng, input_size, hidden_size)
        self.W_hh = self._glorot(rng, hidden_size, hidden_size)
        self.b_h = np.zeros(hidden_size)
        self.W_hy = self._glorot(rng, hidden_size, output_size)
        self.b_y = np.zeros(output_size)
        # contiguous copies for the backward pass
        self._W_hh_T = np.ascontiguousarray(self.W_hh.T)

    @staticmethod
    def _glorot(rng: np.random.Generator, n: int, m: int) -> np.ndarray:
        a = np.sqrt(6.0 / (n + m))
        return rng.uniform(-a, a, size=(n, m))

    def forward(self, inputs: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
        T, B, _ = inputs.shape
        x = np.array(inputs, dtype=np.float64, order="C")
        # one big GEMM instead of T small ones
        pre = (x.reshape(T * B, self.I) @ self.W_xh).reshape(T, B, self.H)
        pre += self.b_h
        hs = np.empty((T, B, self.H))
        scratch = np.empty((B, self.H))
        np.tanh(pre[0], out=hs[0])                 # h_0 = 0, nothing to multiply
        for t in range(1, T):
            np.matmul(hs[t - 1], self.W_hh, out=scratch)
            scratch += pre[t]
            np.tanh(scratch, out=hs[t])
        ys = (hs.reshape(T * B, self.H) @ self.W_hy).reshape(T, B, self.O)
        ys += self.b_y
        self._x, self._h = x, hs
        return ys, hs.copy()

    def backward(self, d_outputs: np.ndarray) -> Dict[str, np.ndarray]:
        x, hs = self._x, self._h
        T, B, _ = x.shape
        dy = np.ascontiguousarray(d_outputs, dtype=np.float64).reshape(T * B, self.O)
        dz = (dy @ self.W_hy.T).reshape(T, B, self.H)
        one_minus_h2 = 1.0 - hs * hs
        scratch = np.empty((B, self.H))
        dz[T - 1] *= one_minus_h2[T - 1]
        for t in range(T - 2, -1, -1):
            np.matmul(dz[t + 1], self._W_hh_T, out=scratch)
            dz[t] += scratch
            dz[t] *= one_minus_h2[t]
        flat = dz.reshape(T * B, self.H)
        n = (T - 1) * B
        self.grads = {
            "W_xh": x.reshape(T * B, self.I).T @ flat,
            "W_hh": hs.reshape(T * B, self.H)[:n].T @ flat[B:],
            "b_h": flat.sum(axis=0),
            "W_hy": hs.reshape(T * B, self.H).T @ dy,
            "b_y": dy.sum(axis=0),
        }
        return {k: v.copy() for k, v in self.grads.items()}

    def update_parameters(self, learning_rate: float) -> None:
        self.W_xh -= learning_rate * self.grads["W_xh"]
        self.W_hh -= learning_rate * self.grads["W_hh"]
        self.b_h -= learning_rate * self.grads["b_h"]
        self.W_hy -= learning_rate * self.grads["W_hy"]
        self.b_y -= learning_rate * self.grads["b_y"]


def gradient_check() -> float:
    """largest deviation from central differences"""
    net = SimpleRNN(2, 4, 3)
    x, r = np.random.randn(5, 3, 2), np.random.randn(5, 3, 3)
    net.forward(x)
    g, worst = net.backward(r), 0.0
    for name, grad in g.items():
        p = getattr(net, name)
        for k in np.ndindex(*p.shape):
            keep = p[k]
            p[k] = keep + 1e-5
            up = np.sum(net.forward(x)[0] * r)
            p[k] = keep - 1e-5
            down = np.sum(net.forward(x)[0] * r)
            p[k] = keep
            worst = max(worst, abs((up - down) / 2e-5 - grad[k]))
    return worst


class LSTMCell:
    def __init__(self, input_size: int, hidden_size: int) -> None:
        rng = np.random.default_rng()
        for gate in ("f", "i", "c", "o"):
            setattr(self, "W_" + gate, SimpleRNN._glorot(rng, input_size, hidden_size))
            setattr(self, "U_" + gate, SimpleRNN._glorot(rng, hidden_size, hidden_size))
            setattr(self, "b_" + gate, np.ones(hidden_size) if gate == "f" else np.zeros(hidden_size))

    def _gate(self, gate: str, x: np.ndarray, h: np.ndarray) -> np.ndarray:
        z = x @ getattr(self, "W_" + gate)
        z += h @ getattr(self, "U_" + gate)
        z += getattr(self, "b_" + gate)
        if gate == "c":
            return np.tanh(z, out=z)
        # logistic via tanh, in place
        z *= 0.5
        np.tanh(z, out=z)
        z += 1.0
        z *= 0.5
        return z

    def forward(self, input_t, hidden_state, cell_state):
        new_cell = self._gate("f", input_t, hidden_state)
        new_cell *= cell_state
        new_cell += self._gate("i", input_t, hidden_state) * self._gate("c", input_t, hidden_state)
        new_hidden = self._gate("o", input_t, hidden_state)
        new_hidden *= np.tanh(new_cell)
        return new_hidden, new_cell


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError("length < 1")
    out = np.empty(length)
    if seq_type == "fibonacci":
        a, b = 0, 1
        for k in range(length):
            out[k] = a
            a, b = b, a + b
    elif seq_type == "sine":
        np.sin(np.arange(length) * (2 * np.pi / 32), out=out)
    else:
        raise ValueError("seq_type")
    return out


def train_rnn_on_sequence():
    import matplotlib.pyplot as plt
    start = time.time()
    series = generate_sequence_data("sine", 640)
    cut = 480
    mu, sigma = series[:cut].mean(), series[:cut].std()
    z = (series - mu) / sigma

    def make(a, L):
        view = np.lib.stride_tricks.sliding_window_view(a, L + 1).T
        return view[:-1, :, None], view[-1, :, None]

    curves, errors, keep = {}, {}, {}
    for L in (4, 8, 12):
        rng = np.random.default_rng(L)
        net, curve = SimpleRNN(1, 20, 1), []
        X, Y = make(z[:cut], L)
        for epoch in range(70):
            order, tot = rng.permutation(Y.shape[0]), 0.0
            for part in np.array_split(order, 8):
                y, _ = net.forward(X[:, part])
                e = y[-1] - Y[part]
                tot += float((e ** 2).sum())
                d = np.zeros_like(y)
                d[-1] = 2 * e / len(part)
                net.backward(d)
                net.update_parameters(0.05)
            curve.append(tot / Y.shape[0])
        X, Y = make(z[cut:], L)
        p = net.forward(X)[0][-1, :, 0] * sigma + mu
        q = Y[:, 0] * sigma + mu
        curves[L], keep[L] = curve, (p, q)
        errors[L] = float(np.sqrt(np.mean((p - q) ** 2)))
    fig, ax = plt.subplots(1, 2, figsize=(9, 4))
    ax[0].semilogy(curves[8])
    ax[1].plot(keep[8][1], label="true")
    ax[1].plot(keep[8][0], label="predicted")
    ax[1].legend()
    fig.suptitle("RNN, %.1f s" % (time.time() - start))
    return {"losses": curves[8], "predictions": keep[8][0], "targets": keep[8][1],
            "error_by_length": errors, "figure": fig}


if __name__ == "__main__":
    print("gradient check:", gradient_check())
    train_rnn_on_sequence()["figure"].savefig("rnn.pdf")
