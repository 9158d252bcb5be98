"""Whether scalars that move nothing one by one act after all, together with others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from grader.checks.parameters.layout import Layout
from grader.protocol import Array, Call, CandidateObject, Write

By = Callable[[Any], Array]


def hidden_parts(layout: Layout) -> list[int]:
    """The scalars that seem to have no role: none was found, or by shape alone."""
    return [*layout.without_role, *idle_parts(layout)]


def idle_parts(layout: Layout) -> list[int]:
    """The scalars of arrays that only their shape tells."""
    return [int(n) for name in layout.idle for copy in layout.slots[name] for n in copy.flat]


def act_together(
    make: Callable[[], CandidateObject],
    layout: Layout,
    silent: Sequence[int],
    arguments: tuple[Array, ...],
    read: By,
) -> bool:
    """Raise all of them on an object full of random numbers: does forward give something else.

    Weights that are multiplied with each other move nothing one at a time.
    """
    if not silent:
        return False
    vector = np.random.default_rng(17).uniform(-0.5, 0.5, layout.storage.size)
    raised = vector.copy()
    raised[list(silent)] += 0.3
    one, other = (
        read(
            make().replay([Write(layout.storage.arrays_of(values)), Call("forward", arguments)])[1]
        )
        for values in (vector, raised)
    )
    return not np.array_equal(one, other)
