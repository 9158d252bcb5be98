"""What is wrong with an LSTM cell: its gates, each taken out of what comes back, and their weights."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from grader.checks.known_model import Parameters
from grader.checks.parameters import acting
from grader.checks.parameters.roles import with_parameters
from grader.checks.states import read_cell
from grader.diagnosis.cell import formulas_of_states, gates, hidden_rules
from grader.diagnosis.cell.known_cell import ROWS, SIZES, WHOLE, KnownCell
from grader.diagnosis.cell.rows_apart import apart
from grader.diagnosis.experiments.patterns import Reading
from grader.protocol import Array, CandidateClass

Readings = list[tuple[Reading, tuple[str, ...]]]

HUGE = 1e4  # exp of it is infinite
SILENT = {"weight_unused", "gate_constant"}  # readings that weights take no part
BENT = {"tanh_on_cell", "cell_clipped", "cell_not_linear"}  # the new cell state is no plain sum


def examine(cls: CandidateClass) -> Readings:
    """What is read off the cell, state by state and gate by gate. Raises StudentFault."""
    cell = KnownCell.make(cls)
    if (odd := apart(cell)) is not None:
        return [(odd, ("cell",))]
    hidden, new = cell.run(cell.c)
    if not np.all(np.isfinite(hidden)) or not np.all(np.isfinite(new)):
        return []
    found = _new_cell(cell, new) + hidden_rules.of_hidden_state(cell, hidden, new)
    if any(reading.kind in SILENT for reading, _ in found) and _plays_hidden_parts(cell):
        found = _without_roles(cell, found, new)
    return _merged([*found, *_overflows(cell)])


def _new_cell(cell: KnownCell, new: Array) -> Readings:
    """The formula by which it is made of the right gates, or what is off in them."""
    if form := formulas_of_states.of_cell(cell, new):
        return [(Reading("cell_is", {"form": form}), ("new_cell_state",))]
    found = _forget(cell, new)
    if not any(reading.kind in BENT for reading, _ in found):
        found += _added(cell)
    return found


def _without_roles(cell: KnownCell, found: Readings, new: Array) -> Readings:
    """What holds where it is not known which array belongs to which gate."""
    if np.array_equal(cell.run(cell.c + 1.0)[1], new):
        return [(Reading("old_cell_ignored"), ("new_cell_state",))]
    return [(Reading("gate_off") if one.kind in SILENT else one, names) for one, names in found]


def _plays_hidden_parts(cell: KnownCell) -> bool:
    """Whether weights act that nothing showed one by one."""

    def read(returned: object) -> Array:
        return np.concatenate(read_cell(returned, ROWS, SIZES[1]))

    make = partial(with_parameters, cell.cls, cell.layout, SIZES, cell.values)
    silent = acting.hidden_parts(cell.layout)
    return acting.act_together(make, cell.layout, silent, (cell.x, cell.h, cell.c), read)


def _overflows(cell: KnownCell) -> Readings:
    """Which function gives NaN for large arguments: looked at one by one."""
    nothing = {name: np.zeros_like(value) for name, value in cell.values.items()}
    if not all(np.all(np.isfinite(state)) for state in cell.run(cell.c, nothing)):
        return []  # not only large numbers give NaN
    large = replace(cell, x=HUGE * np.sign(cell.x))
    driven = {
        "sigmoid": ({**nothing, **_of(cell, "f"), **_of(cell, "i"), **_of(cell, "o")}, cell.c),
        "tanh": ({**nothing, **_of(cell, "c")}, HUGE * cell.c),
    }
    broken = [
        what
        for what, (values, c) in driven.items()
        if not all(np.all(np.isfinite(state)) for state in large.run(c, values))
    ]
    return [(Reading("overflows", {"where": what}), ("overflow",)) for what in broken]


def _of(cell: KnownCell, gate: str) -> Parameters:
    return {f"W_{gate}": cell.values[f"W_{gate}"]}


def _added(cell: KnownCell) -> Readings:
    """Input gate and candidate, which come as a product."""
    if (through := _through_gate(cell)) is not None:
        return [(through, ("new_cell_state",))]
    candidate = gates.candidate(cell)
    if any(reading.kind == "gate_from_candidate" for reading, _ in candidate):
        return candidate
    opened = gates.input_gate(cell)
    # Each is seen through the other: where both are off, what is not explained may be right.
    if opened and candidate:
        opened, candidate = (
            [one for one in part if one[0].kind != "gate_off"] for part in (opened, candidate)
        )
    return [*opened, *candidate] or _amount(cell)


def _through_gate(cell: KnownCell) -> Reading | None:
    """Whether i * g is multiplied by one gate more."""
    added = cell.run(np.zeros_like(cell.c))[1]
    f, i, o = (gates.sigmoid(gates.linear(cell, gate, cell.used)) for gate in "fio")
    due = i * np.tanh(gates.linear(cell, "c", cell.used))
    for name, more in (("f", f), ("i", i), ("o", o)):
        if gates.agrees(cell, added, due * more):
            return Reading("added_through", {"of": name})
    return None


def _amount(cell: KnownCell) -> Readings:
    """How often i * g is added, both being right."""
    added = cell.run(np.zeros_like(cell.c))[1]
    due = gates.sigmoid(gates.linear(cell, "i", cell.used)) * np.tanh(
        gates.linear(cell, "c", cell.used)
    )
    if gates.agrees(cell, added, due):
        return []
    number = float(np.sum(added * due) / np.sum(due * due))
    if gates.agrees(cell, added, number * due):
        return [(Reading("added_times", {"number": float(f"{number:.4g}")}), ("new_cell_state",))]
    return [(Reading("added_off"), ("new_cell_state",))]


def _forget(cell: KnownCell, new: Array) -> Readings:
    """What the old cell state adds: f times it, if the cell is right."""
    empty = cell.run(np.zeros_like(cell.c))[1]
    share = (new - empty) / cell.c
    doubled = (cell.run(2 * cell.c)[1] - empty) / (2 * cell.c)
    if np.abs(share - doubled).max() > 1e2 * cell.limit:
        bent = _bent(cell, new, empty, share)
        return [(bent, ("f",) if bent.kind == "gate_sees_cell" else ("new_cell_state",))]
    told = gates.whole(cell, "f", share, cell.used)
    if told is None:
        told = [gates.unexplained(cell, "f", share, cell.used)]
    return [(one, ("f",)) for one in told]


def _bent(cell: KnownCell, new: Array, empty: Array, share: Array) -> Reading:
    """Why the new cell state is not a straight line in the old one."""
    raw = np.arctanh(new), np.arctanh(empty), np.arctanh(cell.run(2 * cell.c)[1])
    one, two = (raw[0] - raw[1]) / cell.c, (raw[2] - raw[1]) / (2 * cell.c)
    if np.all(np.isfinite(one)) and np.abs(one - two).max() < 1e2 * cell.limit:
        return Reading("tanh_on_cell")
    bound = float(np.abs(cell.run(8 * cell.c)[1]).max())
    if np.sum(np.abs(np.abs(cell.run(8 * cell.c)[1]) - bound) < WHOLE) > ROWS:
        return Reading("cell_clipped", {"number": float(f"{bound:.4g}")})
    if gates.fits(cell, share, extra=cell.c):
        return Reading("gate_sees_cell")
    return Reading("cell_not_linear")


def _merged(found: Readings) -> Readings:
    """The same thing read off several gates, told once."""
    groups: list[tuple[Reading, list[str]]] = []
    for reading, names in found:
        same = next((members for known, members in groups if known == reading), None)
        if same is None:
            groups.append((reading, list(names)))
        else:
            same += names
    return [(reading, tuple(dict.fromkeys(names))) for reading, names in groups]
