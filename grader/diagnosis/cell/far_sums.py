"""What a gate gives for large sums, where ordinary ones show nothing: whether it stops somewhere."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from grader.checks.part4.lstm_forward import DRIVEN, HIGH, NEARLY
from grader.diagnosis.cell import gates
from grader.diagnosis.cell.known_cell import ROWS, WHOLE, KnownCell
from grader.diagnosis.experiments import regression
from grader.diagnosis.experiments.patterns import Reading, Readings
from grader.protocol import Array
from grader.records import Fact

SUMS = np.linspace(-DRIVEN, DRIVEN, ROWS)
STEP = float(SUMS[1] - SUMS[0])
FAR = NEARLY / 2  # how far a gate must be from the right one
LEAST = 4  # equal values in a row that make a flat end


def of_gates(cell: KnownCell) -> Readings:
    """Where a gate no longer follows its sum, or a large cell state is not kept."""
    found: Readings = []
    for gate in "fico":
        if cell.knows(gate) and (reading := _of_gate(cell, gate)) is not None:
            found.append((reading, (gate,)))
    return found or _of_state(cell)


def _of_gate(cell: KnownCell, gate: str) -> Reading | None:
    shown = _shown(cell, gate)
    due = np.tanh(SUMS) if gate == "c" else gates.sigmoid(SUMS)
    if not np.all(np.isfinite(shown)) or np.abs(shown - due).max() <= FAR:
        return None
    facts: dict[str, Fact] = {}
    for at, value, turn in (("low", "least", 1), ("high", "most", -1)):
        if (end := _end(shown[::turn], SUMS[::turn], due[::turn], gate)) is not None:
            facts |= {at: _short(end), value: _short(shown[::turn][0])}
    if facts:
        return Reading("gate_flat", facts)
    worst = int(np.argmax(np.abs(shown - due)))
    at_worst = {"at": SUMS[worst], "number": shown[worst], "due": due[worst]}
    return Reading("gate_function", {name: _short(value) for name, value in at_worst.items()})


def _shown(cell: KnownCell, gate: str) -> Array:
    """The gate's values at SUMS, (ROWS,): all else is 0, the gate beside it at a constant."""
    values = {name: np.zeros_like(value) for name, value in cell.values.items()}
    values[f"W_{gate}"][0] = 1.0
    if gate in "ic":
        values[f"b_{'i' if gate == 'c' else 'c'}"][:] = gates.DRIVE
    driven = replace(cell, x=np.outer(SUMS, np.eye(cell.x.shape[1])[0]))
    hidden, new = driven.run(cell.c, values)
    empty = driven.run(0 * cell.c, values)[1]
    seen = {
        "f": (new - empty) / cell.c,
        "i": empty / np.tanh(gates.DRIVE),
        "c": empty / gates.sigmoid(np.array(gates.DRIVE)),
        "o": hidden / np.tanh(new),
    }[gate]
    return np.asarray(np.where(np.ptp(seen, axis=1) <= 10 * cell.limit, seen[:, 0], np.nan))


def _end(shown: Array, sums: Array, due: Array, gate: str) -> float | None:
    """Up to which sum the first values are one and the same; None where the first is right."""
    alike = np.abs(shown - shown[0]) <= WHOLE
    length = len(alike) if alike.all() else int(np.argmin(alike))
    if length < LEAST or np.abs(shown[0] - due[0]) <= FAR:
        return None
    begins = float(sums[length - 1])
    inverse = regression.INVERSES["tanh" if gate == "c" else "sigmoid"]
    with np.errstate(all="ignore"):
        clipped = float(inverse(shown[0]))  # the sum for which a right one gives that value
    return clipped if abs(clipped - begins) <= 2 * STEP else begins


def _of_state(cell: KnownCell) -> Readings:
    """A clip that only a large cell state meets."""
    usual, large = cell.run(cell.c)[1], cell.run(HIGH * cell.c)[1]
    empty = cell.run(0 * cell.c)[1]
    if np.abs(large - empty - HIGH * (usual - empty)).max() <= NEARLY:
        return []
    bound = float(np.abs(large).max())
    held = np.sum(np.abs(np.abs(large) - bound) <= WHOLE)
    clipped = Reading("cell_clipped", {"number": _short(bound)})
    return [(clipped, ("new_cell_state",))] if held >= LEAST else []


def _short(number: float) -> float:
    return float(f"{number:.4g}")
