"""One gate, taken out of what comes back: what is off in its sum, its activation or its weights."""

from __future__ import annotations

from functools import partial

import numpy as np

from grader.checks.known_model import Parameters
from grader.diagnosis.cell import gate_weights
from grader.diagnosis.cell.known_cell import KnownCell
from grader.diagnosis.experiments import joined_terms
from grader.diagnosis.experiments.patterns import Reading
from grader.protocol import Array

DRIVE = 1.0  # the candidate's z while the input gate is looked at
OPENED = (0.5, 1.0, float(np.tanh(DRIVE)), 0.7)  # what other input gates make of a z of 1
WIDE = 40.0  # as a bias it leaves a sigmoid or a tanh at the end of its range


UNEXPLAINED = Reading("gate_off")


def sigmoid(z: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-z)))


def linear(cell: KnownCell, gate: str, used: Parameters) -> Array:
    """A gate's weighted sum, (rows, H)."""
    return np.asarray(cell.x @ used[f"W_{gate}"] + cell.h @ used[f"U_{gate}"] + used[f"b_{gate}"])


def agrees(cell: KnownCell, got: Array, expected: Array) -> bool:
    return bool(np.abs(got - expected).max() <= 10 * cell.limit)


def _agrees_where_seen(cell: KnownCell, got: Array, expected: Array) -> bool:
    """As `agrees`, where the gate shows: in half of the places at least."""
    seen = np.isfinite(got)
    return bool(seen.mean() >= 1 / 2) and agrees(cell, got[seen], expected[seen])


def input_gate(
    cell: KnownCell, *, beside_right: bool = False
) -> list[tuple[Reading, tuple[str, ...]]]:
    """The input gate, the candidate held at a constant by its bias: at the right one, or any."""
    if "b_c" in cell.layout.missing:
        return []
    values = {**cell.values, **held(cell, "c", DRIVE)}
    used = cell.layout.effective(values)
    added = cell.run(np.zeros_like(cell.c), values)[1]
    due = sigmoid(linear(cell, "i", used))
    if agrees(cell, added / due, np.broadcast_to(added[:1, :1] / due[:1, :1], due.shape)):
        return []  # whatever the candidate's constant is
    measured = _largest(cell, values, "i")
    others = () if beside_right else (sigmoid(np.array(DRIVE)), DRIVE, measured)
    heights = (np.tanh(DRIVE), *others)
    shown = [added / height for height in heights]
    found = _joined_otherwise(cell, "i", shown, used)
    explained = (gate_weights.told(cell, "i", values, used) for values in shown)
    found = found or next((one for one in explained if one is not None), None)
    return [(one, ("i",)) for one in found or [UNEXPLAINED]]


def candidate(
    cell: KnownCell, *, beside_right: bool = False
) -> list[tuple[Reading, tuple[str, ...]]]:
    """The candidate, all other weights zero, so that the input gate stands at a constant.

    beside_right: at the right one.
    """
    found = _candidate(cell, DRIVE, beside_right=beside_right)
    again = partial(_candidate, cell, -DRIVE, beside_right=beside_right)
    if any(one.kind == "weight_factor" for one in found) and again() != found:
        found = [Reading("candidate_gated")]
    return [(one, ("i",) if one.kind == "gate_from_candidate" else ("c",)) for one in found]


def _candidate(cell: KnownCell, drive: float, *, beside_right: bool) -> list[Reading]:
    """With `drive` as the bias of the three gates."""
    values = {
        name: value if name.endswith("_c") else np.full_like(value, drive * (name[0] == "b"))
        for name, value in cell.values.items()
    }
    used = cell.layout.effective(values)
    added = cell.run(np.zeros_like(cell.c), values)[1]
    z = linear(cell, "c", used)
    shape, due = added / np.abs(added).max(), np.tanh(z) / np.abs(np.tanh(z)).max()
    if agrees(cell, shape, due):
        return []  # whatever the input gate's constant is
    for gate, what in ((sigmoid(z), "z"), (sigmoid(np.tanh(z)), "tanh(z)")):
        if agrees(cell, added, gate * np.tanh(z)):
            return [Reading("gate_from_candidate", {"of": what})]
    opened, measured = float(sigmoid(used["b_i"])[0]), abs(_largest(cell, values, "c"))
    others = () if beside_right else (*OPENED, measured)
    shown = [added / height for height in (opened, *others)]
    if found := _joined_otherwise(cell, "c", shown, used):
        return found
    readings = [gate_weights.told(cell, "c", values, used) for values in shown]
    explained = [one for one in readings if one is not None]
    return min(explained, key=len, default=[UNEXPLAINED])


def held(cell: KnownCell, gate: str, bias: float) -> Parameters:
    """The gate's arrays that hold it at a constant, whatever the input and the hidden state."""
    own = {name: cell.values[name] for name in cell.values if name.endswith(f"_{gate}")}
    return {name: np.full_like(value, bias * (name[0] == "b")) for name, value in own.items()}


def _largest(cell: KnownCell, values: Parameters, gate: str) -> float:
    """What is added to the cell state with this gate at that end of its range where it is more.

    The other factor being a constant, it is that constant: of a gate at 1, of a candidate at 1 or -1.
    """
    nothing = np.zeros_like(cell.c)
    ends = [
        cell.run(nothing, {**values, **held(cell, gate, bias)})[1][0, 0] for bias in (WIDE, -WIDE)
    ]
    return float(max(ends, key=abs)) or 1.0


def whole(cell: KnownCell, gate: str, values: Array, used: Parameters) -> list[Reading] | None:
    """What is off in a gate whose values are known: in its sum, its activation or its weights."""
    return _joined_otherwise(cell, gate, [values], used) or gate_weights.told(
        cell, gate, values, used
    )


def _joined_otherwise(
    cell: KnownCell, gate: str, shown: list[Array], used: Parameters
) -> list[Reading] | None:
    """The terms of its sum multiplied or divided; shown: the values that it may have."""
    if not cell.knows(gate):
        return None
    made = sigmoid if gate_weights.DUE[gate] == "sigmoid" else np.tanh
    terms = (
        ("xW", cell.x @ used[f"W_{gate}"]),
        ("hU", cell.h @ used[f"U_{gate}"]),
        ("b", np.broadcast_to(used[f"b_{gate}"], shown[0].shape)),
    )
    forms = ((form, np.asarray(made(z))) for form, z in joined_terms.bent_sums(terms))
    form = joined_terms.matching(forms, shown, partial(_agrees_where_seen, cell))
    return [Reading("gate_z_form", {"form": form})] if form else None
