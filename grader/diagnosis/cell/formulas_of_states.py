"""Which formula of the right gates a state of the cell is, where it is another than asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from grader.diagnosis.cell import gates
from grader.diagnosis.cell.known_cell import KnownCell
from grader.diagnosis.experiments.joined_terms import Term, joined, matching, products
from grader.protocol import Array

RIGHT_CELL, RIGHT_HIDDEN = "f * c_(t-1) + i * g", "o * tanh(c_t)"

WITHOUT_GATE = {"c_(t-1) + i * g", "f * c_(t-1) + g", "f * c_(t-1) + i"}  # told of the gate
SHOWN_OTHERWISE = {"o * c_t", "o * tanh(c_(t-1))"}  # told as what is shown
GATE = re.compile(r"\b[fiog]\b")


@dataclass(frozen=True)
class Made:
    """What a state may be made of, (rows, H) each."""

    f: Array
    i: Array
    o: Array
    g: Array
    c: Array
    h: Array

    @classmethod
    def of(cls, cell: KnownCell) -> Made:
        f, i, o, g = (gates.linear(cell, gate, cell.used) for gate in "fioc")
        sigmoid = gates.sigmoid
        return cls(sigmoid(f), sigmoid(i), sigmoid(o), np.tanh(g), cell.c, cell.h)

    @property
    def right(self) -> Array:
        """The new cell state of the documented equation."""
        return np.asarray(self.f * self.c + self.i * self.g)


def of_cell(cell: KnownCell, new: Array) -> str:
    """What the new cell state is, "" where that is right or not known."""
    return _other(cell, new, cells(Made.of(cell)), RIGHT_CELL)


def of_hidden(cell: KnownCell, hidden: Array, new: Array) -> str:
    """What the new hidden state is, by the cell state that comes back or the right one."""
    made = Made.of(cell)
    found = (_other(cell, hidden, hiddens(made, c), RIGHT_HIDDEN) for c in (new, made.right))
    return next(filter(None, found), "")


def right(cell: KnownCell) -> Array:
    """The new cell state of the documented equation."""
    return Made.of(cell).right


def form_of(cell: KnownCell, state: Array, forms: Iterator[Term]) -> str:
    """The first of the forms that gives this state, "" where none does."""

    def agrees(got: Array, made: Array) -> bool:
        return gates.agrees(cell, got, made)

    return matching(forms, [state], agrees)


def _other(cell: KnownCell, state: Array, forms: Iterator[Term], due: str) -> str:
    form = form_of(cell, state, forms)
    return "" if form == due or not _known(cell, form) else form


def _known(cell: KnownCell, form: str) -> bool:
    """Whether the arrays of all gates in it are known; of others their values say nothing."""
    named = set(GATE.findall(form))
    return all(cell.knows("c" if gate == "g" else gate) for gate in named)


def cells(made: Made) -> Iterator[Term]:
    """The right one first, then by what is read off most easily."""
    f, i, o, g = ("f", made.f), ("i", made.i), ("o", made.o), ("g", made.g)
    old, before = ("c_(t-1)", made.c), ("h_(t-1)", made.h)
    yield RIGHT_CELL, made.right
    yield "o * tanh(f * c_(t-1) + i * g)", made.o * np.tanh(made.right)  # the hidden state
    yield from (f, i, o, g, old, before)
    kept = [f, old, *joined(f, old), *joined(f, before)]
    for form, value in products(kept, [i, g, *joined(i, g)]):
        if form not in WITHOUT_GATE:
            yield form, value


def hiddens(made: Made, new: Array) -> Iterator[Term]:
    """The right one first."""
    f, i, o, g = ("f", made.f), ("i", made.i), ("o", made.o), ("g", made.g)
    functions: tuple[tuple[str, Callable[[Array], Array]], ...] = (
        ("tanh", np.tanh),
        ("sin", np.sin),
    )
    shown = [(f"{name}(c_t)", function(new)) for name, function in functions]
    shown += [("c_t", new), ("tanh(c_(t-1))", np.tanh(made.c)), ("tanh(g)", np.tanh(made.g))]
    shown += [("tanh(h_(t-1))", np.tanh(made.h)), g]
    shown += [
        ("tanh(f * c_(t-1))", np.tanh(made.f * made.c)),
        ("tanh(i * g)", np.tanh(made.i * made.g)),
    ]
    yield RIGHT_HIDDEN, made.o * np.tanh(new)
    blended = made.o * np.tanh(new) + (1 - made.o) * made.h
    yield "o * tanh(c_t) + (1 - o) * h_(t-1)", blended
    yield from (("h_(t-1)", made.h), ("c_t", new), ("c_(t-1)", made.c), o, f, i, g)
    for form, value in products([o, f, i], shown):
        if form not in SHOWN_OTHERWISE:
            yield form, value
    yield from (form for form in products([g], shown[:-1]) if form[0] != "g")
