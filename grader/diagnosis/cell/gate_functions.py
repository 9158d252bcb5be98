"""Whether a gate is some function of the right weighted sum, whichever, and what it gives.

The same cell is run again with the sum of one row as the gate's bias and no weights: where the gate
depends on nothing else, it has the same values as before.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from grader.checks.known_model import Parameters
from grader.diagnosis.cell import gates, whole_states
from grader.diagnosis.cell.known_cell import KnownCell
from grader.diagnosis.experiments.patterns import Reading
from grader.protocol import Array
from grader.records import Fact

View = Callable[[KnownCell, Parameters], Array]
REPLAYED = (0, 1, 2)  # rows
PLACES = (1.0, -1.0, 2.0)  # where the function is compared with the right one
LEAST_SEEN = 1 / 4  # of the places; a cell state of 0 hides the output gate
FAR = 0.02  # how far it must be from that
PARTS = ("WUb", "Wb", "Ub", "WU")  # of the sum that may be used


def _forget(cell: KnownCell, values: Parameters) -> Array:
    empty = cell.run(np.zeros_like(cell.c), values)[1]
    return np.asarray((cell.run(cell.c, values)[1] - empty) / cell.c)


def _input(cell: KnownCell, values: Parameters) -> Array:
    opened = {**values, **gates.held(cell, "c", gates.WIDE)}
    return cell.run(np.zeros_like(cell.c), opened)[1]


def _candidate(cell: KnownCell, values: Parameters) -> Array:
    opened = {**values, **gates.held(cell, "i", gates.WIDE)}
    return cell.run(np.zeros_like(cell.c), opened)[1]


def _output(cell: KnownCell, values: Parameters) -> Array:
    hidden, new = cell.run(cell.c, values)
    return np.asarray(hidden / np.tanh(new))


VIEWS: dict[str, View] = {"f": _forget, "i": _input, "c": _candidate, "o": _output}


def unexplained(cell: KnownCell, gate: str, *, alone: bool = True) -> list[Reading]:
    """Another function of the right sum, or nothing of the kind.

    alone: nothing else is off that would show in the height at which the gate is seen.
    """
    if f"b_{gate}" in {*cell.layout.missing, *cell.layout.idle}:
        return [Reading("gate_off")]
    seen = VIEWS[gate](cell, cell.values)
    if not np.nanmax(seen) - np.nanmin(seen) > 1e2 * cell.limit:
        return [Reading("gate_off")]
    if units := _other_units(cell, gate, seen):
        return [Reading("gate_units_mixed", {"units": units})]
    for kept in PARTS:
        if _replays(cell, gate, seen, kept):
            unused = [name for name in _parts(gate) if name[0] not in kept]
            silent = [Reading("weight_unused", {"array": name}) for name in unused]
            return [*silent, Reading("gate_function", _compared(cell, gate) if alone else {})]
    return [Reading("gate_off")]


def _other_units(cell: KnownCell, gate: str, seen: Array) -> tuple[int, ...]:
    """The units that change with the weights of unit 0: none does in a gate."""
    weight = cell.values[f"W_{gate}"].copy()
    weight[:, 0] += 0.5
    again = VIEWS[gate](cell, {**cell.values, f"W_{gate}": weight})
    return whole_states.moved_by_unit_0(seen, again)


def _parts(gate: str) -> tuple[str, ...]:
    return f"W_{gate}", f"U_{gate}", f"b_{gate}"


def _replays(cell: KnownCell, gate: str, seen: Array, kept: str) -> bool:
    """Whether these parts of the sum, as a bias alone, give each row what it has."""
    used = {
        name: value if name[0] in kept or name[-1] != gate else np.zeros_like(value)
        for name, value in cell.used.items()
    }
    sums = gates.linear(cell, gate, used)
    for row in REPLAYED:
        values = {**cell.values, **gates.held(cell, gate, 0.0), f"b_{gate}": sums[row]}
        again = VIEWS[gate](cell, values)
        due = np.broadcast_to(seen[row], again.shape)
        known = np.isfinite(again) & np.isfinite(due)  # in every row the same
        if known.mean() < LEAST_SEEN or not _alike(cell, again[known], due[known]):
            return False
    return True


def _alike(cell: KnownCell, one: Array, other: Array) -> bool:
    return bool(np.abs(one - other).max() <= 1e2 * cell.limit * max(1.0, _size(other)))


def _size(values: Array) -> float:
    return float(np.abs(values).max())


def _compared(cell: KnownCell, gate: str) -> dict[str, Fact]:
    """What it gives for a sum of `at`, and what is due; nothing where that differs by unit."""
    for at in PLACES:
        shown = VIEWS[gate](cell, {**cell.values, **gates.held(cell, gate, at)})
        due = float(np.tanh(at)) if gate == "c" else float(gates.sigmoid(np.array(at)))
        if np.all(np.isfinite(shown)) and np.ptp(shown) <= 1e2 * cell.limit * _size(shown):
            number = float(shown.flat[0])
            if abs(number - due) > FAR:
                return {"at": at, "number": _short(number), "due": _short(due)}
    return {}


def _short(number: float) -> float:
    return float(f"{number:.4g}")
