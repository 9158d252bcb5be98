"""Whether all gates see something that is made of the input in place of the input."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from grader.diagnosis.cell import formulas_of_states, gates
from grader.diagnosis.cell.known_cell import KnownCell
from grader.diagnosis.experiments.patterns import Reading, Readings
from grader.protocol import Array

CHANGED: dict[str, Callable[[Array], Array]] = {
    "tanh(input_t)": np.tanh,
    "sigmoid(input_t)": gates.sigmoid,
    "relu(input_t)": lambda x: np.maximum(x, 0.0),
    "|input_t|": np.abs,
    "input_t^2": np.square,
    "clip(input_t, -1, 1)": lambda x: np.clip(x, -1.0, 1.0),
    "input_t / norm(input_t)": lambda x: x / np.linalg.norm(x, axis=1, keepdims=True),
    "input_t - mean(input_t)": lambda x: x - x.mean(axis=1, keepdims=True),
    "(input_t - mean(input_t)) / std(input_t)": lambda x: (
        (x - x.mean(axis=1, keepdims=True)) / x.std(axis=1, keepdims=True)
    ),
    "softmax(input_t)": lambda x: np.exp(x) / np.exp(x).sum(axis=1, keepdims=True),
}
NEARLY = 1e-5  # a small constant beside a norm or a deviation


def readings(cell: KnownCell, hidden: Array, new: Array) -> Readings:
    """The form that explains both states, if the cell is right but for its input."""
    if not all(cell.knows(gate) for gate in "fico"):
        return []
    for form, made in CHANGED.items():
        other = replace(cell, x=made(cell.x))
        due = formulas_of_states.right(other)
        opened = gates.sigmoid(gates.linear(other, "o", other.used))
        pairs = ((new, due), (hidden, opened * np.tanh(due)))
        if all(np.abs(got - right).max() <= max(NEARLY, 10 * cell.limit) for got, right in pairs):
            return [
                (
                    Reading("argument_changed", {"form": form}),
                    ("f", "i", "c", "o", "new_hidden_state"),
                )
            ]
    return []
