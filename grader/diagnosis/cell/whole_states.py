"""What a state is as a whole, though the gates are right: rounded, multiplied, or with more added."""

from __future__ import annotations

import numpy as np

from grader.diagnosis.cell import gates
from grader.diagnosis.cell.known_cell import KnownCell
from grader.diagnosis.experiments.patterns import CLOSE, Reading, Readings
from grader.protocol import Array
from grader.records import Fact

ROUNDED = 1e-7  # what float32 leaves of a number with few digits
DIGITS = range(5)
LEAST_GONE = 0.02  # of the numbers; by chance none is 0
FEWEST = 4  # different values; fewer are no rounding, but another function


def coarse(hidden: Array, new: Array) -> Readings:
    """States that hold few digits: nothing else can be told of them."""
    found: Readings = []
    for name, state in (("new_cell_state", new), ("new_hidden_state", hidden)):
        if np.unique(state).size < FEWEST:
            continue
        digits = next((n for n in DIGITS if np.abs(state - state.round(n)).max() <= ROUNDED), None)
        if digits is not None:
            found.append((Reading("state_rounded", {"state": name, "digits": digits}), (name,)))
        elif np.array_equal(state, state.astype(np.float16)):
            found.append((Reading("state_half", {"state": name}), (name,)))
    return found


def with_more(cell: KnownCell, state: Array, due: Array) -> dict[str, Fact] | None:
    """The argument that is added to the right state, and how many times."""
    rest = state - due
    for argument, value in (("hidden_state", cell.h), ("cell_state", cell.c)):
        number = _share(rest, value)
        if abs(number) > CLOSE and gates.agrees(cell, rest, number * value):
            once = abs(number - 1.0) <= CLOSE
            return {"argument": argument} if once else {"argument": argument, "number": number}
    return None


def dropped(cell: KnownCell, state: Array, due: Array) -> dict[str, Fact] | None:
    """How much of the right state is 0, and how many times the rest is there, as after dropout."""
    gone = state == 0.0
    if not LEAST_GONE <= gone.mean() <= 1 - LEAST_GONE:
        return None
    number = _share(state[~gone], due[~gone])
    if not gates.agrees(cell, state[~gone], number * due[~gone]):
        return None
    return {"percent": round(100 * float(gone.mean())), "number": number}


def times(cell: KnownCell, state: Array, due: Array) -> float | None:
    """How many times the right state it is, if it is that and not once."""
    number = _share(state, due)
    off = min(abs(number), abs(number - 1.0)) > CLOSE
    return number if off and gates.agrees(cell, state, number * due) else None


def _share(values: Array, of: Array) -> float:
    return float(f"{np.sum(values * of) / np.sum(of * of):.6g}")


def raised(c: Array) -> Array:
    """The cell state with another one of unit 0."""
    return np.asarray(c + 0.5 * np.eye(c.shape[1])[0])


def moved_by_unit_0(before: Array, after: Array) -> tuple[int, ...]:
    """The other units that moved when something of unit 0 alone was changed."""
    moved = np.nanmax(np.abs(after - before), axis=0, initial=0.0) > CLOSE
    return tuple(unit for unit in range(1, len(moved)) if moved[unit])
