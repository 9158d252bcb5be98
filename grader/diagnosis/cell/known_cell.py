"""An LSTM cell with known parameters, and rows to feed it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from grader.checks.known_model import CellTrial, Parameters, random_parameters
from grader.checks.parameters import cell_sizes, lstm_roles
from grader.checks.parameters.layout import Layout
from grader.checks.parameters.roles import lstm_layout
from grader.diagnosis.experiments.network import DOUBLE, SINGLE
from grader.protocol import Array, CandidateClass

SIZES = cell_sizes.PUBLIC
ROWS = 120
WHOLE = 1e-9
States = tuple[Array, Array]


@dataclass(frozen=True)
class KnownCell:
    """A cell, and what to feed it: rows of input, hidden state and cell state."""

    cls: CandidateClass
    layout: Layout
    values: Parameters
    x: Array
    h: Array
    c: Array

    @classmethod
    def make(cls, candidate: CandidateClass) -> KnownCell:
        rng = np.random.default_rng(15)
        layout = lstm_layout(candidate, SIZES)
        I, H = SIZES  # noqa: E741  # sizes as in the equations
        values = random_parameters(lstm_roles.shapes(*SIZES), rng)
        x, h = rng.normal(size=(ROWS, I)), rng.uniform(-0.9, 0.9, (ROWS, H))
        c = rng.uniform(0.4, 1.6, (ROWS, H)) * rng.choice([-1.0, 1.0], (ROWS, H))
        return cls(candidate, layout, values, x, h, c)

    @property
    def limit(self) -> float:
        return SINGLE if self.layout.single else DOUBLE

    @cached_property
    def used(self) -> Parameters:
        return self.layout.effective(self.values)

    def run(self, c: Array, values: Parameters | None = None) -> States:
        """new_hidden_state, new_cell_state of a fresh cell, float64."""
        trial = CellTrial.make(self.cls, SIZES, values or self.values)
        hidden, cell = trial.forward(self.x, self.h, c)
        return hidden.astype(np.float64), cell.astype(np.float64)
