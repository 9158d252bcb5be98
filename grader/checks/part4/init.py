"""What q4_1 and q4_5 ask of both constructors: parameters, and parameters of their own."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from grader.checks.parameters.layout import Layout
from grader.checks.parameters.roles import fresh, with_parameters
from grader.faults import CheckFailed
from grader.language import say
from grader.protocol import CandidateClass

WRITTEN = 7.0  # no constructor's value


def require(layout: Layout, names: Iterable[str]) -> None:
    """Refuse an object that has no arrays for these parameters."""
    absent = [name for name in names if name in layout.absent]
    if absent:
        raise CheckFailed(
            say(
                "Among the arrays on your object nothing plays the role of {names}.",
                names=", ".join(absent),
            )
        )


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
    if any(path not in after or not np.array_equal(before[path], after[path]) for path in before):
        raise CheckFailed(
            say(
                "Two objects share their parameters: create the arrays in __init__, on self, not on the class."
            ),
            diagnosis="weights-shared-between-objects",
        )
