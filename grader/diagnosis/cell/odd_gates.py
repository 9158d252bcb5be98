"""One oddity by which several gates are made, tried on all of them: does it give the states.

Each gate computed in this odd way and the others as they should be, the cell is compared whole;
what gives every number of it is how it computes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from grader.diagnosis.cell import gates
from grader.diagnosis.cell.known_cell import KnownCell
from grader.diagnosis.experiments.joined_terms import Term, bent_sums
from grader.diagnosis.experiments.patterns import Reading, Readings
from grader.protocol import Array

Activation = Callable[[Array], Array]
FEW = 6  # rows by which most oddities are ruled out

sigmoid = gates.sigmoid


def _softmax(z: Array) -> Array:
    raised = np.exp(z - z.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


# What people write in place of the activation, as a function of the weighted sum.
ACTIVATIONS: dict[str, Activation] = {
    "softmax(z)": _softmax,
    "sigmoid(sigmoid(z))": lambda z: sigmoid(sigmoid(z)),
    "tanh(sigmoid(z))": lambda z: np.tanh(sigmoid(z)),
    "sigmoid(tanh(z))": lambda z: sigmoid(np.tanh(z)),
    "tanh(tanh(z))": lambda z: np.tanh(np.tanh(z)),
    "sigmoid(z) * (1 - sigmoid(z))": lambda z: sigmoid(z) * (1 - sigmoid(z)),
    "1 - tanh(z)^2": lambda z: 1 - np.tanh(z) ** 2,
    "sigmoid(z)^2": lambda z: sigmoid(z) ** 2,
    "sin(z)": np.sin,
    "arctan(z)": np.arctan,
}


@dataclass(frozen=True)
class Parts:
    """What the cell is made of at some rows: the terms of each gate's sum, and the states."""

    terms: dict[str, tuple[Array, Array, Array]]  # x W, h U, b of each gate
    recurrent: dict[str, Array]  # U of each gate
    sources: dict[str, Array]  # what may stand in place of hidden_state, (rows, H)
    c: Array
    hidden: Array
    new: Array

    @classmethod
    def of(cls, cell: KnownCell, hidden: Array, new: Array) -> Parts:
        terms = {gate: _terms_of(cell, gate, hidden.shape) for gate in "fico"}
        made = {gate: _right(gate)(xW + hU + b) for gate, (xW, hU, b) in terms.items()}
        f, i, o, g = (made[gate] for gate in "fioc")
        sources = {
            "cell_state": cell.c, "the new cell state": new,
            "tanh(new_cell_state)": np.tanh(new), "new_hidden_state": hidden, "f": f, "i": i, "o": o,
            "g": g, "f * hidden_state": f * cell.h, "i * hidden_state": i * cell.h,
            "o * hidden_state": o * cell.h, "tanh(hidden_state)": np.tanh(cell.h),
            "tanh(cell_state)": np.tanh(cell.c), "i * tanh(new_cell_state)": i * np.tanh(new),
            "f * tanh(new_cell_state)": f * np.tanh(new), "hidden_state + cell_state": cell.h + cell.c,
        }  # fmt: skip
        recurrent = {gate: cell.used[f"U_{gate}"] for gate in "fico"}
        return cls(terms, recurrent, sources, cell.c, hidden, new)

    def sum_of(self, gate: str) -> Array:
        xW, hU, b = self.terms[gate]
        return xW + hU + b

    def few(self) -> Parts:
        """The first rows."""
        rows = slice(0, FEW)
        return Parts(
            {gate: (xW[rows], hU[rows], b[rows]) for gate, (xW, hU, b) in self.terms.items()},
            self.recurrent,
            {name: value[rows] for name, value in self.sources.items()},
            self.c[rows],
            self.hidden[rows],
            self.new[rows],
        )


def _terms_of(cell: KnownCell, gate: str, shape: tuple[int, ...]) -> tuple[Array, Array, Array]:
    """What one gate sums up: of the input, of the hidden state, the bias; each (rows, H)."""
    W, U, b = (cell.used[f"{kind}_{gate}"] for kind in "WUb")
    return cell.x @ W, cell.h @ U, np.broadcast_to(b, shape)


def of_cell(cell: KnownCell, hidden: Array, new: Array) -> Readings:
    """How forget gate, input gate and candidate are made, if one oddity explains the new cell state."""
    return _explained(cell, Parts.of(cell, hidden, new), "fic", _cell_state)


def of_hidden(cell: KnownCell, hidden: Array, new: Array) -> Readings:
    """How the output gate is made, if one oddity explains the hidden state."""
    return _explained(cell, Parts.of(cell, hidden, new), "o", _hidden_state)


def _cell_state(made: dict[str, Array], parts: Parts) -> tuple[Array, Array]:
    return made["f"] * parts.c + made["i"] * made["c"], parts.new


def _hidden_state(made: dict[str, Array], parts: Parts) -> tuple[Array, Array]:
    return made["o"] * np.tanh(parts.new), parts.hidden


Compared = Callable[[dict[str, Array], Parts], tuple[Array, Array]]


def _explained(cell: KnownCell, parts: Parts, of: str, compared: Compared) -> Readings:
    known = "".join(gate for gate in of if cell.knows(gate))
    chosen = [gates for n in range(1, len(known) + 1) for gates in combinations(known, n)]
    for place, gates_made in _fitting(cell, parts.few(), of, chosen, compared):
        odd = list(_oddities(parts, "fico"))[place]
        made = {**_all_right(parts), **{gate: odd.values[gate] for gate in gates_made}}
        if gates.agrees(cell, *compared(made, parts)):
            return [(odd.reading, tuple(gates_made))]
    return []


def _fitting(
    cell: KnownCell, parts: Parts, of: str, chosen: list[tuple[str, ...]], compared: Compared
) -> Iterator[tuple[int, Sequence[str]]]:
    """Places of the oddities, and the gates, that agree at these few rows."""
    right = _all_right(parts)
    for place, odd in enumerate(_oddities(parts, of)):
        for made_so in chosen:
            made = {**right, **{gate: odd.values[gate] for gate in made_so}}
            if gates.agrees(cell, *compared(made, parts)):
                yield place, made_so


@dataclass(frozen=True)
class OddGate:
    """A way to make a gate, and the values that it would give each gate."""

    reading: Reading
    values: dict[str, Array]


def _right(gate: str) -> Activation:
    return np.tanh if gate == "c" else sigmoid


def _all_right(parts: Parts) -> dict[str, Array]:
    return {gate: np.asarray(_right(gate)(parts.sum_of(gate))) for gate in parts.terms}


def _oddities(parts: Parts, of: str) -> Iterator[OddGate]:
    """All of them, in an order that does not depend on the gates or rows."""
    yield from _other_sources(parts, of)
    for used, function in ACTIVATIONS.items():
        values = {gate: np.asarray(function(parts.sum_of(gate))) for gate in of}
        yield OddGate(Reading("gate_activation", {"used": used}), values)
    yield from _activated_parts(parts, of)
    forms = [list(bent_sums(_named(parts.terms[gate]))) for gate in of]
    for each in zip(*forms, strict=True):
        values = {g: np.asarray(_right(g)(z)) for g, (_, z) in zip(of, each, strict=True)}
        yield OddGate(Reading("gate_z_form", {"form": each[0][0]}), values)


def _named(terms: tuple[Array, Array, Array]) -> tuple[Term, Term, Term]:
    xW, hU, b = terms
    return ("xW", xW), ("hU", hU), ("b", b)


def _other_sources(parts: Parts, of: str) -> Iterator[OddGate]:
    """U acts on something else than the hidden state."""
    for name, source in parts.sources.items():
        values = {
            gate: np.asarray(
                _right(gate)(
                    parts.terms[gate][0] + source @ parts.recurrent[gate] + parts.terms[gate][2]
                )
            )
            for gate in of
        }
        yield OddGate(Reading("gate_source", {"used": name}), values)


# Activations in the wrong place: a is the sigmoid or tanh of the gate.
PLACED: dict[str, Callable[[Activation, Array, Array, Array], Array]] = {
    "a(xW) + a(hU) + b": lambda a, x, h, b: a(x) + a(h) + b,
    "a(xW) + hU + b": lambda a, x, h, b: a(x) + h + b,
    "xW + a(hU) + b": lambda a, x, h, b: x + a(h) + b,
    "xW + a(hU + b)": lambda a, x, h, b: x + a(h + b),
    "a(xW + hU) + b": lambda a, x, h, b: a(x + h) + b,
    "a(xW + b) + hU": lambda a, x, h, b: a(x + b) + h,
    "a(xW) + a(hU + b)": lambda a, x, h, b: a(x) + a(h + b),
    "a(xW + b) + a(hU)": lambda a, x, h, b: a(x + b) + a(h),
    "a(xW + b) + a(hU + b)": lambda a, x, h, b: a(x + b) + a(h + b),
    "a(xW + b) * a(hU + b)": lambda a, x, h, b: a(x + b) * a(h + b),
    "a(xW) + a(hU) + a(b)": lambda a, x, h, b: a(x) + a(h) + a(b),
    "a(xW + hU) * b": lambda a, x, h, b: a(x + h) * b,
    "a(xW) * a(hU) + b": lambda a, x, h, b: a(x) * a(h) + b,
}


def _activated_parts(parts: Parts, of: str) -> Iterator[OddGate]:
    for form, made in PLACED.items():
        values = {gate: np.asarray(made(_right(gate), *parts.terms[gate])) for gate in of}
        yield OddGate(Reading("gate_form", {"form": form}), values)
