"""
Batched version of the minimal vanilla RNN that everybody has read. Column vectors, xs/hs/ys dicts.
"""

import numpy as np
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.hidden_size = hidden_size
        self.Wxh = np.random.randn(hidden_size, input_size) * 0.3  # input to hidden
        self.Whh = (
            np.random.randn(hidden_size, hidden_size) * 0.3 / np.sqrt(hidden_size) * 2
        )  # hidden to hidden
        self.Why = np.random.randn(output_size, hidden_size) * 0.3  # hidden to output
        self.bh = np.zeros((hidden_size, 1))  # hidden bias
        self.by = np.zeros((output_size, 1))  # output bias

    def forward(self, inputs):
        xs, hs, ys = {}, {}, {}
        hs[-1] = np.zeros((self.hidden_size, inputs.shape[1]))
        for t in range(len(inputs)):
            xs[t] = inputs[t].T.copy()
            hs[t] = np.tanh(
                np.dot(self.Wxh, xs[t]) + np.dot(self.Whh, hs[t - 1]) + self.bh
            )  # hidden state
            ys[t] = np.dot(self.Why, hs[t]) + self.by
        self.xs, self.hs, self.T = xs, hs, len(inputs)
        return np.stack([ys[t].T for t in range(self.T)]), np.stack(
            [hs[t].T for t in range(self.T)]
        )

    def backward(self, d_outputs):
        # backward pass: compute gradients going backwards
        dWxh, dWhh, dWhy = np.zeros_like(self.Wxh), np.zeros_like(self.Whh), np.zeros_like(self.Why)
        dbh, dby = np.zeros_like(self.bh), np.zeros_like(self.by)
        dhnext = np.zeros_like(self.hs[0])
        for t in reversed(range(self.T)):
            dy = d_outputs[t].T
            dWhy += np.dot(dy, self.hs[t].T)
            dby += dy.sum(1, keepdims=True)
            dh = np.dot(self.Why.T, dy) + dhnext  # backprop into h
            dhraw = (1 - self.hs[t] * self.hs[t]) * dh  # backprop through tanh nonlinearity
            dbh += dhraw.sum(1, keepdims=True)
            dWxh += np.dot(dhraw, self.xs[t].T)
            dWhh += np.dot(dhraw, self.hs[t - 1].T)
            dhnext = np.dot(self.Whh.T, dhraw)
        self.d = [dWxh, dWhh, dWhy, dbh, dby]
        return {"Wxh": dWxh, "Whh": dWhh, "Why": dWhy, "bh": dbh, "by": dby}

    def update_parameters(self, learning_rate):
        for param, dparam in zip([self.Wxh, self.Whh, self.Why, self.bh, self.by], self.d):
            param += -learning_rate * dparam


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        Z = input_size + hidden_size
        self.WLSTM = np.random.randn(1 + Z, 4 * hidden_size) / np.sqrt(Z)
        self.WLSTM[0, :] = 0  # first row is the bias
        self.WLSTM[0, hidden_size : 2 * hidden_size] = 1  # forget bias
        self.d = hidden_size

    def forward(self, input_t, hidden_state, cell_state):
        n, d = len(input_t), self.d
        Hin = np.ones((n, self.WLSTM.shape[0]))
        Hin[:, 1 : 1 + input_t.shape[1]] = input_t
        Hin[:, 1 + input_t.shape[1] :] = hidden_state
        IFOG = Hin.dot(self.WLSTM)
        IFOGf = np.zeros_like(IFOG)
        IFOGf[:, : 3 * d] = 1.0 / (1.0 + np.exp(-np.clip(IFOG[:, : 3 * d], -100, 100)))
        IFOGf[:, 3 * d :] = np.tanh(IFOG[:, 3 * d :])
        C = IFOGf[:, :d] * IFOGf[:, 3 * d :] + IFOGf[:, d : 2 * d] * cell_state
        return IFOGf[:, 2 * d : 3 * d] * np.tanh(hidden_state), C


def generate_sequence_data(seq_type="fibonacci", length=1000):
    if length < 1:
        raise ValueError("need length >= 1")
    if seq_type == "fibonacci":
        data = [0.0, 1.0]
        for _ in range(length - 2):
            data.append(data[-1] + data[-2])
        return np.array(data[:length])
    if seq_type == "sine":
        return np.sin(np.arange(length) * 0.25)
    raise ValueError("unknown sequence type %s" % seq_type)


def sample_windows(data, seq_length):
    inputs = np.array([data[p : p + seq_length] for p in range(len(data) - seq_length)])
    targets = np.array([data[p + 1 : p + seq_length + 1] for p in range(len(data) - seq_length)])
    return inputs.T[:, :, None], targets.T[:, :, None]


def run(data, n_train, seq_length, iters):
    rnn = SimpleRNN(1, 16, 1)
    X, Y = sample_windows(data[:n_train], seq_length)
    losses = []
    for n in range(iters):
        out, _ = rnn.forward(X)
        losses.append(np.mean((out - Y) ** 2))
        rnn.backward(2 * (out - Y) / out.size)
        rnn.update_parameters(0.3)
    X, Y = sample_windows(data[n_train - seq_length :], seq_length)
    return losses, rnn.forward(X)[0][-1, :, 0], Y[-1, :, 0]


def train_rnn_on_sequence():
    data = generate_sequence_data("sine", 400)
    results = {n: run(data, 320, n, 300) for n in (5, 10, 20)}
    losses, pred, true = results[20]
    fig, ax = plt.subplots(2, 1)
    ax[0].plot(losses)
    ax[0].set_title("loss")
    ax[1].plot(true)
    ax[1].plot(pred)
    return {
        "losses": losses,
        "predictions": pred,
        "targets": true,
        "figure": fig,
        "error_by_length": {n: np.mean((r[1] - r[2]) ** 2) for n, r in results.items()},
    }
