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
    """h_t = tanh(x_t W_xh + h_{t-1} W_hh + b_h),  y_t = h_t W_hy + b_y,  with h_0 = 0."""

    def __init__(self, input_size: int, hidden_size: int, output_size: int) -> None:
        self.hidden_size = hidden_size
        self.W_xh = xavier(input_size, hidden_size)
        self.W_hh = xavier(hidden_size, hidden_size)
        self.b_h = np.zeros(hidden_size)
        self.W_hy = xavier(hidden_size, output_size)
        self.b_y = np.zeros(output_size)
        self.gradients: dict[str, Array] = {}
        self._buffers: dict[str, Array] = {}

    def _buffer(self, name: str, *shape: int) -> Array:
        """Keep one array per name between calls: fresh large arrays cost more than arithmetic."""
        if name not in self._buffers or self._buffers[name].shape != shape:
            self._buffers[name] = np.empty(shape)
        return self._buffers[name]

    def forward(self, inputs: ArrayLike) -> tuple[Array, Array]:
        """Run over whole sequences.

        inputs (T, B, I) -> outputs (T, B, O), hidden_states (T, B, H), both the caller's own.
        """
        T, B, I = np.shape(inputs)  # noqa: E741  (the name of the size in all equations)
        x = self._buffer("x", T, B, I)
        x[:] = inputs
        h = self._buffer("h", T + 1, B, self.hidden_size)  # h[t + 1] is the state after step t
        recurrent = self._buffer("recurrent", B, self.hidden_size)

        h[0] = 0.0
        np.matmul(rows(x), self.W_xh, out=rows(h[1:]))  # a_t = x_t W_xh, for all t at once
        for t in range(T):
            a = h[t + 1]
            np.matmul(h[t], self.W_hh, out=recurrent)
            a += recurrent  # a_t += h_{t-1} W_hh
            a += self.b_h  # a_t += b_h
            np.tanh(a, out=h[t + 1])  # h_t = tanh(a_t)
        outputs = rows(h[1:]) @ self.W_hy + self.b_y  # y_t = h_t W_hy + b_y
        return outputs.reshape(T, B, -1), h[1:].copy()

    def backward(self, d_outputs: ArrayLike) -> dict[str, Array]:
        """Backpropagation through time (BPTT) of the last forward.

        d_outputs (T, B, O), the gradient of the loss by the outputs -> {parameter: gradient},
        summed over time and batch, each of its parameter's shape.
        """
        dy = np.asarray(d_outputs, dtype=np.float64)
        x, h = self._buffers["x"], self._buffers["h"]
        T, B, _ = dy.shape
        da = self._buffer("da", T, B, self.hidden_size)

        np.matmul(rows(dy), self.W_hy.T, out=rows(da))  # dL/dh_t by way of y_t, for all t at once
        dh_next = np.zeros((B, self.hidden_size))  # dL/dh_t by way of h_{t+1}
        W_hh_T = np.ascontiguousarray(self.W_hh.T)  # transposed once, not in every product below
        for t in reversed(range(T)):
            da[t] += dh_next  # dL/dh_t: both ways together
            da[t] *= 1.0 - h[t + 1] ** 2  # dL/da_t = dL/dh_t * tanh'(a_t)
            np.matmul(da[t], W_hh_T, out=dh_next)  # dL/dh_{t-1} = dL/da_t W_hh^T

        self.gradients = {
            "W_xh": rows(x).T @ rows(da),  # sum over t of x_t^T dL/da_t
            "W_hh": rows(h[:-1]).T @ rows(da),  # sum over t of h_{t-1}^T dL/da_t
            "b_h": rows(da).sum(axis=0),  # sum over t of dL/da_t
            "W_hy": rows(h[1:]).T @ rows(dy),  # sum over t of h_t^T dL/dy_t
            "b_y": rows(dy).sum(axis=0),  # sum over t of dL/dy_t
        }
        return dict(self.gradients)

    def update_parameters(self, learning_rate: float) -> None:
        """One step of gradient descent with the gradients of the last backward."""
        for name, gradient in self.gradients.items():
            parameter = getattr(self, name)
            parameter -= learning_rate * gradient  # in place: theta <- theta - lr dL/dtheta


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
        # One product for all: these are what forward uses.
        kernels = [[self.W_f, self.W_i, self.W_c, self.W_o], [self.U_f, self.U_i, self.U_c, self.U_o]]
        self.kernel = np.block(kernels)
        self.bias = np.concatenate([self.b_f, self.b_i, self.b_c, self.b_o])

    def forward(
        self, input_t: ArrayLike, hidden_state: ArrayLike, cell_state: ArrayLike
    ) -> tuple[Array, Array]:
        """(B, I), (B, H), (B, H) -> new_hidden_state (B, H), new_cell_state (B, H)."""
        x = np.asarray(input_t, dtype=np.float64)
        h = np.asarray(hidden_state, dtype=np.float64)
        c = np.asarray(cell_state, dtype=np.float64)
        sums = np.hstack((x, h)) @ self.kernel + self.bias
        f, i, g, o = np.split(sums, 4, axis=1)
        f, i, g, o = sigmoid(f), sigmoid(i), np.tanh(g), sigmoid(o)
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
