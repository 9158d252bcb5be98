"""What is wrong with an LSTM cell: its gates, each taken out of what comes back, and their weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np

from grader.checks.known_model import CellTrial, Parameters, random_parameters
from grader.checks.parameters import acting, lstm_roles
from grader.checks.parameters.layout import Layout
from grader.checks.parameters.roles import lstm_layout, with_parameters
from grader.checks.states import read_cell
from grader.diagnosis.cell import formulas_of_states, gates
from grader.diagnosis.experiments import patterns
from grader.diagnosis.experiments.network import DOUBLE, SINGLE
from grader.diagnosis.experiments.patterns import Reading
from grader.protocol import Array, CandidateClass

Readings = list[tuple[Reading, tuple[str, ...]]]

SIZES = lstm_roles.PUBLIC
ROWS = 120
ARGUMENTS = ("input_t", "hidden_state", "cell_state")  # of forward, in this order
WHOLE = 1e-9
FAINT = 0.05  # what is divided by less says little of a gate
HUGE = 1e4  # exp of it is infinite
SILENT = {"weight_unused", "gate_constant"}  # readings that weights take no part
BENT = {"tanh_on_cell", "cell_clipped", "cell_not_linear"}  # the new cell state is no plain sum
States = tuple[Array, Array]

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


@dataclass(frozen=True)
class KnownCell:
    """A cell, and what to feed it: rows of input, hidden state and cell state."""

    cls: CandidateClass
    layout: Layout
    values: Parameters
    x: Array
    h: Array
    c: Array

    @classmethod
    def make(cls, candidate: CandidateClass) -> KnownCell:
        rng = np.random.default_rng(15)
        layout = lstm_layout(candidate, SIZES)
        I, H = SIZES  # noqa: E741  # sizes as in the equations
        values = random_parameters(lstm_roles.shapes(*SIZES), rng)
        x, h = rng.normal(size=(ROWS, I)), rng.uniform(-0.9, 0.9, (ROWS, H))
        c = rng.uniform(0.4, 1.6, (ROWS, H)) * rng.choice([-1.0, 1.0], (ROWS, H))
        return cls(candidate, layout, values, x, h, c)

    @property
    def limit(self) -> float:
        return SINGLE if self.layout.single else DOUBLE

    @cached_property
    def used(self) -> Parameters:
        return self.layout.effective(self.values)

    def run(self, c: Array, values: Parameters | None = None) -> States:
        """new_hidden_state, new_cell_state of a fresh cell, float64."""
        trial = CellTrial.make(self.cls, SIZES, values or self.values)
        hidden, cell = trial.forward(self.x, self.h, c)
        return hidden.astype(np.float64), cell.astype(np.float64)


def examine(cls: CandidateClass) -> Readings:
    """What is read off the cell, state by state and gate by gate. Raises StudentFault."""
    cell = KnownCell.make(cls)
    if (odd := _apart(cell)) is not None:
        return [(odd, ("cell",))]
    hidden, new = cell.run(cell.c)
    if not np.all(np.isfinite(hidden)) or not np.all(np.isfinite(new)):
        return []
    found = _new_cell(cell, new) + _output(cell, hidden, new)
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


def _apart(cell: KnownCell) -> Reading | None:
    """Whether rows mix, or the cell remembers: then its gates cannot be told."""
    trial = CellTrial.make(cell.cls, SIZES, cell.values)
    rows = slice(0, 3)
    few = cell.x[rows], cell.h[rows], cell.c[rows]
    first, second = trial.forward(*few), trial.forward(*few)
    if not all(np.all(np.isfinite(state)) for state in first):
        return Reading("not_finite")
    if not _same(first, second):
        return Reading("state_kept" if _same(first, _fresh(cell, few)) else "random")
    if not _same(first, _fresh(cell, few)):
        return Reading("depends_on_start")
    mixed = patterns.mixed(_influence(cell, few, first), "rows_mixed", "rows_follow_one")
    return None if mixed is None else _of_one_argument(cell, few, first) or mixed


def _of_one_argument(cell: KnownCell, few: Sequence[Array], first: States) -> Reading | None:
    """Whether one argument is taken of one row for all, or of another row than the row's own."""
    itself = np.eye(len(few[0]), dtype=bool)
    influences = [_influence(cell, few, first, (place,)) for place in range(len(ARGUMENTS))]
    shared = [k for k, moved in enumerate(influences) if not np.array_equal(moved, itself)]
    if len(shared) != 1:
        return None
    argument, moved = ARGUMENTS[shared[0]], influences[shared[0]]
    leading = np.flatnonzero(moved.all(axis=1))
    if leading.size == 1 and np.sum(moved) == len(moved):
        return Reading("follow_row", {"argument": argument, "row": int(leading[0])})
    if np.all(moved.sum(axis=1) == 1):
        return Reading("other_row", {"argument": argument, "row": int(np.argmax(moved[0]))})
    return None


def _influence(
    cell: KnownCell, few: Sequence[Array], before: States, places: Sequence[int] = (0, 1, 2)
) -> Array:
    """(rows, rows): whether changing a row of these arguments changes what comes of each."""
    moved = []
    for row in range(len(few[0])):
        changed = [part.copy() for part in few]
        for place in places:
            changed[place][row] += 0.3
        pairs = zip(before, _fresh(cell, changed), strict=True)
        moved.append(np.max([np.abs(a - b).max(axis=1) for a, b in pairs], axis=0) > WHOLE)
    return np.array(moved)


def _fresh(cell: KnownCell, arguments: Sequence[Array]) -> States:
    return CellTrial.make(cell.cls, SIZES, cell.values).forward(*arguments)


def _same(one: States, other: States) -> bool:
    return all(np.allclose(a, b, rtol=0, atol=WHOLE) for a, b in zip(one, other, strict=True))


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


def _output(cell: KnownCell, hidden: Array, new: Array) -> Readings:
    """The output gate, and what it is multiplied with."""
    opened = gates.sigmoid(gates.linear(cell, "o", cell.used))
    inner = (new, formulas_of_states.right(cell))  # what comes back may be another than was used
    dues = [opened * np.tanh(c) for c in inner]
    if any(gates.agrees(cell, hidden, due) for due in dues):
        return []
    for due in dues:
        if (added := _with_argument(cell, hidden - due)) is not None:
            return [(added, ("new_hidden_state",))]
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
    return _around(cell, hidden, new) or [_unknown_output(cell, hidden, new)]


def _with_argument(cell: KnownCell, rest: Array) -> Reading | None:
    """What is added to the right hidden state, if it is an argument."""
    for argument, value in (("hidden_state", cell.h), ("cell_state", cell.c)):
        if gates.agrees(cell, rest, value):
            return Reading("hidden_added", {"argument": argument})
    return None


def _around(cell: KnownCell, hidden: Array, new: Array) -> Readings:
    """A tanh around the product with the output gate."""
    inside = np.arctanh(hidden)
    for what in ("c", "tanh(c)"):
        readings = gates.told(cell, "o", inside / SHOWN[what](new, cell.c), cell.used)
        if readings is not None:
            around = Reading("tanh_around", {"what": what})
            return [(around, ("new_hidden_state",)), *((one, ("o",)) for one in readings)]
    return []


def _unknown_output(cell: KnownCell, hidden: Array, new: Array) -> tuple[Reading, tuple[str, ...]]:
    """What can be said of a gate that no weights explain."""
    gate = hidden / np.tanh(new)
    if any(gates.fits(cell, gate, extra=extra) for extra in (cell.c, new)):
        return Reading("gate_sees_cell"), ("o",)
    if gates.unexplained(cell, "o", gate, cell.used).kind == "gate_function":
        return Reading("gate_function"), ("o",)
    return Reading("hidden_off"), ("new_hidden_state",)


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
