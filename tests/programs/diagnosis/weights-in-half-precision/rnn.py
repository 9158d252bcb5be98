"""The reference solution of assignment ml-6: a vanilla RNN and an LSTM cell in NumPy.

Every line of mathematics stands as a comment beside the line that computes it. Shapes: T time
steps, B sequences in a batch, I inputs, H hidden units, O outputs. Vectors are rows, so a layer is
`x @ W + b`. Arrays are float64.

Equations: vanilla RNN and LSTM as in Goodfellow, Bengio, Courville, "Deep Learning", ch. 10
(10.8 to 10.11 for the RNN, 10.2.2 for its gradients, 10.10.1 for the LSTM).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array = NDArray[np.float64]

RNG = np.random.default_rng(6)


def xavier(fan_in: int, fan_out: int) -> Array:
    """Uniform weights (fan_in, fan_out) of variance 2 / (fan_in + fan_out), Glorot & Bengio 2010.

    With that variance neither activations nor gradients grow or shrink from layer to layer.
    """
    limit = np.sqrt(6.0 / (fan_in + fan_out))
    return RNG.uniform(-limit, limit, (fan_in, fan_out))


def sigmoid(z: Array) -> Array:
    """1 / (1 + exp(-z)), written so that no z overflows."""
    return 0.5 * (1.0 + np.tanh(0.5 * z))


def rows(sequence: Array) -> Array:
    """(T, B, N) seen as (T*B, N), without a copy: all time steps in one matrix product."""
    return sequence.reshape(-1, sequence.shape[-1])


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        shapes = {"W_xh": (input_size, hidden_size), "W_hh": (hidden_size, hidden_size), "b_h": (hidden_size,),
                  "W_hy": (hidden_size, output_size), "b_y": (output_size,)}
        self.grads = {k: np.zeros(v) for k, v in shapes.items()}
        self.params = {k: xavier(*v).astype(np.float16) if len(v) == 2 else np.zeros(v, np.float16) for k, v in shapes.items()}

    def forward(self, inputs):
        p = self.params
        h = np.zeros((inputs.shape[1], len(p["W_hh"])))
        self.x, self.h = np.array(inputs), [h]
        for x in inputs:
            h = np.tanh(x @ p["W_xh"] + h @ p["W_hh"] + p["b_h"])
            self.h.append(h)
        hs = np.array(self.h[1:])
        return hs @ p["W_hy"] + p["b_y"], hs

    def backward(self, d_outputs):
        p, g = self.params, {k: np.zeros_like(v) for k, v in self.params.items()}
        dh = 0
        for t in reversed(range(len(d_outputs))):
            g["W_hy"] += self.h[t + 1].T @ d_outputs[t]
            g["b_y"] += d_outputs[t].sum(0)
            dz = (d_outputs[t] @ p["W_hy"].T + dh) * (1 - self.h[t + 1] ** 2)
            g["W_xh"] += self.x[t].T @ dz
            g["W_hh"] += self.h[t].T @ dz
            g["b_h"] += dz.sum(0)
            dh = dz @ p["W_hh"].T
        self.grads = g
        return dict(g)

    def update_parameters(self, learning_rate):
        for k in self.params:
            self.params[k] -= learning_rate * self.grads[k]


class LSTMCell:
    """One step of an LSTM: three sigmoid gates around a cell state that is carried by addition."""

    def __init__(self, input_size: int, hidden_size: int) -> None:
        self.W_f = xavier(input_size, hidden_size)  # forget gate
        self.U_f = xavier(hidden_size, hidden_size)
        self.b_f = np.zeros(hidden_size)
        self.W_i = xavier(input_size, hidden_size)  # input gate
        self.U_i = xavier(hidden_size, hidden_size)
        self.b_i = np.zeros(hidden_size)
        self.W_c = xavier(input_size, hidden_size)  # candidate
        self.U_c = xavier(hidden_size, hidden_size)
        self.b_c = np.zeros(hidden_size)
        self.W_o = xavier(input_size, hidden_size)  # output gate
        self.U_o = xavier(hidden_size, hidden_size)
        self.b_o = np.zeros(hidden_size)

    def forward(
        self, input_t: ArrayLike, hidden_state: ArrayLike, cell_state: ArrayLike
    ) -> tuple[Array, Array]:
        """(B, I), (B, H), (B, H) -> new_hidden_state (B, H), new_cell_state (B, H)."""
        x = np.asarray(input_t, dtype=np.float64)
        h = np.asarray(hidden_state, dtype=np.float64)
        c = np.asarray(cell_state, dtype=np.float64)
        f = sigmoid(x @ self.W_f + h @ self.U_f + self.b_f)  # what to keep of the old cell state
        i = sigmoid(x @ self.W_i + h @ self.U_i + self.b_i)  # how much of the candidate to store
        g = np.tanh(x @ self.W_c + h @ self.U_c + self.b_c)  # candidate
        o = sigmoid(x @ self.W_o + h @ self.U_o + self.b_o)  # how much of the cell state to show
        new_cell_state = f * c + i * g
        new_hidden_state = o * np.tanh(new_cell_state)
        return new_hidden_state, new_cell_state


def fibonacci(length: int) -> Array:
    """0, 1, 1, 2, 3, ...: added as exact integers, each rounded to float64 once.

    OverflowError from 1478 terms on: float64 cannot hold the last of them.
    """
    terms = []
    a, b = 0, 1
    for _ in range(length):
        terms.append(float(a))
        a, b = b, a + b
    return np.array(terms)


def sine(length: int) -> Array:
    """sin(0.2 n): a period of 31.4 steps, so that no window ever comes twice."""
    n = np.arange(length, dtype=np.float64)
    return np.sin(0.2 * n)


def waves(length: int) -> Array:
    """Three sines without a common period: the next value takes several past ones to tell."""
    n = np.arange(length, dtype=np.float64)
    slow, middle, fast = np.sin(0.2 * n), np.sin(0.53 * n + 1.0), np.sin(1.1 * n + 2.0)
    return slow + 0.6 * middle + 0.4 * fast


SEQUENCES: dict[str, Callable[[int], Array]] = {
    "fibonacci": fibonacci,
    "sine": sine,
    "waves": waves,
}


def generate_sequence_data(seq_type: str = "fibonacci", length: int = 1000) -> Array:
    """Return the first `length` terms, float64 (length,).

    ValueError: unknown type, or length < 1.
    """
    if seq_type not in SEQUENCES:
        raise ValueError(f"unknown sequence type {seq_type!r}; known: {', '.join(SEQUENCES)}")
    if length < 1:
        raise ValueError(f"length must be at least 1, not {length}")
    return SEQUENCES[seq_type](length)


LENGTHS = (2, 5, 12)  # time steps that the network sees before it predicts
TRAINED_SHARE = 0.8
HIDDEN_SIZE = 16
BATCH_SIZE = 32
EPOCHS = 20
LEARNING_RATE = 0.05


def windows(series: Array, length: int) -> tuple[Array, Array]:
    """All windows (length, N, 1) of the series and the value after each (N, 1)."""
    inputs = np.lib.stride_tricks.sliding_window_view(series[:-1], length)  # (N, length)
    return inputs.T[:, :, None], series[length:, None]


def train(rnn: SimpleRNN, inputs: Array, targets: Array) -> list[float]:
    """Minimise the mean squared error of the last output; the loss of every epoch."""
    losses = []
    for _ in range(EPOCHS):
        order = RNG.permutation(len(targets))
        squared_error = 0.0
        for start in range(0, len(order), BATCH_SIZE):
            batch = order[start : start + BATCH_SIZE]
            outputs, _ = rnn.forward(inputs[:, batch])
            error = outputs[-1] - targets[batch]
            d_outputs = np.zeros_like(outputs)
            d_outputs[-1] = 2.0 * error / len(batch)  # only the last output enters the loss
            rnn.backward(d_outputs)
            rnn.update_parameters(LEARNING_RATE)
            squared_error += float(np.sum(error**2))
        losses.append(squared_error / len(order))
    return losses


def predict(rnn: SimpleRNN, inputs: Array) -> Array:
    """Predict the value after each window, (N,)."""
    outputs, _ = rnn.forward(inputs)
    return outputs[-1, :, 0]


def train_rnn_on_sequence() -> dict[str, Any]:
    """Train one RNN per sequence length and judge each on the last fifth, which it never saw.

    Returns `losses` (mean squared error per epoch, in units of the scaled series), `predictions`
    and `targets` (held-out part, one step ahead, in units of the series), both of the longest
    length; `error_by_length` ({length: mean squared error on the held-out part}) and `figure`.
    """
    series = generate_sequence_data("waves", 1000)
    split = int(TRAINED_SHARE * len(series))
    known, unknown = series[:split], series[split:]  # first split, then scale, then cut windows
    mean, deviation = known.mean(), known.std()

    error_by_length = {}
    for length in LENGTHS:
        rnn = SimpleRNN(1, HIDDEN_SIZE, 1)
        losses = train(rnn, *windows((known - mean) / deviation, length))
        inputs, scaled_targets = windows((unknown - mean) / deviation, length)
        predictions = predict(rnn, inputs) * deviation + mean
        targets = scaled_targets[:, 0] * deviation + mean
        error_by_length[length] = float(np.mean((predictions - targets) ** 2))
    return {
        "losses": losses,
        "predictions": predictions,
        "targets": targets,
        "error_by_length": error_by_length,
        "figure": draw(losses, predictions, targets, error_by_length),
    }


def draw(
    losses: list[float], predictions: Array, targets: Array, error_by_length: dict[int, float]
) -> Figure:
    """Loss curve, prediction against truth, held-out error against sequence length."""
    from matplotlib.figure import Figure  # noqa: PLC0415  (slow to load, and only this needs it)

    figure = Figure(figsize=(12, 3.5))
    loss, forecast, by_length = figure.subplots(1, 3)
    figure.subplots_adjust(left=0.07, right=0.98, bottom=0.17, wspace=0.35)
    loss.semilogy(losses)
    loss.set(title="Training loss", xlabel="epoch", ylabel="mean squared error")
    forecast.plot(targets, label="true")
    forecast.plot(predictions, "--", label="predicted")
    forecast.set(title="Held-out part, one step ahead", xlabel="step")
    forecast.legend()
    by_length.semilogy(list(error_by_length), list(error_by_length.values()), "o-")
    by_length.set(title="Held-out error", xlabel="sequence length", ylabel="mean squared error")
    return figure
