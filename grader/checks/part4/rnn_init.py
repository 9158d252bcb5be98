"""What q4_1 asks of SimpleRNN.__init__: parameters of the right kind, size and independence.

Each function is one claim; it returns where the claim holds and raises a `StudentFault` where not.
"""

from __future__ import annotations

import numpy as np

from grader.checks import start_scale
from grader.checks.parameters import rnn_roles
from grader.checks.parameters.layout import Layout
from grader.checks.parameters.rnn_roles import HIDDEN
from grader.checks.parameters.roles import fresh, rnn_layout, same_roles
from grader.checks.part4.init import (
    require,
    require_finite,
    require_own_state,
    require_same_roles,
    require_shapes,
    zeros,
)
from grader.faults import CheckFailed
from grader.language import say
from grader.protocol import Array, CandidateClass

WEIGHTS = ("W_xh", "W_hh", "W_hy")
EQUAL = (4, 4, 4)


def constructs(SimpleRNN: CandidateClass, sizes: tuple[int, int, int]) -> None:
    """An object comes to be and holds arrays of numbers."""
    require_finite(rnn_layout(SimpleRNN, sizes))


def weights(SimpleRNN: CandidateClass, sizes: tuple[int, int, int]) -> None:
    layout = rnn_layout(SimpleRNN, sizes)
    require_shapes(layout, f"SimpleRNN{sizes}")
    require_finite(layout)
    require(layout, WEIGHTS)


def biases(SimpleRNN: CandidateClass, sizes: tuple[int, int, int]) -> None:
    layout = rnn_layout(SimpleRNN, sizes)
    require_finite(layout)
    require(layout, ("b_h", "b_y"))


def breaks_symmetry(SimpleRNN: CandidateClass, sizes: tuple[int, int, int]) -> None:
    """No matrix begins as zeros or as one number, no two hidden units begin with the same weights."""
    layout = rnn_layout(SimpleRNN, sizes)
    require_finite(layout)
    require(layout, ("W_xh", "W_hy"))
    values = layout.values(layout.storage.arrays)
    by_unit = np.vstack([values["W_xh"], values["W_hh"], values["W_hy"].T]).T
    zero = zeros(layout, WEIGHTS)
    if zero:
        raise CheckFailed(
            say(
                "A new object's {names} is nothing but zeros: draw initial weights at random, small and "
                "not all zero.",
                names=tuple(zero),
            )
        )
    same = [
        n for n in WEIGHTS if n in layout.slots and values[n].size > 1 and not np.ptp(values[n])
    ]
    if same and not start_scale.is_charged(SimpleRNN):
        raise CheckFailed(
            say(
                "A new object's {names} is one number everywhere: draw initial weights at random.",
                names=tuple(same),
            )
        )
    repeated = [n for n in WEIGHTS if n not in same and n in layout.slots and _repeats(values[n])]
    if repeated:
        raise CheckFailed(
            say(
                "In a new object's {names} every row, or every column, is the same: draw every weight at random, each for itself.",
                names=tuple(repeated),
            )
        )
    if len(np.unique(by_unit, axis=0)) < sizes[1]:
        raise CheckFailed(
            say(
                "Some initial weights are the same for every hidden unit. Such units get the same gradient "
                "for ever and never learn to differ; draw the weights at random."
            )
        )


def _repeats(matrix: Array) -> bool:
    """Whether one row, or one column, of several numbers stands there again and again."""
    return any(
        matrix.shape[axis] > 1 and not np.ptp(matrix, axis=axis).any() and np.ptp(matrix) > 0
        for axis in (0, 1)
    )


def scale(SimpleRNN: CandidateClass) -> None:
    """Initial weights of a size from which a network learns."""
    start_scale.require_fit_rnn(SimpleRNN)


def own_state(SimpleRNN: CandidateClass, sizes: tuple[int, int, int]) -> None:
    """Writing to one object leaves another alone."""
    layout = rnn_layout(SimpleRNN, sizes)
    require_finite(layout)
    require_own_state(SimpleRNN, layout, sizes)


def other_sizes(SimpleRNN: CandidateClass) -> None:
    """Other sizes have the same parameters, and initial weights as well."""
    usual = rnn_layout(SimpleRNN, HIDDEN)
    require_finite(usual)
    require_same_roles(usual, rnn_layout(SimpleRNN, (5, 2, 3)))
    _require_apart_at_equal_sizes(SimpleRNN, usual)
    SimpleRNN(1, 1, 1)
    _require_weights_at_ones(SimpleRNN, usual)


def _require_weights_at_ones(SimpleRNN: CandidateClass, usual: Layout) -> None:
    """Refuse weights that begin as zeros where one size is one, and do not where none is."""
    known = zeros(usual, WEIGHTS)  # charged in `breaks_symmetry`
    for sizes in rnn_roles.ONES:
        if not same_roles(rnn_layout, SimpleRNN, HIDDEN, sizes):
            continue
        there = rnn_layout(SimpleRNN, sizes)
        zero = [n for n in zeros(there, WEIGHTS) if n not in known and _lies_alike(n, there, usual)]
        if zero:
            raise CheckFailed(
                say(
                    "Of SimpleRNN{sizes} the initial {names} is nothing but zeros, of larger ones it is not.",
                    sizes=str(sizes),
                    names=tuple(zero),
                )
            )


def _lies_alike(name: str, one: Layout, other: Layout) -> bool:
    """Whether a weight is the whole of the same array: sizes of one hide what a wrong forward shows."""
    here, there = (layout.places.get(name, [None])[0] for layout in (one, other))
    return here is not None and there is not None and here.is_whole and here.path == there.path


def _require_apart_at_equal_sizes(SimpleRNN: CandidateClass, usual: Layout) -> None:
    """Refuse parameters that are one array where their shapes agree, as a cache by shape gives."""
    there = fresh(SimpleRNN, usual, EQUAL).read()
    lost = [
        name
        for name in WEIGHTS  # a bias may be a number, which is no array anywhere
        if any(place.path not in there for place in usual.places.get(name, ()))
    ]
    if there and lost:
        raise CheckFailed(
            say(
                "Where input, hidden and output size are equal, {names} is no array of its own, but another parameter's under a second name. Make a new array for each.",
                names=tuple(lost),
            )
        )
