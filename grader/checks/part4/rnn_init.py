"""What q4_1 asks of SimpleRNN.__init__: parameters of the right kind, size and independence.

Each function is one claim; it returns where the claim holds and raises a `StudentFault` where not.
"""

from __future__ import annotations

import numpy as np

from grader.checks.compare import What, finite
from grader.checks.parameters.rnn_roles import HIDDEN
from grader.checks.parameters.roles import rnn_layout
from grader.checks.part4.init import require, require_own_state, require_same_roles
from grader.checks.states import Sizes, read_forward
from grader.faults import CheckFailed
from grader.language import say
from grader.protocol import CandidateClass

# The median |h| over random inputs at I = 50, H = 100: Xavier 0.5, He 0.8, orthogonal 0.6,
# 0.01 randn 0.05; N(0, 1) weights 1.0.
SATURATED = 0.98
VANISHED = 1e-6
WEIGHTS = ("W_xh", "W_hh", "W_hy")


def constructs(SimpleRNN: CandidateClass, sizes: tuple[int, int, int]) -> None:
    """An object comes to be and holds arrays."""
    rnn_layout(SimpleRNN, sizes)


def weights(SimpleRNN: CandidateClass, sizes: tuple[int, int, int]) -> None:
    require(rnn_layout(SimpleRNN, sizes), WEIGHTS)


def biases(SimpleRNN: CandidateClass, sizes: tuple[int, int, int]) -> None:
    require(rnn_layout(SimpleRNN, sizes), ("b_h", "b_y"))


def breaks_symmetry(SimpleRNN: CandidateClass, sizes: tuple[int, int, int]) -> None:
    """No matrix begins as zeros, no two hidden units begin with the same weights."""
    layout = rnn_layout(SimpleRNN, sizes)
    require(layout, ("W_xh", "W_hy"))
    values = layout.values(layout.storage.arrays)
    by_unit = np.vstack([values["W_xh"], values["W_hh"], values["W_hy"].T]).T
    zero = [name for name in WEIGHTS if name in layout.slots and not values[name].any()]
    if zero:
        raise CheckFailed(
            say(
                "A new object's {names} is nothing but zeros: draw initial weights at random, small and "
                "not all zero.",
                names=", ".join(zero),
            )
        )
    if len(np.unique(by_unit, axis=0)) < sizes[1]:
        raise CheckFailed(
            say(
                "Some initial weights are the same for every hidden unit. Such units get the same gradient "
                "for ever and never learn to differ; draw the weights at random."
            )
        )


def scale(SimpleRNN: CandidateClass, rng: np.random.Generator) -> None:
    """Initial weights of a size that lets hidden states move."""
    sizes = Sizes(T=20, B=4, I=50, H=100, O=10)
    returned = SimpleRNN(sizes.I, sizes.H, sizes.O).forward(
        rng.normal(size=(sizes.T, sizes.B, sizes.I))
    )
    hidden = read_forward(returned, sizes).hidden
    if hidden is None:  # charged in forward
        return
    typical = float(np.median(np.abs(finite(hidden, What("hidden_states", sizes.call)))))
    if typical > SATURATED:
        raise CheckFailed(
            say(
                "With 100 hidden units the initial hidden states are saturated near -1 or 1: the weights "
                "are too large, and tanh passes no gradient there. See Xavier or He initialisation."
            ),
            diagnosis="weights-too-large",
        )
    if float(np.abs(hidden).max()) < VANISHED:
        raise CheckFailed(say("The initial weights are so small that all hidden states are zero."))


def own_state(SimpleRNN: CandidateClass, sizes: tuple[int, int, int]) -> None:
    """Writing to one object leaves another alone."""
    require_own_state(SimpleRNN, rnn_layout(SimpleRNN, sizes), sizes)


def other_sizes(SimpleRNN: CandidateClass) -> None:
    """Other sizes have the same parameters."""
    require_same_roles(rnn_layout(SimpleRNN, HIDDEN), rnn_layout(SimpleRNN, (5, 2, 3)))
    SimpleRNN(1, 1, 1)
