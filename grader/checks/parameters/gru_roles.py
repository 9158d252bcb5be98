"""Roles of a GRU cell's scalars, by what each does to the new hidden state.

In both published forms, and whichever of z and 1 - z weighs the old state. With everything zero the
gates stand half open and the candidate is zero, so that where the old state is zero only the
candidate's scalars move anything. With the candidate driven to one side and then to the other, the
update gate's scalars move the state to opposite sides, the candidate's to one and the same. The reset
gate shows once the candidate reads the state: then its bias moves opposite states to opposite sides.
A bias that the reset gate weighs shows that gate too soon: there an input drives the candidate.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from grader.checks.parameters.assembly import Numbered, assemble
from grader.checks.parameters.cell_sizes import gate_shapes
from grader.checks.parameters.layout import Layout
from grader.checks.parameters.rnn_bench import PER_MESSAGE, least_precise
from grader.checks.parameters.rnn_roles import MOVED, RAISE
from grader.checks.states import read_state
from grader.protocol import Array, Call, CandidateObject, Step, Write

GATES = ("z", "r", "h")  # update, reset, candidate
WEIGHED = 0.5 * np.tanh(0.5 * RAISE)  # how far a bias moves the state where r, half open, weighs it
SMALL_STATE = 0.5  # of the one unit that is not zero: nearer to it than a driven candidate is


def shapes(I: int, H: int) -> dict[str, tuple[int, ...]]:  # noqa: E741  # sizes as in the equations
    """The documented parameters of GRUCell(I, H) and their shapes."""
    return gate_shapes(GATES, I, H)


def probe(
    cell: CandidateObject,
    layout: Layout,
    sizes: tuple[int, int],
    make: Callable[[], CandidateObject],
) -> Layout:
    """The layout with slots for all parameters that move something."""
    del make
    bench = _GruBench(cell, layout, *sizes)
    layout = replace(layout, computed=least_precise(bench.some_state()))
    bench.layout = layout
    roles: Numbered = defaultdict(list)
    rest = _candidate_inputs(bench, range(layout.storage.size), roles)
    rest = _update_and_recurrent(bench, rest, roles)
    _reset(bench, rest, roles)
    return replace(layout, slots=assemble(roles, layout))


@dataclass
class _GruBench:
    """One cell on which scalars are raised, fed with one row per question.

    Rows: nothing, then input i alone, then hidden unit k alone.
    """

    cell: CandidateObject
    layout: Layout
    I: int  # noqa: E741  # sizes as in the equations
    H: int
    weighed: set[int] = field(default_factory=set)  # biases of the candidate inside the reset gate

    def some_state(self) -> Array:
        vector = np.random.default_rng(1).uniform(-0.5, 0.5, self.layout.storage.size)
        return self.states([vector], np.ones((2, self.I)), np.ones((2, self.H)))[0]

    def rows(self) -> tuple[Array, Array]:
        count = 1 + self.I + self.H
        x, h = np.zeros((count, self.I)), np.zeros((count, self.H))
        x[1 : 1 + self.I] = np.eye(self.I)
        h[1 + self.I :] = SMALL_STATE * np.eye(self.H)
        return x, h

    def moved(
        self, base: NDArray[np.float64], raised: Sequence[int], x: Array, h: Array
    ) -> list[Array]:
        """How far the new state moves as one scalar after the other is raised above `base`."""
        vectors = [base]
        for number in raised:
            vectors.append(base.copy())
            vectors[-1][number] += RAISE
        first, *others = self.states(vectors, x, h)
        return [other - first for other in others]

    def states(self, vectors: Sequence[NDArray[np.float64]], x: Array, h: Array) -> list[Array]:
        found: list[Array] = []
        for start in range(0, len(vectors), PER_MESSAGE):
            steps: list[Step] = []
            for vector in vectors[start : start + PER_MESSAGE]:
                steps += [Write(self.layout.storage.arrays_of(vector)), Call("forward", (x, h))]
            returned = self.cell.replay(steps)[1::2]
            found += [read_state(one, len(x), self.H) for one in returned]
        return found


def _candidate_inputs(bench: _GruBench, numbers: Sequence[int], roles: Numbered) -> list[int]:
    """The candidate's bias and input weights: all that moves a state of zero. The rest is given."""
    x, h = bench.rows()
    rest = []
    nothing = np.zeros(bench.layout.storage.size)
    for number, moved in zip(numbers, bench.moved(nothing, numbers, x, h), strict=True):
        seen = _rows_moved(moved)
        unit = _unit(moved)
        if seen[0]:
            roles[("b_h", (unit,))].append(number)
            if np.isclose(abs(moved[0, unit]), WEIGHED):
                bench.weighed.add(number)
        elif seen[1 : 1 + bench.I].any():
            roles[("W_h", (int(seen[1 : 1 + bench.I].argmax()), unit))].append(number)
        else:
            rest.append(number)
    return rest


def _update_and_recurrent(bench: _GruBench, numbers: Sequence[int], roles: Numbered) -> list[int]:
    """The update gate and the candidate's recurrent weights, the candidate driven up and down."""
    x, h = bench.rows()
    driven = _driven(bench, roles)
    if driven is None:
        x[:, 0] += 1.0
        x, h = np.vstack([x, -x[:1]]), np.vstack([h, h[:1]])
    up, down = (bench.moved(sign * _driving(bench, roles), numbers, x, h) for sign in (1.0, -1.0))
    rest = []
    for number, above, below in zip(numbers, up, down, strict=True):
        seen = _rows_moved(above)
        if not seen.any():
            rest.append(number)
            continue
        unit, row = _unit(above), int(seen.argmax())
        opposite = float(np.sum(above[row] * below[row])) < 0.0
        # Input 0 drives: with its sign the candidate turns, and what its own weight adds to the gate.
        turns = driven is None and float(np.sum(above[0] * above[-1])) > 0.0
        if row == 0:
            roles[("W_z", (0, unit)) if turns else ("b_z", (unit,))].append(number)
        elif row <= bench.I:
            roles[("W_z", (row - 1, unit))].append(number)
        else:
            roles[("U_z" if opposite else "U_h", (row - 1 - bench.I, unit))].append(number)
    return rest


def _driven(bench: _GruBench, roles: Numbered) -> list[int] | None:
    """A bias of the candidate, unweighed, for every unit; None where there are not enough."""
    found = [roles.get(("b_h", (unit,)), []) for unit in range(bench.H)]
    unweighed = [[n for n in numbers if n not in bench.weighed] for numbers in found]
    return [numbers[0] for numbers in unweighed] if all(unweighed) else None


def _driving(bench: _GruBench, roles: Numbered) -> NDArray[np.float64]:
    """Parameters that drive every unit's candidate up: by its bias, else by input 0."""
    vector = np.zeros(bench.layout.storage.size)
    biases = _driven(bench, roles)
    inputs = [roles.get(("W_h", (0, unit)), [])[:1] for unit in range(bench.H)]
    vector[biases or [number for numbers in inputs for number in numbers]] = 1.0
    return vector


def _reset(bench: _GruBench, numbers: Sequence[int], roles: Numbered) -> None:
    """The reset gate, each unit's candidate reading that unit's own state."""
    vector = np.zeros(bench.layout.storage.size)
    for unit in range(bench.H):
        vector[roles.get(("U_h", (unit, unit)), [])[:1]] = 1.0
    x, h = _reset_rows(bench)
    for number, moved in zip(numbers, bench.moved(vector, numbers, x, h), strict=True):
        seen = _rows_moved(moved)
        if not seen.any():
            continue
        unit = _unit(moved)
        if not seen[0]:  # only where its input is there
            roles[("W_r", (int(seen[2 : 2 + bench.I].argmax()), unit))].append(number)
            continue
        without = np.flatnonzero(~seen[2 + bench.I :])  # the units that have to be there
        others = [int(k) for k in without if k != unit]
        opposite = moved[0, unit] * moved[1, unit] < 0.0
        if others:
            roles[("U_r", (others[0], unit))].append(number)
        elif opposite:
            roles[("b_r", (unit,))].append(number)
        else:
            roles[("U_r", (unit, unit))].append(number)


def _reset_rows(bench: _GruBench) -> tuple[Array, Array]:
    """All units at 1, all at -1; all at 1 and input i; all at 1 but unit k."""
    count = 2 + bench.I + bench.H
    x, h = np.zeros((count, bench.I)), np.ones((count, bench.H))
    h[1] = -1.0
    x[2 : 2 + bench.I] = np.eye(bench.I)
    h[2 + bench.I :] -= np.eye(bench.H)
    return x, h


def _rows_moved(moved: Array) -> NDArray[np.bool_]:
    return np.asarray(np.abs(moved).max(axis=1) > MOVED)


def _unit(moved: Array) -> int:
    return int(np.abs(moved).sum(axis=0).argmax())
