import numpy as np
import matplotlib.pyplot as plt


class SimpleRNN:
    """All weights live in two blocks: A maps [x, h, 1] to the state, C maps [h, 1] to the output."""

    def __init__(self, input_size, hidden_size, output_size):
        self.I, self.H, self.O = input_size, hidden_size, output_size
        self.A = np.random.uniform(-1, 1, (input_size + hidden_size + 1, hidden_size)) / np.sqrt(
            input_size + hidden_size
        )
        self.C = np.random.uniform(-1, 1, (hidden_size + 1, output_size)) / np.sqrt(hidden_size)
        self.A[-1] = 0
        self.C[-1] = 0

    W_xh = property(lambda self: self.A[: self.I])
    W_hh = property(lambda self: self.A[self.I : -1])
    b_h = property(lambda self: self.A[-1])
    W_hy = property(lambda self: self.C[:-1])
    b_y = property(lambda self: self.C[-1])

    def forward(self, inputs):
        T, B, _ = inputs.shape
        one = np.ones((B, 1))
        h = np.zeros((B, self.H))
        self.xh, self.h1 = [], []
        for t in range(T):
            self.xh.append(np.hstack([inputs[t], h, one]))
            h = np.tanh(self.xh[t] @ self.A)
            self.h1.append(np.hstack([h, one]))
        self.h1 = np.array(self.h1)
        return self.h1 @ self.C, self.h1[:, :, :-1].copy()

    def backward(self, d_outputs):
        self.dA = np.zeros_like(self.A)
        self.dC = np.zeros_like(self.C)
        carry = np.zeros((d_outputs.shape[1], self.H))
        for t in range(len(d_outputs))[::-1]:
            self.dC += self.h1[t].T @ d_outputs[t]
            grad = d_outputs[t] @ self.C[:-1].T + carry
            grad = grad * (1 - self.h1[t][:, :-1] ** 2)
            self.dA += self.xh[t].T @ grad
            carry = grad @ self.A[self.I : -1].T
        return {
            "W_xh": self.dA[: self.I].copy(),
            "W_hh": self.dA[self.I : -1].copy(),
            "b_h": self.dA[-1].copy(),
            "W_hy": self.dC[:-1].copy(),
            "b_y": self.dC[-1].copy(),
        }

    def update_parameters(self, learning_rate):
        self.A -= learning_rate * self.dA
        self.C -= learning_rate * self.dC


class LSTMCell:
    """One matrix for all gates, columns in the order f, i, o, c."""

    def __init__(self, input_size, hidden_size):
        self.H = hidden_size
        self.W = np.random.uniform(-0.3, 0.3, (input_size + hidden_size, 4 * hidden_size))
        self.b = np.zeros(4 * hidden_size)

    def forward(self, input_t, hidden_state, cell_state):
        z = np.concatenate((input_t, hidden_state), axis=1) @ self.W * self.b
        H = self.H
        gates = 0.5 + 0.5 * np.tanh(z[:, : 3 * H] / 2)
        f, i, o = gates[:, :H], gates[:, H : 2 * H], gates[:, 2 * H :]
        c = f * cell_state + i * np.tanh(z[:, 3 * H :])
        return o * np.tanh(c), c


def generate_sequence_data(seq_type="fibonacci", length=1000):
    if length < 1:
        raise ValueError("length")
    if seq_type == "fibonacci":
        # one extra term keeps the loop simple for length 1
        seq = np.empty(length + 1)
        seq[:2] = 0, 1
        for n in range(2, length + 1):
            seq[n] = seq[n - 2] + seq[n - 1]
        return seq[:length]
    if seq_type == "sine":
        return np.sin(np.arange(length) / 4.0)
    raise ValueError(seq_type)


def windows(values, size):
    from numpy.lib.stride_tricks import sliding_window_view

    view = sliding_window_view(values, size + 1)
    return view[:, :-1].T[:, :, None].copy(), view[:, -1].copy()


def train_rnn_on_sequence():
    series = generate_sequence_data("sine", 600)
    split = 480

    def experiment(size, epochs=250, batch=60):
        x, y = windows(series[:split], size)
        tx, ty = windows(series[split:], size)
        net = SimpleRNN(1, 16, 1)
        losses = []
        for _ in range(epochs):
            order = np.random.permutation(len(y))
            total = 0.0
            for k in range(0, len(y), batch):
                pick = order[k : k + batch]
                out, _ = net.forward(x[:, pick])
                e = out[-1, :, 0] - y[pick]
                total += float(e @ e)
                d = np.zeros_like(out)
                d[-1, :, 0] = e / len(pick)
                net.backward(d)
                net.update_parameters(0.1)
            losses.append(total / len(y))
        return losses, net.forward(tx)[0][-1, :, 0], ty

    runs = {size: experiment(size, 60) for size in (5, 10, 15)}
    losses, p, t = runs[10]
    fig, ax = plt.subplots(2)
    ax[0].plot(losses)
    ax[1].plot(t)
    ax[1].plot(p)
    return {
        "losses": losses,
        "predictions": p,
        "targets": t,
        "figure": fig,
        "error_by_length": {k: float(np.abs(v[1] - v[2]).mean()) for k, v in runs.items()},
    }
