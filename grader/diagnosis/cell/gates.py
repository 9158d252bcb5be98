"""One gate: its activation, and its weights by least squares on input and hidden state."""

from __future__ import annotations

from functools import partial

import numpy as np

from grader.checks.known_model import Parameters
from grader.checks.parameters.storage import leaf
from grader.diagnosis.cell.known_cell import KnownCell
from grader.diagnosis.experiments import joined_terms, regression
from grader.diagnosis.experiments.patterns import CLOSE, Reading
from grader.diagnosis.experiments.regression import Blocks
from grader.protocol import Array

ACTIVATIONS = ("sigmoid", "tanh", "relu", "identity", "hard sigmoid")
DUE = {"f": "sigmoid", "i": "sigmoid", "o": "sigmoid", "c": "tanh"}
DRIVE = 1.0  # the candidate's z while the input gate is looked at
OPENED = (0.5, 1.0, float(np.tanh(DRIVE)), 0.7)  # what other input gates make of a z of 1
WIDE = 40.0  # as a bias it leaves a sigmoid or a tanh at the end of its range
HELD = 4  # values at one bound that make a clip: others never coincide


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


def input_gate(cell: KnownCell) -> list[tuple[Reading, tuple[str, ...]]]:
    """The input gate, the candidate held at a constant by its bias."""
    if "b_c" in cell.layout.missing:
        return []
    values = {**cell.values, **held(cell, "c", DRIVE)}
    used = cell.layout.effective(values)
    added = cell.run(np.zeros_like(cell.c), values)[1]
    due = sigmoid(linear(cell, "i", used))
    if agrees(cell, added / due, np.broadcast_to(added[:1, :1] / due[:1, :1], due.shape)):
        return []  # whatever the candidate's constant is
    measured = _largest(cell, values, "i")
    heights = (np.tanh(DRIVE), sigmoid(np.array(DRIVE)), DRIVE, measured)
    shown = [added / height for height in heights]
    found = _joined_otherwise(cell, "i", shown, used)
    explained = (told(cell, "i", values, used) for values in shown)
    found = found or next((one for one in explained if one is not None), None)
    return [(one, ("i",)) for one in found or [unexplained(cell, "i", added, used)]]


def candidate(cell: KnownCell) -> list[tuple[Reading, tuple[str, ...]]]:
    """The candidate, all other weights zero, so that the input gate stands at a constant."""
    found = _candidate(cell, DRIVE)
    if any(one.kind == "weight_factor" for one in found) and _candidate(cell, -DRIVE) != found:
        found = [Reading("candidate_gated")]
    return [(one, ("i",) if one.kind == "gate_from_candidate" else ("c",)) for one in found]


def _candidate(cell: KnownCell, drive: float) -> list[Reading]:
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
    shown = [added / height for height in (opened, *OPENED, measured)]
    if found := _joined_otherwise(cell, "c", shown, used):
        return found
    readings = [told(cell, "c", values, used) for values in shown]
    explained = [one for one in readings if one is not None]
    return min(explained, key=len, default=[unexplained(cell, "c", added, used)])


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


def unexplained(cell: KnownCell, gate: str, values: Array, used: Parameters) -> Reading:
    """Another function of the right weighted sum, or nothing of the kind."""
    function = regression.function_of(linear(cell, gate, used), values)
    return Reading("gate_function" if function else "gate_off")


def whole(cell: KnownCell, gate: str, values: Array, used: Parameters) -> list[Reading] | None:
    """What is off in a gate whose values are known: in its sum, its activation or its weights."""
    return _joined_otherwise(cell, gate, [values], used) or told(cell, gate, values, used)


def _joined_otherwise(
    cell: KnownCell, gate: str, shown: list[Array], used: Parameters
) -> list[Reading] | None:
    """The terms of its sum multiplied or divided; shown: the values that it may have."""
    made = sigmoid if DUE[gate] == "sigmoid" else np.tanh
    terms = (
        ("xW", cell.x @ used[f"W_{gate}"]),
        ("hU", cell.h @ used[f"U_{gate}"]),
        ("b", np.broadcast_to(used[f"b_{gate}"], shown[0].shape)),
    )
    forms = ((form, np.asarray(made(z))) for form, z in joined_terms.bent_sums(terms))
    form = joined_terms.matching(forms, shown, partial(_agrees_where_seen, cell))
    return [Reading("gate_z_form", {"form": form})] if form else None


def told(cell: KnownCell, gate: str, values: Array, used: Parameters) -> list[Reading] | None:
    """What is off in a gate whose values (rows, H) are known; None where nothing explains them."""
    known = values[np.all(np.isfinite(values), axis=1)]
    if len(known) < len(values) / 2:
        return None
    if np.ptp(known) <= 10 * cell.limit:
        return [Reading("gate_constant", {"number": float(f"{known.flat[0]:.4g}") + 0.0})]
    if np.ptp(known, axis=1).max() <= 10 * cell.limit:
        return [Reading("gate_one_for_all")]
    found = [_through(cell, gate, name, values, used) for name in ACTIVATIONS]
    explained = [readings for readings in found if readings is not None]
    return min(explained, key=len, default=None)


def _through(
    cell: KnownCell, gate: str, activation: str, values: Array, used: Parameters
) -> list[Reading] | None:
    """What is off if this is the gate's activation; None if it cannot be."""
    z = regression.INVERSES[activation](values)
    if (fitted := _fitted(cell, z)) is None:
        return None
    blocks, bound = fitted
    found = [] if activation == DUE[gate] else [Reading("gate_activation", {"used": activation})]
    if bound is not None:
        found.append(Reading("gate_clipped", {"number": bound}))
    return found + _weights(cell, gate, blocks, used)


def fits(cell: KnownCell, values: Array, extra: Array) -> bool:
    """Whether the gate's z is a weighted sum of input, hidden state and something else.

    Of `extra` each unit sees all, or its own element, as through a peephole.
    """
    z = regression.INVERSES["sigmoid"](values)
    if regression.fit(z, {**_regressors(cell), "extra": extra}, 10 * cell.limit) is not None:
        return True
    for unit in range(z.shape[1]):
        regressors = {**_regressors(cell), "extra": extra[:, [unit]]}
        if regression.fit(z[:, [unit]], regressors, 10 * cell.limit) is None:
            return False
    return True


def _regressors(cell: KnownCell) -> dict[str, Array]:
    return {"W": cell.x, "U": cell.h, "b": np.ones((len(cell.x), 1))}


def _fitted(cell: KnownCell, z: Array) -> tuple[Blocks, float | None] | None:
    """Weights that explain z, and the bound at which z is clipped, if it is."""
    if (blocks := _fit(cell, z)) is not None:
        return blocks, None
    finite = np.abs(z[np.isfinite(z)])
    bound = float(finite.max(initial=0.0))
    at = np.abs(np.abs(z) - bound) <= cell.limit * bound
    if at.sum() < HELD:
        return None
    blocks = _fit(cell, np.where(at, np.nan, z))
    return None if blocks is None else (blocks, float(f"{bound:.4g}"))


def _fit(cell: KnownCell, z: Array) -> Blocks | None:
    """Weights that explain z where it is known; a constant there would only look like a bias."""
    known = z[np.isfinite(z)]
    if not known.size or np.ptp(known) <= 10 * cell.limit:
        return None
    return regression.fit(z, _regressors(cell), 10 * cell.limit)


def _weights(cell: KnownCell, gate: str, blocks: Blocks, used: Parameters) -> list[Reading]:
    """Each of the gate's arrays that is not used as it should be."""
    flat = {name: np.atleast_2d(value) for name, value in used.items()}
    found = []
    for kind in "WUb":
        name = f"{kind}_{gate}"
        others = {other: value for other, value in flat.items() if other != name}
        others |= {f"-{other}": -value for other, value in others.items()}
        one = regression.compare(blocks[kind], flat[name], others)
        if one.kind != "right" and (flat[name].any() or np.abs(blocks[kind]).max() > CLOSE):
            found.append(Reading(f"weight_{one.kind}", {"array": name, **one.facts}))
    return _together(found, named=_named(cell, gate))


def _named(cell: KnownCell, gate: str) -> bool:
    """Whether the gate's weights have the documented name, and not their role from behaviour."""
    copies = cell.layout.slots.get(f"W_{gate}")
    if not copies:
        return False
    return leaf(cell.layout.storage.path_of(int(copies[0].flat[0]))) == f"W_{gate}"


def _together(found: list[Reading], *, named: bool) -> list[Reading]:
    """All three arrays of another gate: that gate's in place of this one's.

    Where neither W nor U is used in any known way, the sum is no sum, and of b nothing is known.
    """
    if sum(one.kind == "weight_off" for one in found) > 1:
        return [Reading("gate_off")]
    used = [str(one.facts["used"]) for one in found if "used" in one.facts]
    sources = {name[-1] for name in used}
    signs = {name[:1] == "-" for name in used}
    if len(used) == len(found) == len("WUb") and len(sources) == len(signs) == 1:
        kind = (
            "gate_complement" if signs == {True} else "gate_of_other" if named else "gates_shared"
        )
        return [Reading(kind, {"of": sources.pop()})]
    numbers = {one.facts.get("number") for one in found}
    if (
        len(found) == len("WUb")
        and {one.kind for one in found} == {"weight_factor"}
        and len(numbers) == 1
    ):
        return [Reading("gate_z_factor", {"number": found[0].facts["number"]})]
    return found
