"""What is wrong with an LSTM cell: its gates, each taken out of what comes back, and their weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from grader.checks.known_model import Parameters
from grader.checks.parameters import acting
from grader.checks.parameters.roles import with_parameters
from grader.checks.states import read_cell
from grader.diagnosis.cell import (
    changed_input,
    far_sums,
    formulas_of_states,
    gate_functions,
    gate_weights,
    gates,
    hidden_rules,
    odd_gates,
    one_mistake,
    product_of_gates,
    settled_roles,
    whole_states,
)
from grader.diagnosis.cell.known_cell import ROWS, SIZES, WHOLE, KnownCell
from grader.diagnosis.cell.rows_apart import apart, shows_random_only
from grader.diagnosis.experiments.patterns import Reading, Readings
from grader.protocol import Array, CandidateClass

Look = Callable[[KnownCell, Array, Array], Readings]

HUGE = 1e4  # exp of it is infinite
SILENT = {"weight_unused", "gate_constant"}  # readings that weights take no part
BENT = {
    "tanh_on_cell",
    "cell_clipped",
    "cell_not_linear",
    "old_enters_as",
    "units_mixed",
}  # new is no plain sum
# What says only that something is off, or of which gates; each of these is worth a second look.
VAGUE = {"gate_off", "hidden_off", "added_off", "cell_not_linear", "gate_weights_off", "gate_sees_cell", "old_cell_ignored"}  # fmt: skip
OTHERS = 2  # roles that are looked at besides
WHOLE_STATE = {"cell_is", "hidden_is", "nothing_added", "cell_added"}  # say all of a state
WORSE = 10  # a vague reading, against one that says what is wrong


def examine(cls: CandidateClass) -> Readings:
    """What is read off the cell, state by state and gate by gate. Raises StudentFault."""
    cell = KnownCell.make(cls)
    states = [*cell.run(cell.c), *cell.run_with(cell.filled(), cell.c)]
    finite = [bool(np.all(np.isfinite(state))) for state in states]
    if not all(finite[:2]) and all(finite[2:]):
        return []  # it is so only where arrays without a known role are 0
    if (odd := apart(cell)) is not None:
        if odd.kind == "random" and shows_random_only(cell):
            return [*_of_new_cell(cell, *cell.run(cell.c)), (odd, ("new_hidden_state", "calls"))]
        return [(odd, ("cell",))]
    hidden, new = cell.run(cell.c)
    if not np.all(np.isfinite(hidden)) or not np.all(np.isfinite(new)):
        return []
    if grains := whole_states.coarse(hidden, new):
        return [*grains, *_overflows(cell)]
    found = _ignored(cell, _best(cell) or _absent(cell))
    if found and all(reading.kind in VAGUE for reading, _ in found):
        found = changed_input.readings(cell, hidden, new) or found
    usual = [*one_mistake.joined(_merged(found)), *_overflows(cell)]
    return usual or _merged(far_sums.of_gates(cell))


def _best(cell: KnownCell) -> Readings:
    """By the roles that arrays are found to play, or by others if those explain more."""
    unknown: Readings = [(gates.UNEXPLAINED, ("f", "i", "c", "o"))]
    found = _looked_at(cell) if any(cell.knows_weights(gate) for gate in "fico") else unknown
    if _cost(found) <= 1:
        return found
    others = [_looked_at(one) for one in settled_roles.candidates(cell)[:OTHERS]]
    return min([found, *others], key=_cost)


def _cost(found: Readings) -> int:
    return sum(WORSE if reading.kind in VAGUE else 1 for reading, _ in _merged(found))


def _looked_at(cell: KnownCell) -> Readings:
    """What is off in the new cell state and in the hidden state, by the cell's roles."""
    hidden, new = cell.run(cell.c)
    found = _of_new_cell(cell, hidden, new)
    found += _second_look(
        hidden_rules.of_hidden_state(cell, hidden, new), odd_gates.of_hidden, cell, hidden, new
    )
    if any(reading.kind in SILENT for reading, _ in found) and _plays_hidden_parts(cell):
        found = _without_roles(cell, found, new)
    return found


def _of_new_cell(cell: KnownCell, hidden: Array, new: Array) -> Readings:
    return _second_look(_new_cell(cell, new), _look_at_cell, cell, hidden, new)


def _second_look(
    found: Readings, look: Look, cell: KnownCell, hidden: Array, new: Array
) -> Readings:
    """What explains the state by itself, where the first look needs more or says only what is off.

    The first look holds other gates at constants, and with them arrays that two gates share.
    """
    if not found or any(reading.kind in WHOLE_STATE for reading, _ in found):
        return found
    again = look(cell, hidden, new)
    return again if again and _cost(again) <= _cost(found) else found


def _look_at_cell(cell: KnownCell, hidden: Array, new: Array) -> Readings:
    return odd_gates.of_cell(cell, hidden, new) or _one_gate(cell, new)


def _one_gate(cell: KnownCell, new: Array) -> Readings:
    """What is off in one gate, if the other two that make the new cell state are right."""
    f, i = (gates.sigmoid(gates.linear(cell, gate, cell.used)) for gate in "fi")
    g = np.tanh(gates.linear(cell, "c", cell.used))
    due = {"f": (new - i * g) / cell.c, "i": (new - f * cell.c) / g, "c": (new - f * cell.c) / i}
    for gate, values in due.items():
        known = cell.acts(f"W_{gate}")
        found = gates.whole(cell, gate, values, cell.used) if known else None
        if found and not any(one.kind in VAGUE for one in found):
            return [(one, (gate,)) for one in found]
    return []


def _absent(cell: KnownCell) -> Readings:
    """Weights that the object does not have: what they belong to takes no part in their gate."""
    names = [name for name in cell.layout.absent if name[0] in "WU"]
    return [(Reading("weight_unused", {"array": name}), (name[-1],)) for name in names]


def _ignored(cell: KnownCell, found: Readings) -> Readings:
    """That the input, or the hidden state, moves nothing at all, in place of what follows from that."""
    if any(reading.kind == "gate_source" for reading, _ in found):
        return found
    turned = {
        "input_ignored": ("W", replace(cell, x=cell.x[::-1])),
        "hidden_ignored": ("U", replace(cell, h=cell.h[::-1])),
    }
    for kind, (weights, moved) in turned.items():
        if _same_states(cell, moved):
            found = [
                (one, names)
                for one, names in found
                if one.kind not in VAGUE and str(one.facts.get("array", ""))[:1] != weights
            ]
            found = [(Reading(kind), one_mistake.BOTH), *found]
    return found


def _same_states(cell: KnownCell, moved: KnownCell) -> bool:
    """Whether both give the same, with random numbers in every array."""
    full = cell.filled()
    pairs = zip(cell.run_with(full, cell.c), moved.run_with(full, cell.c), strict=True)
    return all(np.array_equal(a, b) for a, b in pairs)


def _new_cell(cell: KnownCell, new: Array) -> Readings:
    """The formula by which it is made of the right gates, or what is off in them."""
    if form := formulas_of_states.of_cell(cell, new):
        return [(Reading("cell_is", {"form": form}), ("new_cell_state",))]
    if (whole := _whole(cell, new)) is not None:
        return [(whole, ("new_cell_state",))]
    found = _forget(cell, new)
    if not any(reading.kind in BENT for reading, _ in found):
        found += _added(cell)
    return found


def _whole(cell: KnownCell, new: Array) -> Reading | None:
    """The right state some times, or with an argument added."""
    if not all(cell.knows(gate) for gate in "fic"):
        return None
    due = formulas_of_states.right(cell)
    if gates.agrees(cell, new, due):
        return None
    if (number := whole_states.times(cell, new, due)) is not None:
        return Reading("cell_is", {"form": f"{number:.4g} * (f * c_(t-1) + i * g)"})
    more = whole_states.with_more(cell, new, due)
    return None if more is None else Reading("cell_added", more)


def _without_roles(cell: KnownCell, found: Readings, new: Array) -> Readings:
    """What holds where it is not known which array belongs to which gate."""
    if np.array_equal(cell.run(cell.c + 1.0)[1], new):
        return [(Reading("old_cell_ignored"), ("new_cell_state",))]
    if shared := _one_for_all(cell):
        return shared
    return [(Reading("gate_off") if one.kind in SILENT else one, names) for one, names in found]


def _one_for_all(cell: KnownCell) -> Readings:
    """Gates that are one number for all units, with random numbers in every array."""
    full = cell.filled()
    hidden, new = cell.run_with(full, cell.c)
    kept = (new - cell.run_with(full, 0 * cell.c)[1]) / cell.c
    shown = {"f": kept, "o": hidden / np.tanh(new)}
    alike = [
        gate
        for gate, values in shown.items()
        if np.ptp(values, axis=1).max() <= 1e2 * cell.limit < np.ptp(values)
    ]
    return [(Reading("gate_one_for_all"), (gate,)) for gate in alike]


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
    known = cell.knows("i") and cell.knows("c")
    if known and np.abs(cell.run(np.zeros_like(cell.c))[1]).max() <= 10 * cell.limit:
        return [(Reading("nothing_added"), ("new_cell_state",))]
    if (through := _through_gate(cell)) is not None:
        return [(through, ("new_cell_state",))]
    added = cell.run(np.zeros_like(cell.c))[1]
    if of_weights := product_of_gates.of_added(cell, added):
        return of_weights
    opened = gates.input_gate(cell)
    candidate = gates.candidate(cell, beside_right=not opened)
    if any(reading.kind == "gate_from_candidate" for reading, _ in candidate):
        return candidate
    if not candidate:
        opened = gates.input_gate(cell, beside_right=True)
    found = _explained(cell, opened, "i", alone=not candidate)
    found += _explained(cell, candidate, "c", alone=not opened)
    # Each is seen through the other: where both are off, what is not explained may be right.
    if opened and candidate and any(one.kind != "gate_off" for one, _ in found):
        found = [one for one in found if one[0].kind != "gate_off"]
    return found or _amount(cell)


def _explained(cell: KnownCell, found: Readings, gate: str, *, alone: bool) -> Readings:
    """With the function of its sum that the gate is, where nothing else explains it."""
    if all(reading != gates.UNEXPLAINED for reading, _ in found):
        return found
    return [(one, (gate,)) for one in gate_functions.unexplained(cell, gate, alone=alone)]


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
    if not np.abs(share - doubled).max() <= 1e2 * cell.limit:
        if (enters := _enters_as(cell, new)) is not None:
            return [(enters, ("new_cell_state",))]
        bent = _bent(cell, new, empty, share)
        return [(bent, ("f",) if bent.kind == "gate_sees_cell" else ("new_cell_state",))]
    told = gates.whole(cell, "f", share, cell.used)
    if told is None and (mixed := _units_mixed(cell, new)) is not None:
        return [(mixed, ("new_cell_state",))]
    if told is None:
        told = gate_functions.unexplained(cell, "f")
    return [(one, ("f",)) for one in told]


# What may stand where the forget gate times the old cell state belongs: form, and what is made of c.
ENTERS: dict[str, Callable[[Array], Array]] = {
    "f / cell_state": lambda c: 1 / c,
    "f * tanh(cell_state)": np.tanh,
    "f * cell_state^2": np.square,
    "f * sigmoid(cell_state)": gates.sigmoid,
    "f * |cell_state|": np.abs,
    "f * relu(cell_state)": lambda c: np.maximum(c, 0.0),
}


def _enters_as(cell: KnownCell, new: Array) -> Reading | None:
    """How the old cell state enters, if the forget gate is right and multiplies or divides it."""
    gate = gates.sigmoid(gates.linear(cell, "f", cell.used))
    moved = new - cell.run(-2 * cell.c)[1]
    for form, made in ENTERS.items():
        if gates.agrees(cell, moved, gate * (made(cell.c) - made(-2 * cell.c))):
            return Reading("old_enters_as", {"form": form})
    return None


def _bent(cell: KnownCell, new: Array, empty: Array, share: Array) -> Reading:
    """Why the new cell state is not a straight line in the old one."""
    raw = np.arctanh(new), np.arctanh(empty), np.arctanh(cell.run(2 * cell.c)[1])
    one, two = (raw[0] - raw[1]) / cell.c, (raw[2] - raw[1]) / (2 * cell.c)
    if np.all(np.isfinite(one)) and np.abs(one - two).max() < 1e2 * cell.limit:
        return Reading("tanh_on_cell")
    large = cell.run(8 * cell.c)[1]
    for values in (np.abs(large), large, -large):
        bound = float(values.max())
        if np.sum(np.abs(values - bound) < WHOLE) > ROWS:
            number = -bound if values is not large and values.min() < 0 else bound
            return Reading("cell_clipped", {"number": float(f"{number:.4g}")})
    if gate_weights.fits(cell, share, extra=cell.c):
        return Reading("gate_sees_cell")
    return _units_mixed(cell, new) or Reading("cell_not_linear")


def _units_mixed(cell: KnownCell, new: Array) -> Reading | None:
    """Whether the cell state of one unit moves that of others."""
    units = whole_states.moved_by_unit_0(new, cell.run(whole_states.raised(cell.c))[1])
    return Reading("units_mixed", {"state": "new_cell_state", "units": units}) if units else None


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
