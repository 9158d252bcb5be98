"""Which a program keeps up: an array, or the parts that make it up.

`theta`, and `W_xh`, `W_hh`, ... as views of it, are the same numbers until one of them is bound anew.
Then forward goes on with what an update moved.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import partial

import numpy as np

from grader.checks.memo import once
from grader.faults import StudentFault
from grader.protocol import Array, Call, CandidateClass, Read


def read_what_is_kept_up(SimpleRNN: CandidateClass, sizes: tuple[int, int, int], x: Array) -> None:
    """Let arrays be read whole where an update leaves their parts behind. Raises StudentFault.

    x (T, B, I): inputs for the forward before that update.
    """
    once(SimpleRNN, ("kept up",), partial(_decide, SimpleRNN, sizes, x))


def _decide(SimpleRNN: CandidateClass, sizes: tuple[int, int, int], x: Array) -> None:
    rnn = SimpleRNN(*sizes)
    parts, whole = rnn.replay([Read(), Read(whole=True)])
    if set(parts) == set(whole):
        return
    d_outputs = np.ones((*x.shape[:2], sizes[-1]))
    calls = [
        Call("forward", (x,)),
        Call("backward", (d_outputs,)),
        Call("update_parameters", (1.0,)),
    ]
    with suppress(StudentFault):
        *_, after = rnn.replay([*calls, Read()])
        SimpleRNN.whole = _moved(whole, parts, after) and not _moved(parts, whole, after)


def _moved(
    before: Mapping[str, Array], besides: Mapping[str, Array], after: Mapping[str, Array]
) -> bool:
    """Whether any of these arrays, those besides left out, is there and has other numbers now.

    What begins as zeros may be a gradient, which moves anyhow.
    """
    return any(
        path in after and not np.array_equal(array, after[path])
        for path, array in before.items()
        if path not in besides and np.any(array)
    )
