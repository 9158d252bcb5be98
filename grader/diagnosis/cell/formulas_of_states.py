"""Which formula of the right gates a state of the cell is, where it is another than asked for."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from grader.diagnosis.cell import gates
from grader.diagnosis.cell.known_cell import KnownCell
from grader.diagnosis.experiments.joined_terms import Term, joined, matching, products
from grader.protocol import Array

RIGHT_CELL, RIGHT_HIDDEN = "f * c_(t-1) + i * g", "o * tanh(c_t)"

WITHOUT_GATE = {"c_(t-1) + i * g", "f * c_(t-1) + g", "f * c_(t-1) + i"}  # told of the gate


def of_cell(cell: KnownCell, new: Array) -> str:
    """What the new cell state is, "" where that is right or not known."""
    return _other(cell, new, _cells(cell), RIGHT_CELL)


def of_hidden(cell: KnownCell, hidden: Array, new: Array) -> str:
    """What the new hidden state is, by the cell state that comes back or the right one."""
    found = (_other(cell, hidden, _hiddens(cell, c), RIGHT_HIDDEN) for c in (new, right(cell)))
    return next(filter(None, found), "")


def right(cell: KnownCell) -> Array:
    """The new cell state of the documented equation."""
    f, i, _, g = (made for _, made in _gates(cell))
    return np.asarray(f * cell.c + i * g)


def _other(cell: KnownCell, state: Array, forms: Iterator[Term], due: str) -> str:
    def agrees(got: Array, made: Array) -> bool:
        return gates.agrees(cell, got, made)

    form = matching(forms, [state], agrees)
    return "" if form == due else form


def _gates(cell: KnownCell) -> list[Term]:
    made = {gate: gates.linear(cell, gate, cell.used) for gate in "fioc"}
    return [
        *((gate, gates.sigmoid(made[gate])) for gate in "fio"),
        ("g", np.tanh(made["c"])),
    ]


def _cells(cell: KnownCell) -> Iterator[Term]:
    """The right one first, then by what is read off most easily."""
    f, i, o, g = _gates(cell)
    old = ("c_(t-1)", cell.c)
    yield RIGHT_CELL, f[1] * old[1] + i[1] * g[1]
    yield from (f, i, o, g, old, ("h_(t-1)", cell.h))
    for form, made in products([f, old, *joined(f, old)], [i, g, *joined(i, g)]):
        if form not in WITHOUT_GATE:
            yield form, made


def _hiddens(cell: KnownCell, new: Array) -> Iterator[Term]:
    f, i, o, g = _gates(cell)
    shown = [("tanh(c_t)", np.tanh(new)), ("c_t", new), ("tanh(c_(t-1))", np.tanh(cell.c))]
    yield RIGHT_HIDDEN, o[1] * shown[0][1]
    yield from (("h_(t-1)", cell.h), o, f, i, g)
    for form, made in products([o, f, i, g], [*shown, ("sin(c_t)", np.sin(new))]):
        if form not in {"o * c_t", "o * tanh(c_(t-1))"}:  # told as what is shown
            yield form, made
