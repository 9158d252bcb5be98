"""Copies of the parameters out of which an update makes those that forward reads.

A master in another precision, a vector that is unpacked anew: who writes the parameters has to write
both. A copy from which nothing comes back to forward is none of these, and stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from grader.checks.parameters.layout import Layout
from grader.checks.parameters.storage import Numbers
from grader.faults import StudentFault
from grader.protocol import Array, Call, CandidateObject, CutVector, Read, Write

HALF = 2e-3  # how nearly a float16 holds a number
TINY = 1e-9  # a learning rate at which no step is seen
RATE = 0.5  # one at which every step is seen
FIRST, LAST = 1.0, 2.0  # the numbers in the copies; those that forward reads are smaller


def mirrored(make: Callable[[], CandidateObject], layout: Layout, x: Array) -> Layout:
    """The layout with those copies of its parameters, if the object keeps any. x (T, B, I)."""
    copies = layout.without_role
    if layout.missing or layout.dead or not _hold_the_same(layout, copies):
        return layout
    try:
        found = replace(layout, mirrors=_origins(make(), layout, copies, x))
        return found if found.mirrors and _keep_up(make(), found, x) else layout
    except StudentFault:
        return layout


def moved_first(make: Callable[[], CandidateObject], layout: Layout, x: Array) -> Layout:
    """Of several copies of a weight, which forward adds up, that first which an update moves.

    A start that stays and a displacement, say. x (T, B, I).
    """
    if all(len(layout.slots[name]) == 1 for name in layout.slots if len(layout.shapes[name]) > 1):
        return layout
    rng = np.random.default_rng(25)
    values = {name: rng.uniform(-0.5, 0.5, shape) for name, shape in layout.shapes.items()}
    written = layout.written(values)
    before = layout.storage.vector(written)
    try:
        moved = _updated(make(), layout, written, x, RATE) != before
    except StudentFault:
        return layout
    slots = {
        name: sorted(copies, key=lambda copy: not moved[copy].any())
        for name, copies in layout.slots.items()
    }
    return replace(layout, slots=slots)


def _origins(
    rnn: CandidateObject, layout: Layout, copies: Sequence[int], x: Array
) -> dict[str, Numbers]:
    """The scalars from which each parameter comes in an update, where one has such."""
    vector = np.random.default_rng(23).uniform(-0.5, 0.5, layout.storage.size)
    vector[copies] = np.linspace(FIRST, LAST, len(copies))
    after = _updated(rnn, layout, layout.storage.arrays_of(vector), x, TINY)
    found = {name: _origin(after[slots[0]], copies) for name, slots in layout.slots.items()}
    return {name: one for name, one in found.items() if one is not None}


def _keep_up(rnn: CandidateObject, layout: Layout, x: Array) -> bool:
    """Whether the copies are moved themselves: what stays behind is no master."""
    rng = np.random.default_rng(24)
    values = {name: rng.uniform(-0.5, 0.5, shape) for name, shape in layout.shapes.items()}
    after = _updated(rnn, layout, layout.written(values), x, RATE)
    return all(
        np.allclose(after[one], after[layout.slots[name][0]], rtol=HALF, atol=HALF)
        for name, one in layout.mirrors.items()
    )


def _updated(
    rnn: CandidateObject, layout: Layout, values: CutVector, x: Array, rate: float
) -> NDArray[np.float64]:
    """All scalars after an update of an object that held these values."""
    d_outputs = np.ones((*x.shape[:2], *layout.shapes["b_y"]))
    calls = [
        Call("forward", (x,)), Call("backward", (d_outputs,)), Call("update_parameters", (rate,))
    ]  # fmt: skip
    return layout.storage.vector(rnn.replay([Write(values), *calls, Read()])[-1])


def _hold_the_same(layout: Layout, copies: Sequence[int]) -> bool:
    """Whether all numbers of one of a new object's parameters are among these as well."""
    vector = layout.storage.vector(layout.storage.arrays)
    others = np.sort(vector[copies][vector[copies] != 0.0])
    return any(_are_among(others, vector[slots[0].ravel()]) for slots in layout.slots.values())


def _are_among(others: NDArray[np.float64], values: NDArray[np.float64]) -> bool:
    """Whether each of these that is not zero is one of the others, which are sorted."""
    weights = values[values != 0.0]
    if not weights.size or others.size < weights.size:
        return False
    right = np.searchsorted(others, weights).clip(0, others.size - 1)
    nearest = np.minimum(
        np.abs(others[right] - weights), np.abs(others[(right - 1).clip(0)] - weights)
    )
    return bool(np.all(nearest <= HALF * np.abs(weights)))


def _origin(values: NDArray[np.float64], copies: Sequence[int]) -> Numbers | None:
    """The scalars out of which these values were made, in their shape; None if not all were."""
    apart = (LAST - FIRST) / max(len(copies) - 1, 1)
    places = (values - FIRST) / apart
    whole = np.rint(places)
    if (
        not (np.abs(places - whole) < 1 / 3).all() or whole.min() < 0 or whole.max() >= len(copies)
    ):  # nearer to one than to any other
        return None
    return np.asarray(copies, np.int64)[whole.astype(np.int64)]
