"""Whether the rows of a batch stay apart, and a cell remembers nothing between calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from grader.checks.known_model import CellTrial
from grader.diagnosis.cell.known_cell import SIZES, WHOLE, KnownCell, States
from grader.diagnosis.experiments import patterns
from grader.diagnosis.experiments.patterns import Reading
from grader.protocol import Array

CALLS = 6  # dropout of a tenth leaves 12 numbers as they were in one of ten pairs of calls
ARGUMENTS = ("input_t", "hidden_state", "cell_state")  # of forward, in this order


def apart(cell: KnownCell) -> Reading | None:
    """Whether rows mix, or the cell remembers: then its gates cannot be told."""
    trial = CellTrial.make(cell.cls, SIZES, cell.values)
    rows = slice(0, 3)
    few = cell.x[rows], cell.h[rows], cell.c[rows]
    first, *others = (trial.forward(*few) for _ in range(CALLS))
    if not all(np.all(np.isfinite(state)) for state in first):
        return Reading("not_finite")
    if other := next((one for one in others if not _same(first, one)), None):
        anew = trial.anew()  # all calls again: some may be the same by chance
        keeps = all(_same(seen, anew.forward(*few)) for seen in (first, *others))
        return _state_kept(cell, few, other) if keeps else Reading("random")
    if not _same(first, _fresh(cell, few)):
        unset = tuple(name for name in cell.layout.absent if name[0] in "WU")
        return Reading("depends_on_start", {"unset": unset} if unset else {})
    moved = _influence(cell, few, first)
    if moved.any() and not moved.any(axis=1).all():
        return Reading("rows_deaf", {"rows": tuple(map(int, np.flatnonzero(~moved.any(axis=1))))})
    mixed = patterns.mixed(moved, "rows_mixed", "rows_follow_one")
    if mixed is None:
        return Reading("rows_mixed") if _mixes_unseen(cell) else None
    return _of_one_argument(cell, few, first) or mixed


def _mixes_unseen(cell: KnownCell) -> bool:
    """Whether row 0 moves others, with random numbers in arrays that show no role as well.

    Of a cell whose rows mix no role may be found: less the mean of the batch, one row alone is 0.
    """
    full = cell.filled()
    moved = replace(cell, x=np.vstack([cell.x[:1] + 0.3, cell.x[1:]]))
    pairs = zip(cell.run_with(full, cell.c), moved.run_with(full, cell.c), strict=True)
    return any(not np.array_equal(one[1:], other[1:]) for one, other in pairs)


def _state_kept(cell: KnownCell, few: Sequence[Array], second: States) -> Reading:
    """With the state that takes no part from the second call on, if it is one of the two."""
    for place in (1, 2):
        trial = CellTrial.make(cell.cls, SIZES, cell.values)
        trial.forward(*few)
        moved = [part + 0.3 if place == k else part for k, part in enumerate(few)]
        if _same(second, trial.forward(*moved)):
            return Reading("state_kept", {"argument": ARGUMENTS[place]})
    return Reading("state_kept")


def shows_random_only(cell: KnownCell) -> bool:
    """Whether new_cell_state is the same each time, where the hidden state is not."""
    return np.array_equal(cell.run(cell.c)[1], cell.run(cell.c)[1])


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
