"""What the reference says, for hidden cases. Never leaves the instructor.

Runs `solutions/rnn.py` in the examiner, at the parameters that the student's object holds.
"""

from __future__ import annotations

import numpy as np

from grader.checks.compare import tolerance
from grader.checks.known_model import (
    Parameters,
    RnnTrial,
    Truth,
    is_near,
    own_gradient,
)
from grader.checks.states import Forward
from grader.protocol import Array
from solutions import rnn as reference


def network(parameters: Parameters) -> reference.SimpleRNN:
    """The reference network with these parameters."""
    I, H = parameters["W_xh"].shape  # noqa: E741  # sizes as in the equations
    rnn = reference.SimpleRNN(I, H, parameters["b_y"].size)
    for name, value in parameters.items():
        getattr(rnn, name)[...] = value
    return rnn


def forward(parameters: Parameters, x: Array) -> tuple[Array, Array]:
    """Outputs (T, B, O) and hidden states (T, B, H)."""
    return network(parameters).forward(x)


def outputs(parameters: Parameters, hidden: Array) -> Array:
    """Outputs (T, B, O) of these hidden states (T, B, H)."""
    return hidden @ parameters["W_hy"] + parameters["b_y"]


def gradients(trial: RnnTrial, x: Array, d_outputs: Array, seen: Forward) -> list[Truth]:
    """The honest expectations of a backward, given the forward that the student really has.

    With a right forward there is one. With a wrong one an error is carried forward: the true
    gradient of what the student computes, or the textbook's formulas on the student's states.
    """
    rnn = network(trial.parameters)
    expected = rnn.forward(x)
    right = Truth(rnn.backward(d_outputs), tolerance(single=trial.layout.single))
    if is_near(trial, seen, *expected):
        return [right]
    return [right, *own_gradient(trial, x, d_outputs, seen)]


def is_right(trial: RnnTrial, x: Array, seen: Forward) -> bool:
    """Whether the student's forward is the documented one."""
    return is_near(trial, seen, *forward(trial.parameters, x))


def cell(parameters: Parameters, x: Array, h: Array, c: Array) -> tuple[Array, Array]:
    """New hidden and new cell state (B, H)."""
    lstm = reference.LSTMCell(x.shape[1], h.shape[1])
    for name, value in parameters.items():
        getattr(lstm, name)[...] = value
    return lstm.forward(x, h, c)


def shown(parameters: Parameters, x: Array, h: Array, c: Array, new_cell: Array) -> Array:
    """The hidden state that belongs to this new cell state, the student's own perhaps."""
    right_hidden, right_cell = cell(parameters, x, h, c)
    return np.asarray(right_hidden / np.tanh(right_cell) * np.tanh(new_cell))
