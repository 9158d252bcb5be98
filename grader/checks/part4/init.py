"""What q4_1 and q4_5 ask of both constructors: parameters, and parameters of their own."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

import numpy as np

from grader.checks.parameters.layout import Layout
from grader.checks.parameters.roles import fresh, with_parameters
from grader.checks.parameters.storage import leaf, oriented
from grader.faults import CheckFailed
from grader.language import Message, say
from grader.protocol import Array, CandidateClass

WRITTEN = 7.0  # no constructor's value


def require(layout: Layout, names: Iterable[str]) -> None:
    """Refuse an object that has no arrays for these parameters."""
    names = list(names)
    if lent := [name for name in names if name in layout.lent]:
        raise CheckFailed(
            say(
                "On your object {names} is one number, or holds integers: a bias is an array of floats, one "
                "for each unit. Everywhere else it is judged with such an array in its place.",
                names=tuple(lent),
            )
        )
    if (both := layout.overlapping) and both[1] in names:
        raise CheckFailed(
            say(
                "{one} and {other} lie in the same memory, so that writing one changes the other: give each an array of its own.",
                one=both[0],
                other=both[1],
            )
        )
    absent = [name for name in names if name in layout.absent]
    if absent and layout.unseen is not None:
        what = _not_to_be_seen(layout, absent)
        raise CheckFailed(say("{what} {held}", what=what, held=layout.inventory), what)
    if absent:
        raise CheckFailed(
            say(
                "Among the arrays on your object none acts as {names} alone: it is missing, forward does not use it, or it is one and the same array as another parameter.",
                names=tuple(absent),
            )
        )


def _not_to_be_seen(layout: Layout, absent: list[str]) -> Message:
    """What is missing for certain; where arrays of their shape are there, but too few: which."""
    fitting = {
        shape: sum(_fits(array, shape) for array in layout.storage.arrays.values())
        for shape in {layout.shapes[name] for name in absent}
    }
    nowhere = [name for name in absent if not fitting[layout.shapes[name]]]
    if nowhere:
        return say(
            "Forward cannot be called, and by name and shape nothing on your object is {names}.",
            names=tuple(nowhere),
        )
    shape = layout.shapes[absent[0]]
    return say(
        "Forward cannot be called, and of the shape of {names} there are {there} arrays where {due} are due.",
        names=tuple(name for name in absent if layout.shapes[name] == shape),
        there=fitting[shape],
        due=sum(other == shape for other in layout.shapes.values()),
    )


def require_shapes(layout: Layout, call: str) -> None:
    """Refuse documented arrays of other shapes, where forward cannot be called with them.

    Where it can, an array is whatever it acts as: a bias may be a row of its weights.
    """
    if layout.unseen is None:
        return
    wrong = [
        (name, array.shape, layout.shapes[name])
        for path, array in layout.storage.arrays.items()
        if (name := leaf(path)) in layout.shapes and not _fits(array, layout.shapes[name])
    ]
    if wrong:
        told = [
            say(
                "{name} has shape {found} and should have {expected}.",
                name=name,
                found=str(found),
                expected=str(expected),
            )
            for name, found, expected in wrong
        ]
        what = reduce(lambda one, more: say("{one} {more}", one=one, more=more), told)
        raise CheckFailed(
            say("After {call}: {what}", call=call, what=what),
            say("Arrays of a wrong shape: {names}.", names=tuple(name for name, *_ in wrong)),
        )


def _fits(array: Array, shape: tuple[int, ...]) -> bool:
    """Whether it has the documented shape, or the same in the other orientation."""
    return oriented(np.arange(array.size).reshape(array.shape), shape) is not None


def require_finite(layout: Layout) -> None:
    """Refuse an object that begins with NaN or infinity, of which nothing can be learned."""
    values = layout.values(layout.storage.arrays)
    wrong = [name for name in layout.slots if not np.all(np.isfinite(values[name]))]
    if wrong:
        raise CheckFailed(say("A new object's {names} holds NaN or infinity.", names=tuple(wrong)))


def zeros(layout: Layout, names: Iterable[str]) -> list[str]:
    """Which of these parameters begin as nothing but zeros."""
    values = layout.values(layout.storage.arrays)
    return [name for name in names if name in layout.slots and not values[name].any()]


def require_same_roles(usual: Layout, other: Layout) -> None:
    """Refuse a class that lacks parameters at other sizes than the usual ones."""
    if set(other.missing) - set(usual.missing):
        raise CheckFailed(
            say("With other sizes some parameters are missing: do not fix sizes in the code.")
        )


def require_own_state(cls: CandidateClass, layout: Layout, sizes: tuple[int, ...]) -> None:
    """Refuse a class where writing to one object changes another."""
    other = fresh(cls, layout, sizes)
    before = other.read()
    with_parameters(
        cls, layout, sizes, {n: np.full(shape, WRITTEN) for n, shape in layout.shapes.items()}
    )
    after = other.read()
    kept = (path in after and _is_same(before[path], after[path]) for path in before)
    if not all(kept):
        raise CheckFailed(
            say(
                "Two objects share their parameters: create the arrays in __init__, on self, not on the class."
            ),
            diagnosis="weights-shared-between-objects",
        )


def _is_same(before: Array, after: Array) -> bool:
    """In every digit, NaN included."""
    return before.shape == after.shape and before.tobytes() == after.tobytes()
