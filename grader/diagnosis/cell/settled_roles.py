"""Which array belongs to which gate, where one gate after the other does not show it.

A cell whose gates are multiplied with each other, or added where they belong multiplied, answers no
probe of single scalars as an LSTM does. Its arrays are cut by their shapes then, and that order of
the gates is taken by which a formula gives what comes back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain, permutations

import numpy as np

from grader.checks.parameters.blocks import Blocks, gate_blocks
from grader.checks.parameters.storage import Numbers
from grader.diagnosis.cell import formulas_of_states, gates
from grader.diagnosis.cell.formulas_of_states import Made
from grader.diagnosis.cell.known_cell import KnownCell
from grader.diagnosis.experiments.joined_terms import Term
from grader.protocol import Array

FEW = slice(0, 6)  # rows by which an order is told
RIGHT, ODD = (
    30,
    20,
)  # what a state counts that the right formula, or another one, explains; an array that agrees, 1
Order = tuple[str, ...]
Slots = dict[str, list[Numbers]]
# The activations of the gates and of the candidate by which a formula may hold.
ACTIVATIONS = ((gates.sigmoid, np.tanh), (np.tanh, np.tanh), (gates.sigmoid, gates.sigmoid))


def candidates(cell: KnownCell) -> list[KnownCell]:
    """The cell with other roles, the likeliest first.

    Likely is what agrees with the roles that showed one by one, and by which a formula explains a
    state. What has a documented name keeps it.
    """
    ranked: list[tuple[int, KnownCell]] = []
    for blocks in gate_blocks(cell.layout.storage, cell.layout.shapes):
        looked = _Looked.at(cell, blocks)
        for order in permutations("fico"):
            slots = _slots(blocks, order)
            if _keeps_names(cell, slots):
                likely = looked.score(order) + _agreeing(cell, slots)
                ranked.append((likely, cell.relabelled(slots)))
    return [one for _, one in sorted(ranked, key=lambda pair: -pair[0])]


def _slots(blocks: Blocks, order: Order) -> Slots:
    return {
        f"{kind}_{gate}": [numbers]
        for kind, parts in blocks.items()
        for gate, numbers in zip(order, parts, strict=True)
    }


def _keeps_names(cell: KnownCell, slots: Slots) -> bool:
    return all(_same(numbers, slots[name][0]) for name, numbers in cell.layout.named.items())


def _agreeing(cell: KnownCell, slots: Slots) -> int:
    """How many arrays keep the role that they showed."""
    shown = {name: copies for name, copies in cell.layout.slots.items() if cell.acts(name)}
    return sum(_same(copies[0], slots[name][0]) for name, copies in shown.items())


def _same(one: Numbers, other: Numbers) -> bool:
    return set(one.flat) == set(other.flat)


@dataclass(frozen=True)
class _Looked:
    """What came back at a few rows, and the weighted sum of each block."""

    cell: KnownCell
    hidden: Array
    new: Array
    sums: list[Array]

    @classmethod
    def at(cls, cell: KnownCell, blocks: Blocks) -> _Looked:
        few = replace(cell, x=cell.x[FEW], h=cell.h[FEW], c=cell.c[FEW])
        few = few.relabelled(_slots(blocks, tuple("fico")))
        return cls(few, *few.run(few.c), [gates.linear(few, gate, few.used) for gate in "fico"])

    def score(self, order: Order) -> int:
        """How well formulas of the gates give both states, with the likeliest activations."""
        return max(self._score(made) for made in self._made(order))

    def _made(self, order: Order) -> Iterator[Made]:
        z = dict(zip(order, self.sums, strict=True))
        for gate, candidate in ACTIVATIONS:
            f, i, o = (np.asarray(gate(z[name])) for name in "fio")
            yield Made(f, i, o, np.asarray(candidate(z["c"])), self.cell.c, self.cell.h)

    def _score(self, made: Made) -> int:
        inside = (formulas_of_states.RIGHT_HIDDEN, made.o * np.tanh(made.right))
        shown = chain([inside], formulas_of_states.hiddens(made, self.new))
        of_hidden = self._form(self.hidden, shown)
        of_cell = self._form(self.new, formulas_of_states.cells(made))
        due = (
            (of_cell, formulas_of_states.RIGHT_CELL),
            (of_hidden, formulas_of_states.RIGHT_HIDDEN),
        )
        return sum(RIGHT if form == right else ODD if form else 0 for form, right in due)

    def _form(self, state: Array, forms: Iterator[Term]) -> str:
        return formulas_of_states.form_of(self.cell, state, forms)
