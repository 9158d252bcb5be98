"""Whether scalars that seem to have no role act after all, together with others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.checks.parameters.layout import Layout
from grader.protocol import Array, Call, CandidateObject, Write

By = Callable[[Any], Array]


def hidden(
    make: Callable[[], CandidateObject], layout: Layout, arguments: tuple[Array, ...], read: By
) -> bool:
    """Raise all of them on an object full of random numbers: does forward give something else.

    Weights that are multiplied with each other move nothing one at a time. What is found then of
    the roles is not to be trusted.
    """
    idle = [int(n) for name in layout.idle for copy in layout.slots[name] for n in copy.flat]
    silent = [*layout.without_role, *idle]
    if not silent:
        return False
    vector = np.random.default_rng(17).uniform(-0.5, 0.5, layout.storage.size)
    raised = vector.copy()
    raised[silent] += 0.3
    one, other = (
        read(
            make().replay([Write(layout.storage.arrays_of(values)), Call("forward", arguments)])[1]
        )
        for values in (vector, raised)
    )
    return not np.array_equal(one, other)
