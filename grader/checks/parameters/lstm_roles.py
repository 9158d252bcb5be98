"""Roles of an LSTM cell's scalars, by what each does to the hidden and the cell state.

With everything zero all gates stand half open and the candidate is zero. Then raising a scalar of
the candidate moves the new cell state even where the old one is zero; of the forget gate, only
where it is not; of the output gate, the hidden state alone. The input gate shows once the
candidate's bias is raised. Which rows of the batch move tells bias, input or recurrent weight.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.checks.compare import agrees
from grader.checks.parameters.assembly import Numbered, Role, assemble
from grader.checks.parameters.cell_sizes import gate_shapes
from grader.checks.parameters.layout import Layout
from grader.checks.parameters.rnn_bench import PER_MESSAGE, STEADY, least_precise
from grader.checks.parameters.rnn_roles import MOVED, RAISE
from grader.checks.states import read_cell
from grader.protocol import (
    Array,
    Call,
    CandidateObject,
    Step,
    Write,
)

GATES = ("f", "i", "c", "o")
MORE = 1.2  # a weight on twice the input moves a sigmoid by about 1.7 times as much, a bias by 1
Slots = dict[str, list[NDArray[np.int64]]]


def shapes(I: int, H: int) -> dict[str, tuple[int, ...]]:  # noqa: E741  # sizes as in the equations
    """The documented parameters of LSTMCell(I, H) and their shapes."""
    return gate_shapes(GATES, I, H)


def probe(
    cell: CandidateObject,
    layout: Layout,
    sizes: tuple[int, int],
    make: Callable[[], CandidateObject],
) -> Layout:
    """The layout with slots for all parameters that move something."""
    bench = _Bench(cell, layout, make, *sizes)
    bench.find_order()
    layout = bench.layout
    roles: Numbered = defaultdict(list)
    remaining = _open_gates(bench, range(layout.storage.size), roles)
    _closed_gates(bench, remaining, roles)
    slots = _told_apart(assemble(roles, layout))
    return replace(layout, slots=slots, swapped=bench.swapped)


def _told_apart(slots: Slots) -> Slots:
    """Input gate and candidate of a cell that puts both through a sigmoid: they act alike.

    Every copy of the one has a copy of the other next to it.
    """
    names = [f"{kind}_c" for kind in "WUb"]
    if any(name.endswith("_i") for name in slots) or not all(
        name in slots and len(slots[name]) % 2 == 0 for name in names
    ):
        return slots
    gates = {name.replace("_c", "_i"): slots[name][::2] for name in names}
    return {**slots, **gates, **{name: slots[name][1::2] for name in names}}


@dataclass
class _Bench:
    """One cell on which scalars are raised, fed with one row per question.

    Rows: nothing, then input i alone, then hidden unit k alone; all with c = 0, then with c = 1.
    """

    cell: CandidateObject
    layout: Layout
    make: Callable[[], CandidateObject]
    I: int  # noqa: E741  # sizes as in the equations
    H: int
    swapped: bool = False
    stateful: bool = False  # the same call gives another result the second time
    mixing: bool = False  # a row gives another result alone than in a batch

    @property
    def half(self) -> int:
        return 1 + self.I + self.H

    def find_order(self) -> None:
        """With all zero c' = c/2, and h' = tanh(c')/2."""
        nothing = np.zeros(self.layout.storage.size)
        first, second = self.responses(nothing, (), 0.0)[0]
        self.stateful = not np.array_equal(self.responses(nothing, (), 0.0)[0][1], second)
        halved = self._rows(0.0)[2] / 2
        is_cell = [bool(np.abs(state - halved).max() <= MOVED) for state in (first, second)]
        # Where both are the cell state no order is wrong; where none is, the hidden one tells.
        pairs = ((first, second), (second, first))
        shows = [bool(np.abs(b - np.tanh(a) / 2).max() <= MOVED) for a, b in pairs]
        self.swapped = [True, False] in (is_cell, shows) and is_cell != [False, True]
        self.layout = replace(self.layout, computed=least_precise(first, second))
        self.mixing = self._mixes()

    def _mixes(self) -> bool:
        vector = np.random.default_rng(1).uniform(-0.5, 0.5, self.layout.storage.size)
        rows = self._rows(0.5)
        together, _ = self._states([vector], rows)[0]
        alone, _ = self._states([vector], tuple(part[-1:] for part in rows))[0]
        return not agrees(alone, together[-1:], STEADY)

    def responses(
        self, base: NDArray[np.float64], raised: Sequence[int], by: float, shift: float = 0.0
    ) -> list[tuple[Array, Array]]:
        """(hidden, cell) with one scalar after the other raised above `base`; first with none."""
        arguments = self._rows(shift)
        vectors = [base]
        for number in raised:
            vector = base.copy()
            vector[number] += by
            vectors.append(vector)
        states: list[tuple[Array, Array]] = []
        for start in range(0, len(vectors), PER_MESSAGE):
            for first, second in self._states(vectors[start : start + PER_MESSAGE], arguments):
                states.append((second, first) if self.swapped else (first, second))
        return states

    def _states(
        self, vectors: Sequence[NDArray[np.float64]], arguments: tuple[Array, ...]
    ) -> list[tuple[Array, Array]]:
        """Both states for each vector; each row alone if they mix."""
        count = len(arguments[0])
        if not self.mixing:
            run = self._run(vectors, arguments)
            return [read_cell(returned, count, self.H) for returned in run]
        rows = [
            self._run(vectors, tuple(part[[row]] for part in arguments)) for row in range(count)
        ]
        pairs = [[read_cell(returned, 1, self.H) for returned in run] for run in rows]
        return [
            (np.vstack([first for first, _ in both]), np.vstack([second for _, second in both]))
            for both in zip(*pairs, strict=True)
        ]

    def _run(
        self, vectors: Sequence[NDArray[np.float64]], arguments: tuple[Array, ...]
    ) -> list[Any]:
        """What forward returns after each vector was written; on new objects if they have a memory."""
        forward = Call("forward", arguments)
        pairs: list[list[Step]] = [
            [Write(self.layout.storage.arrays_of(vector)), forward] for vector in vectors
        ]
        if self.stateful:
            return [self.make().replay(pair)[1] for pair in pairs]
        return self.cell.replay([step for pair in pairs for step in pair])[1::2]

    def _rows(self, shift: float) -> tuple[Array, Array, Array]:
        x, h = np.zeros((self.half, self.I)), np.zeros((self.half, self.H))
        x[1 : 1 + self.I] = np.eye(self.I)
        h[1 + self.I :] = np.eye(self.H)
        x[:, 0] += shift
        c = np.repeat([0.0, 1.0], self.half)[:, None] * np.ones(self.H)
        return np.vstack([x, x]), np.vstack([h, h]), c


def _open_gates(bench: _Bench, numbers: Sequence[int], roles: Numbered) -> list[int]:
    """Candidate, forget and output gate."""
    (h0, c0), *raised = bench.responses(np.zeros(bench.layout.storage.size), numbers, RAISE)
    remaining = []
    for number, (h, c) in zip(numbers, raised, strict=True):
        role = _open_role(h - h0, c - c0, bench)
        if role is None:
            remaining.append(number)
        else:
            roles[role].append(number)
    return remaining


def _open_role(hidden: Array, cell: Array, bench: _Bench) -> Role | None:
    with_empty, with_full = cell[: bench.half], cell[bench.half :]
    if np.abs(with_empty).max() > MOVED:
        return _placed("c", with_empty, bench)
    if np.abs(with_full).max() > MOVED:
        return _placed("f", with_full, bench)
    if np.abs(hidden).max() > MOVED:
        return _placed("o", hidden[bench.half :], bench)
    return None


def _closed_gates(bench: _Bench, numbers: Sequence[int], roles: Numbered) -> None:
    """The input gate, seen once every unit's candidate is open.

    So is an output gate that showed nothing before, the old cell state having no part in the new.
    """
    vector = np.zeros(bench.layout.storage.size)
    biases = [roles[("b_c", (unit,))][0] for unit in range(bench.H) if roles.get(("b_c", (unit,)))]
    shift = 0.0
    if len(biases) == bench.H:
        vector[biases] = 1.0
    else:  # no candidate bias: let input 0, raised in every row, drive the candidate
        shift = 1.0
        for unit in range(bench.H):
            if found := roles.get(("W_c", (0, unit))):
                vector[found[0]] = 1.0
    (h0, c0), *raised = bench.responses(vector, numbers, RAISE, shift)
    for number, (h, c) in zip(numbers, raised, strict=True):
        gate, before, after = "i", c0[: bench.half], c[: bench.half]
        if np.abs(after - before).max() <= MOVED:
            gate, before, after = "o", h0[: bench.half], h[: bench.half]
        moved = after - before
        if np.abs(moved).max() <= MOVED:
            continue
        role = _placed(gate, moved, bench)
        if shift and role is not None and role[0] == f"b_{gate}" and _grows(before, moved):
            role = f"W_{gate}", (0, role[1][0])  # input 0 is raised in every row
        if role is not None:
            roles[role].append(number)


def _grows(before: Array, moved: Array) -> bool:
    """Whether row 1, where input 0 is twice as large, moves more than row 0 for its size."""
    unit = int(np.abs(moved).sum(axis=0).argmax())
    shares = moved[:2, unit] / before[:2, unit]
    return bool(shares[1] > MORE * shares[0])


def _placed(gate: str, moved: Array, bench: _Bench) -> Role | None:
    """Which of the gate's parameters moves these rows (half, H), and which element."""
    rows = np.abs(moved).max(axis=1) > MOVED
    unit = int(np.abs(moved).sum(axis=0).argmax())
    if rows[0]:
        return f"b_{gate}", (unit,)
    row = int(rows.argmax())
    if rows.sum() != 1:
        return None
    if row <= bench.I:
        return f"W_{gate}", (row - 1, unit)
    return f"U_{gate}", (row - 1 - bench.I, unit)
