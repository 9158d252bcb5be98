"""Where the weights of a gate come from, if they are not its own: whole columns, rows, or numbers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from grader.checks.known_model import Parameters
from grader.diagnosis.experiments.patterns import CLOSE, Reading
from grader.diagnosis.experiments.regression import Blocks
from grader.protocol import Array
from grader.records import Fact


def columns(blocks: Blocks, flat: Parameters) -> Reading | None:
    """Of which gate and unit each unit has its weights ("o0"), if all have those of some."""

    def stacked(parts: Parameters, of: str) -> Array:
        return np.vstack([parts[f"{kind}{of}"] for kind in "WUb"])

    due = {g: stacked(flat, f"_{g}") for g in "fico"}
    known = {f"{g}{k}": due[g][:, k] for g in due for k in range(due[g].shape[1])}
    found = _named(stacked(blocks, "").T, known)
    return Reading("gate_units_of", {"columns": found}) if found else None


def rows(blocks: Blocks, flat: Parameters, gate: str) -> Reading | None:
    """Which row of the gate's own W, U and b each component meets ("U[0]"), and the bias's 1."""
    known = {
        "b" if kind == "b" else f"{kind}[{k}]": row
        for kind in "WUb"
        for k, row in enumerate(flat[f"{kind}_{gate}"])
    }
    found = _named(np.vstack([blocks[kind] for kind in "WUb"]), known)
    if not found:
        return None
    ends = len(blocks["W"])
    facts: dict[str, Fact] = {"input": found[:ends], "hidden": found[ends:-1]}
    return Reading("gate_rows_of", facts if found[-1] == "b" else {**facts, "one": found[-1]})


def numbers(block: Array, flat: Parameters, name: str, within: float) -> Reading | None:
    """Which number of which array stands at each place ("U_f[0, 1]")."""
    known = {
        spelled(array, place): np.array([value[place]])
        for array, value in flat.items()
        for place in np.ndindex(*value.shape)
    }
    known |= {f"-{number}": -value for number, value in known.items()} | {"0": np.zeros(1)}
    found = _named(block.reshape(-1, 1), known, within)
    due = [spelled(name, place) for place in np.ndindex(*block.shape)]
    moved = [(place, used) for place, used in zip(due, found, strict=False) if place != used]
    mixed = "0" in found and any(used != "0" for _, used in moved)  # some gone, others moved
    if not moved or mixed:
        return None
    place, used = moved[0]
    facts: dict[str, Fact] = {"array": name, "numbers": found, "place": place, "stands": used}
    return Reading("weight_numbers_of", facts)


def spelled(array: str, place: tuple[int, ...]) -> str:
    """A number's place, as the student would write it; a bias has one axis."""
    shown = place[1:] if array[0] == "b" else place
    return f"{array}[{', '.join(map(str, shown))}]"


def _named(lines: Array, known: Mapping[str, Array], within: float = CLOSE) -> tuple[str, ...]:
    """Which known line each of these is; nothing where one of them is none, or may be several."""
    found: list[str] = []
    for line in lines:
        alike = [name for name, one in known.items() if np.abs(one - line).max() <= within]
        if len(alike) != 1:
            return ()
        found += alike
    return tuple(found)
