"""A student's LSTMCell at one known point: what it gives, as it is and with a line changed.

Three rounds: with both states, with an empty cell state, with an empty hidden state.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from grader.checks.compare import agrees, tolerance
from grader.checks.known_model import random_parameters
from grader.checks.parameters import lstm_roles
from grader.checks.parameters.roles import lstm_layout
from grader.checks.states import read_cell
from grader.diagnosis.repair.bench import Bench, Tried
from grader.diagnosis.repair.edits import Edit
from grader.diagnosis.repair.program import Program
from grader.diagnosis.repair.stages.stage import Refused, found, write
from grader.faults import StudentFault
from grader.integrity.dossier.measuring import textbook
from grader.integrity.dossier.measuring.textbook import FREE, Held
from grader.protocol import Array, Call, CandidateClass, Step
from grader.sandbox.session import Session
from grader.sandbox.worker import schema

BATCH, INPUTS, HIDDEN = 5, 3, 4  # all different
SEED = 9
TOGETHER = 40

States = tuple[Array, Array]  # new hidden state, new cell state, (B, H) each


@dataclass(frozen=True)
class CellGiven:
    """What one cell gave in each round: as many as ran before the fault, if there was one."""

    fault: schema.Fault | None
    rounds: tuple[States, ...]

    @property
    def complete(self) -> bool:
        return len(self.rounds) == len(ROUNDS)


ROUNDS = ("both", "no cell state", "no hidden state")


class CellLab:
    """The student's cell in a worker. Raises Refused where nothing can be measured."""

    def __init__(self, student: Session, program: Program, LSTMCell: CandidateClass) -> None:
        self.layout = found(lambda: lstm_layout(LSTMCell, (INPUTS, HIDDEN)))
        self._bench = Bench(student, program, "LSTMCell")
        rng = np.random.default_rng(SEED)
        self.values = random_parameters(lstm_roles.shapes(INPUTS, HIDDEN), rng)
        self.used = self.layout.held(self.layout.effective(self.values))
        x, h = rng.normal(size=(BATCH, INPUTS)), rng.uniform(-0.9, 0.9, (BATCH, HIDDEN))
        c = rng.normal(size=(BATCH, HIDDEN))
        self.inputs = [(x, h, c), (x, h, np.zeros_like(c)), (x, np.zeros_like(h), c)]
        self.base = self.given([()])[0]
        if not self.base.complete:
            raise Refused

    def given(self, attempts: Sequence[Sequence[Edit]]) -> list[CellGiven]:
        """What the cell gives with each of these groups of edits made."""
        warm_up = [] if self.layout.warm_up is None else [Call("forward", self.layout.warm_up)]
        steps: list[Step] = [*warm_up, write(self.layout, self.values)]
        steps += [Call("forward", one) for one in self.inputs]
        tried: list[Tried] = []
        for start in range(0, len(attempts), TOGETHER):
            group = [tuple(one) for one in attempts[start : start + TOGETHER]]
            tried += self._bench.run(group, (INPUTS, HIDDEN), steps)
        return [self._read(one, len(warm_up) + 1) for one in tried]

    def shapes(
        self, unit: object, texts: list[str], sizes: tuple[int, int, int]
    ) -> Mapping[str, tuple[int, ...]]:
        """Shapes of expressions of a function as it returns; sizes: batch, inputs, hidden units."""
        batch, inputs, hidden = sizes
        states = np.full((batch, hidden), 0.1)
        steps = [Call("forward", (np.full((batch, inputs), 0.2), states, states))]
        return self._bench.shapes(unit, texts, (inputs, hidden), steps)  # type: ignore[arg-type]

    def _read(self, tried: Tried, start: int) -> CellGiven:
        rounds: list[States] = []
        for value in tried.values[start:]:
            try:
                first, second = read_cell(value, BATCH, HIDDEN)
            except StudentFault:
                break
            rounds.append((second, first) if self.layout.swapped else (first, second))
        return CellGiven(tried.fault, tuple(rounds))

    def expected(self, held: Held = FREE) -> list[States]:
        """What the documented equations give in each round, one quantity held."""
        return [textbook.cell(self.used, *one, held) for one in self.inputs]

    def is_as(self, given: CellGiven, held: Held) -> bool:
        """Whether it gave exactly that."""
        return given.complete and all(
            agrees(got, right, 10 * self.limit)
            for states, rights in zip(given.rounds, self.expected(held), strict=True)
            for got, right in zip(states, rights, strict=True)
        )

    @property
    def limit(self) -> float:
        return tolerance(single=self.layout.single)

    @cached_property
    def is_right(self) -> bool:
        """Whether the cell as it is follows the documented equations here."""
        return self.is_as(self.base, FREE)
