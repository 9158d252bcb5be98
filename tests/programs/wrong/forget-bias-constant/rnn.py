"""Assignment 6, ported from old TensorFlow 1.x code (BasicRNNCell / BasicLSTMCell) to NumPy."""

from dataclasses import dataclass, field, fields
from typing import Optional

import numpy as np
import matplotlib.pyplot as plt


def variance_scaling(*shape):
    """tf.variance_scaling_initializer(mode='fan_avg')"""
    return np.random.normal(scale=np.sqrt(2.0 / sum(shape)), size=shape)


@dataclass
class Variables:
    W_xh: np.ndarray
    W_hh: np.ndarray
    b_h: np.ndarray
    W_hy: np.ndarray
    b_y: np.ndarray

    @classmethod
    def create(cls, n_in, n_hidden, n_out):
        return cls(
            W_xh=variance_scaling(n_in, n_hidden),
            W_hh=variance_scaling(n_hidden, n_hidden),
            b_h=np.zeros(n_hidden),
            W_hy=variance_scaling(n_hidden, n_out),
            b_y=np.zeros(n_out),
        )

    def zeros_like(self):
        return Variables(**{f.name: np.zeros_like(getattr(self, f.name)) for f in fields(self)})

    def as_dict(self):
        return {f.name: getattr(self, f.name) for f in fields(self)}


@dataclass
class Tape:
    inputs: np.ndarray
    states: np.ndarray = field(repr=False)       # states[0] is the zero state


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.__dict__.update(Variables.create(input_size, hidden_size, output_size).as_dict())
        self.tape: Optional[Tape] = None
        self.grads: Optional[Variables] = None

    def _vars(self):
        return Variables(self.W_xh, self.W_hh, self.b_h, self.W_hy, self.b_y)

    def forward(self, inputs):
        v = self._vars()
        T, B, _ = inputs.shape
        states = np.zeros((T + 1, B, len(v.b_h)))
        for t in range(T):
            # BasicRNNCell: tanh([x, h] * kernel + bias)
            kernel = np.concatenate([v.W_xh, v.W_hh], axis=0)
            states[t + 1] = np.tanh(np.concatenate([inputs[t], states[t]], axis=1) @ kernel + v.b_h)
        self.tape = Tape(np.array(inputs), states)
        outputs = np.matmul(states[1:], v.W_hy) + v.b_y
        return outputs, np.array(states[1:])

    def backward(self, d_outputs):
        v, tape = self._vars(), self.tape
        g = v.zeros_like()
        d_state = np.zeros_like(tape.states[0])
        for t in range(len(tape.inputs), 0, -1):
            g.W_hy += tape.states[t].T @ d_outputs[t - 1]
            g.b_y += d_outputs[t - 1].sum(axis=0)
            d_state = d_state + d_outputs[t - 1] @ v.W_hy.T
            d_pre = d_state * (1 - np.square(tape.states[t]))
            g.W_xh += tape.inputs[t - 1].T @ d_pre
            g.W_hh += tape.states[t - 1].T @ d_pre
            g.b_h += d_pre.sum(axis=0)
            d_state = d_pre @ v.W_hh.T
        self.grads = g
        return g.as_dict()

    def update_parameters(self, learning_rate):
        # GradientDescentOptimizer.apply_gradients
        for name, grad in self.grads.as_dict().items():
            self.__dict__[name] = self.__dict__[name] - learning_rate * grad


def sigmoid(x):
    positive = x >= 0
    z = np.exp(np.where(positive, -x, x))        # exponent never positive
    return np.where(positive, 1 / (1 + z), z / (1 + z))


class LSTMCell:
    """tf.nn.rnn_cell.BasicLSTMCell

    We add forget_bias (default: 1) to the biases of the forget gate in order to
    reduce the scale of forgetting in the beginning of the training.
    """

    def __init__(self, input_size, hidden_size, forget_bias=1.0):
        self._num_units = hidden_size
        self._forget_bias = forget_bias
        for gate in ("i", "c", "f", "o"):
            setattr(self, f"W_{gate}", variance_scaling(input_size, hidden_size))
            setattr(self, f"U_{gate}", variance_scaling(hidden_size, hidden_size))
            setattr(self, f"b_{gate}", np.zeros(hidden_size))

    def forward(self, input_t, hidden_state, cell_state):
        c, h = cell_state, hidden_state
        kernel = np.block([[self.W_i, self.W_c, self.W_f, self.W_o],
                           [self.U_i, self.U_c, self.U_f, self.U_o]])
        bias = np.concatenate([self.b_i, self.b_c, self.b_f, self.b_o])
        gate_inputs = np.concatenate([input_t, h], axis=1) @ kernel + bias
        # i = input_gate, j = new_input, f = forget_gate, o = output_gate
        i, j, f, o = np.split(gate_inputs, 4, axis=1)
        new_c = c * sigmoid(f + self._forget_bias) + sigmoid(i) * np.tanh(j)
        new_h = np.tanh(new_c) * sigmoid(o)
        return new_h, new_c


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length <= 0:
        raise ValueError('length should be > 0')
    if seq_type == 'fibonacci':
        values = np.zeros(length, np.float64)
        previous, current = 0.0, 1.0
        for index in range(length):
            values[index] = current
            previous, current = current, previous + current
        return values
    if seq_type == 'sine':
        return np.sin(np.arange(length, dtype=np.float64) / 5)
    raise ValueError('seq_type: %s' % seq_type)


@dataclass
class HParams:
    units: int = 14
    epochs: int = 220
    learning_rate: float = 0.1
    train_steps: int = 250
    total_steps: int = 340


def input_fn(series, seq_len):
    features = np.lib.stride_tricks.sliding_window_view(series[:-1], seq_len)
    labels = series[seq_len:]
    return np.ascontiguousarray(features.T)[:, :, np.newaxis], labels


def train_rnn_on_sequence():
    hp = HParams()
    series = generate_sequence_data('sine', hp.total_steps)
    train_series = series[:hp.train_steps]
    eval_series = series[hp.train_steps:]
    low, high = train_series.min(), train_series.max()
    scale = lambda s: (s - low) / (high - low) - 0.5
    unscale = lambda z: (z + 0.5) * (high - low) + low

    metrics, logs = {}, {}
    for seq_len in (5, 10, 15):
        network = SimpleRNN(1, hp.units, 1)
        features, labels = input_fn(scale(train_series), seq_len)
        log = []
        for _ in range(hp.epochs):
            outputs, _ = network.forward(features)
            error = outputs[-1, :, 0] - labels
            log.append(np.square(error).mean())
            d_outputs = np.zeros(outputs.shape)
            d_outputs[-1, :, 0] = 2 * error / error.shape[0]
            network.backward(d_outputs)
            network.update_parameters(hp.learning_rate)
        features, labels = input_fn(scale(eval_series), seq_len)
        predictions = unscale(network.forward(features)[0][-1, :, 0])
        targets = unscale(labels)
        metrics[seq_len] = np.sqrt(np.square(predictions - targets).mean())
        logs[seq_len] = log, predictions, targets

    chosen = min(logs, key=lambda n: logs[n][0][-1])      # by training loss
    losses, predictions, targets = logs[chosen]
    figure = plt.figure("assignment 6", figsize=(8, 8))
    figure.clf()
    ax = figure.add_subplot(211, title="loss", yscale="log")
    ax.plot(losses)
    ax = figure.add_subplot(212, title=f"eval, seq_len={chosen}")
    ax.plot(targets, label="targets")
    ax.plot(predictions, label="predictions")
    ax.legend(loc="upper right")
    return dict(losses=np.array(losses), predictions=predictions, targets=targets,
                error_by_length=metrics, figure=figure)
