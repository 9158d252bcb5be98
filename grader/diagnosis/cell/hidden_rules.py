"""What is wrong with the new hidden state: the output gate, and what it is multiplied with."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from grader.diagnosis.cell import (
    formulas_of_states,
    gate_functions,
    gate_weights,
    gates,
    whole_states,
)
from grader.diagnosis.cell.known_cell import KnownCell
from grader.diagnosis.experiments.patterns import Reading, Readings
from grader.protocol import Array

FAINT = 0.05  # what is divided by less says little of a gate
# What people make of the new cell state on its way to the hidden state, in place of tanh.
SHOWN: dict[str, Callable[[Array, Array], Array]] = {
    "tanh(c)": lambda c, _: np.tanh(c),
    "c": lambda c, _: c,
    "sigmoid(c)": lambda c, _: 1 / (1 + np.exp(-c)),
    "tanh(c_(t-1))": lambda _, old: np.tanh(old),
    "c_(t-1)": lambda _, old: old,
    "relu(c)": lambda c, _: np.maximum(c, 0.0),
    "tanh(tanh(c))": lambda c, _: np.tanh(np.tanh(c)),
    "tanh(c / 2)": lambda c, _: np.tanh(c / 2),
    "tanh(2 * c)": lambda c, _: np.tanh(2 * c),
}


def of_hidden_state(cell: KnownCell, hidden: Array, new: Array) -> Readings:
    """The output gate, and what it is multiplied with."""
    opened = gates.sigmoid(gates.linear(cell, "o", cell.used))
    inner = (new, formulas_of_states.right(cell))  # what comes back may be another than was used
    dues = [opened * np.tanh(c) for c in inner]
    if any(gates.agrees(cell, hidden, due) for due in dues):
        return []
    for due in dues:
        if (whole := _whole(cell, hidden, due)) is not None:
            return [(whole, ("new_hidden_state",))]
    if form := formulas_of_states.of_hidden(cell, hidden, new):
        return [(Reading("hidden_is", {"form": form}), ("new_hidden_state",))]
    return _of_output_gate(cell, hidden, new)


def _of_output_gate(cell: KnownCell, hidden: Array, new: Array) -> Readings:
    """What is off in the gate, or in what it is multiplied with."""
    for what, made in SHOWN.items():
        shown = made(new, cell.c)
        gate = np.where(np.abs(shown) > FAINT, hidden / shown, np.nan)
        readings = gates.whole(cell, "o", gate, cell.used)
        if readings is not None:
            through = (
                []
                if what == "tanh(c)"
                else [(Reading("shown", {"what": what}), ("new_hidden_state",))]
            )
            return [*through, *((one, ("o",)) for one in readings)]
    return (
        _around(cell, hidden, new)
        or _joined_otherwise(cell, hidden, new)
        or _unknown_output(cell, hidden, new)
    )


def _whole(cell: KnownCell, hidden: Array, due: Array) -> Reading | None:
    """The right hidden state some times, or with an argument added."""
    if not cell.knows("o"):
        return None
    if (number := whole_states.times(cell, hidden, due)) is not None:
        return Reading("hidden_is", {"form": f"{number:.4g} * o * tanh(c_t)"})
    if (dropped := whole_states.dropped(cell, hidden, due)) is not None:
        return Reading("hidden_dropped", dropped)
    more = whole_states.with_more(cell, hidden, due)
    return None if more is None else Reading("hidden_added", more)


def _around(cell: KnownCell, hidden: Array, new: Array) -> Readings:
    """A tanh around the product with the output gate."""
    inside = np.arctanh(hidden)
    for what in ("c", "tanh(c)"):
        readings = gate_weights.told(cell, "o", inside / SHOWN[what](new, cell.c), cell.used)
        if readings is not None:
            around = Reading("tanh_around", {"what": what})
            return [(around, ("new_hidden_state",)), *((one, ("o",)) for one in readings)]
    return []


# What people write in place of the product of gate and tanh(c_t): the gate, out of hidden and shown.
INSTEAD: dict[str, Callable[[Array, Array], Array]] = {
    "o + tanh(c_t)": lambda hidden, shown: hidden - shown,
    "o - tanh(c_t)": lambda hidden, shown: hidden + shown,
    "tanh(c_t) - o": lambda hidden, shown: shown - hidden,
    "o / tanh(c_t)": lambda hidden, shown: hidden * shown,
    "tanh(c_t) / o": lambda hidden, shown: shown / hidden,
}


def _joined_otherwise(cell: KnownCell, hidden: Array, new: Array) -> Readings:
    """The gate joined with tanh(c_t) by another operator, and what is off in the gate besides."""
    for form, gate_of in INSTEAD.items():
        readings = gates.whole(cell, "o", gate_of(hidden, np.tanh(new)), cell.used)
        if readings is not None:
            joined = Reading("hidden_is", {"form": form})
            return [(joined, ("new_hidden_state",)), *((one, ("o",)) for one in readings)]
    return []


def _unknown_output(cell: KnownCell, hidden: Array, new: Array) -> Readings:
    """What can be said of a gate that no weights explain."""
    gate = hidden / np.tanh(new)
    if any(gate_weights.fits(cell, gate, extra=extra) for extra in (cell.c, new)):
        return [(Reading("gate_sees_cell"), ("o",))]
    found = gate_functions.unexplained(cell, "o")
    if found != [gates.UNEXPLAINED]:
        return [(one, ("o",)) for one in found]
    if units := whole_states.moved_by_unit_0(hidden, cell.run(whole_states.raised(cell.c))[0]):
        mixed = Reading("units_mixed", {"state": "new_hidden_state", "units": units})
        return [(mixed, ("new_hidden_state",))]
    if np.array_equal(cell.run(cell.c[::-1])[0], hidden):
        return [(Reading("hidden_without_cell"), ("new_hidden_state",))]
    return [(Reading("hidden_off"), ("new_hidden_state",))]
