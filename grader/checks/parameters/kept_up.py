"""By which paths a program keeps its parameters up, where several lead to the same numbers.

`initial` and `weights`, or `theta` and views of it, are one until an update binds new arrays to some of
them: forward goes on with those.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import partial

import numpy as np

from grader.checks.compare import any_differ
from grader.checks.memo import once
from grader.faults import StudentFault
from grader.protocol import Array, Call, CandidateClass, Read


def read_what_is_kept_up(SimpleRNN: CandidateClass, sizes: tuple[int, int, int], x: Array) -> None:
    """Let arrays be read by the paths that forward follows after an update. Raises StudentFault.

    x (T, B, I): inputs for a forward before that update and one after it.
    """
    once(SimpleRNN, ("kept up",), partial(_decide, SimpleRNN, sizes, x))


def _decide(SimpleRNN: CandidateClass, sizes: tuple[int, int, int], x: Array) -> None:
    rnn = SimpleRNN(*sizes)
    every, before = rnn.replay([Read(every=True), Read()])
    if len(every) == len(before):
        return
    forward = Call("forward", (x,))
    backward = Call("backward", (np.ones((*x.shape[:2], sizes[-1])),))
    update = Call("update_parameters", (1.0,))
    with suppress(StudentFault):
        old, *_, after, new = rnn.replay([forward, backward, update, Read(every=True), forward])
        # What begins as zeros may be a gradient, which moves anyhow.
        left_behind = not any(np.any(before[path]) for path in _moved(before, after))
        if left_behind and any_differ(old, new):
            SimpleRNN.kept_up = tuple(path for path in _moved(every, after) if path not in before)


def _moved(before: Mapping[str, Array], after: Mapping[str, Array]) -> list[str]:
    """The arrays that are there still and have other numbers now."""
    return [
        path
        for path, array in before.items()
        if path in after and not np.array_equal(array, after[path])
    ]
