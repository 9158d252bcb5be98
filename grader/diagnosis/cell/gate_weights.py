"""A gate whose values are known: its activation, and its weights by least squares."""

from __future__ import annotations

import numpy as np

from grader.checks.known_model import Parameters
from grader.checks.parameters.storage import leaf
from grader.diagnosis.cell import weights_elsewhere
from grader.diagnosis.cell.known_cell import KnownCell
from grader.diagnosis.experiments import regression
from grader.diagnosis.experiments.patterns import CLOSE, Reading
from grader.diagnosis.experiments.regression import Blocks
from grader.protocol import Array

ACTIVATIONS = ("sigmoid", "tanh", "relu", "identity", "hard sigmoid")
FLAT = {"relu", "hard sigmoid"}  # where they are flat no z is known; elsewhere that is no such gate
DUE = {"f": "sigmoid", "i": "sigmoid", "o": "sigmoid", "c": "tanh"}
LEAST_SEEN = 1 / 3  # of the places; a relu of the cell state hides the output gate in half of them
HELD = 4  # values at one bound that make a clip: others never coincide


def told(cell: KnownCell, gate: str, values: Array, used: Parameters) -> list[Reading] | None:
    """What is off in a gate whose values (rows, H) are known; None where nothing explains them."""
    known = np.isfinite(values)
    if known.mean() < LEAST_SEEN or np.any(np.isinf(values)):
        return None
    seen = values[known]
    if np.ptp(seen) <= 10 * cell.limit:
        return [Reading("gate_constant", {"number": float(f"{seen[0]:.4g}") + 0.0})]
    rows = values[known.any(axis=1)]
    if np.max(np.nanmax(rows, axis=1) - np.nanmin(rows, axis=1)) <= 10 * cell.limit:
        return [Reading("gate_one_for_all")]
    found = [_through(cell, gate, name, values, used) for name in ACTIVATIONS]
    explained = [readings for readings in found if readings is not None]
    return min(explained, key=len, default=None)


def _through(
    cell: KnownCell, gate: str, activation: str, values: Array, used: Parameters
) -> list[Reading] | None:
    """What is off if this is the gate's activation; None if it cannot be."""
    z = regression.INVERSES[activation](values)
    if activation not in FLAT and np.any(np.isfinite(values) & ~np.isfinite(z)):
        return None  # it never gives such a value
    if (fitted := _fitted(cell, z)) is None:
        return None
    blocks, bound = fitted
    found = [] if activation == DUE[gate] else [Reading("gate_activation", {"used": activation})]
    if bound is not None:
        found.append(Reading("gate_clipped", {"number": bound}))
    return found + weights(cell, gate, blocks, used)


def fits(cell: KnownCell, values: Array, extra: Array) -> bool:
    """Whether the gate's z is a weighted sum of input, hidden state and something else.

    Of `extra` each unit sees all, or its own element, as through a peephole.
    """
    z = regression.INVERSES["sigmoid"](values)
    if np.any(np.isinf(z)):  # 0 or 1, as no sum gives
        return False
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


def weights(cell: KnownCell, gate: str, blocks: Blocks, used: Parameters) -> list[Reading]:
    """Each of the gate's arrays that is not used as it should be."""
    flat = {name: np.atleast_2d(value) for name, value in used.items()}
    named = _named(cell, gate)
    found = []
    for kind in "WUb":
        name = f"{kind}_{gate}"
        others = {other: value for other, value in flat.items() if other != name}
        others |= {f"-{other}": -value for other, value in others.items()}
        one = regression.compare(blocks[kind], flat[name], others)
        if one.kind == "number" and _is_summed(blocks[kind], flat[name]):
            one = Reading("one_for_all")
        if kind == "U" and one.kind == "off" and _is_identity(blocks[kind]):
            one = Reading("identity")
        if one.kind != "right" and (flat[name].any() or np.abs(blocks[kind]).max() > CLOSE):
            of_another = one.kind == "other_array" and not named
            shared = of_another and not str(one.facts["used"]).startswith("-")
            what = "shared" if shared else one.kind
            found.append(Reading(f"weight_{what}", {"array": name, **one.facts}))
    if any(one.kind == "weight_off" for one in found):
        found = _elsewhere(cell, found, gate, blocks, flat)
    return _together(found, named=named)


def _elsewhere(
    cell: KnownCell, found: list[Reading], gate: str, blocks: Blocks, flat: Parameters
) -> list[Reading]:
    """With what the weights are that no array explains as a whole."""
    if (of_units := weights_elsewhere.columns(blocks, flat)) is not None:
        return [of_units]
    if (of_rows := weights_elsewhere.rows(blocks, flat, gate)) is not None:
        return [of_rows]
    return [_number_by_number(cell, one, blocks, flat) for one in found]


def _number_by_number(cell: KnownCell, off: Reading, blocks: Blocks, flat: Parameters) -> Reading:
    """Which number stands where in an array that nothing explains as a whole."""
    name = str(off.facts["array"])
    found = weights_elsewhere.numbers(blocks[name[0]], flat, name, cell.limit)
    return found if off.kind == "weight_off" and found is not None else off


def _is_summed(block: Array, bias: Array) -> bool:
    """Whether one number for all is made of the whole bias: its sum, or its mean."""
    number = float(block.flat[0])
    return min(abs(number - float(bias.sum())), abs(number - float(bias.mean()))) <= CLOSE


def _is_identity(block: Array) -> bool:
    return bool(np.abs(block - np.eye(len(block))).max() <= CLOSE)


def _named(cell: KnownCell, gate: str) -> bool:
    """Whether the gate's weights have the documented name, and not their role from behaviour."""
    name = f"W_{gate}"
    copies = cell.layout.slots.get(name)
    if not copies:
        return False
    path = cell.layout.storage.path_of(int(copies[0].flat[0]))
    return leaf(path) == name or name in cell.layout.shown


def _together(found: list[Reading], *, named: bool) -> list[Reading]:
    """All three arrays of another gate: that gate's in place of this one's.

    Where neither W nor U is used in any known way, of b nothing is known.
    """
    if sum(one.kind == "weight_off" for one in found) > 1:
        return [Reading("gate_weights_off")]
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
