"""An LSTM cell with known parameters, and rows to feed it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from grader.checks.known_model import Parameters, random_parameters
from grader.checks.parameters import cell_sizes, lstm_roles
from grader.checks.parameters.layout import Layout
from grader.checks.parameters.roles import lstm_layout, with_parameters
from grader.checks.parameters.storage import Numbers
from grader.checks.states import read_cell
from grader.diagnosis.experiments.network import DOUBLE, SINGLE
from grader.protocol import Array, CandidateClass, CandidateObject

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

    def relabelled(self, slots: Mapping[str, list[Numbers]]) -> KnownCell:
        """The same cell with other roles for its arrays."""
        layout = replace(self.layout, slots=slots, dead=frozenset(), idle=frozenset())
        return replace(self, layout=layout)

    def knows(self, gate: str) -> bool:
        """Whether it is known which arrays are this gate's, and that they act."""
        return self.knows_weights(gate) and self.acts(f"b_{gate}")

    def knows_weights(self, gate: str) -> bool:
        """As `knows`, of the two matrices; a bias that does nothing is then what is off."""
        return all(self.acts(f"{kind}_{gate}") for kind in "WU")

    def acts(self, name: str) -> bool:
        """Whether an array plays this parameter, and is known to by more than its shape."""
        return name not in {*self.layout.missing, *self.layout.idle}

    @cached_property
    def used(self) -> Parameters:
        return self.layout.effective(self.values)

    def run(self, c: Array, values: Parameters | None = None) -> States:
        """new_hidden_state, new_cell_state of a fresh cell, float64."""
        held = with_parameters(self.cls, self.layout, SIZES, values or self.values)
        return self._states(held, c)

    def filled(self) -> dict[str, Array]:
        """Random numbers for every array, whatever it plays."""
        storage = self.layout.storage
        return dict(storage.arrays_of(np.random.default_rng(18).uniform(-0.6, 0.6, storage.size)))

    def run_with(self, arrays: Mapping[str, Array], c: Array) -> States:
        """As `run`, of a cell that holds these arrays, whatever they are."""
        return self._states(self.cls.holding(arrays, *SIZES), c)

    def _states(self, held: CandidateObject, c: Array) -> States:
        first, second = read_cell(held.forward(self.x, self.h, c), len(c), SIZES[1])
        hidden, cell = (second, first) if self.layout.swapped else (first, second)
        return hidden.astype(np.float64), cell.astype(np.float64)
