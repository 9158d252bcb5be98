"""Whether a constructor's initial weights are of a size from which a network learns.

Judged once: q4_1 (q4_5 for the cell) charges it with the number, and q5_2 then trains from the
grader's own start. The bounds stand in `assignment.toml`, with how they were measured.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from grader.assignment import load
from grader.checks import own_states
from grader.checks.compare import What, finite
from grader.checks.memo import once
from grader.checks.parameters import cell_sizes, rnn_roles
from grader.checks.parameters.layout import Layout, carried
from grader.checks.parameters.rnn_roles import HIDDEN
from grader.checks.parameters.roles import fresh, lstm_layout, rnn_layout, same_roles
from grader.checks.parameters.storage import Storage, usable
from grader.checks.states import Sizes, read_forward
from grader.faults import CauseKnown, CheckFailed, StudentFault
from grader.language import say
from grader.protocol import Array, CandidateClass, CandidateObject

# The median |h| over random inputs at I = 50, H = 100: Xavier 0.5, He 0.8, orthogonal 0.6,
# 0.01 randn 0.05; N(0, 1) weights 1.0.
SATURATED = 0.98
FAINT = 1e-6  # of the inputs: a first state that stays near 1 does not come of x_0 W_xh
ROUNDING = 1e-6  # float32's tanh may pass 1
MEMO = "start scale"
WIDE = Sizes(T=20, B=4, I=50, H=100, O=10)


def require_fit_rnn(SimpleRNN: CandidateClass) -> None:
    """Raise where learning would fail from this start, or hidden states are saturated."""
    once(SimpleRNN, MEMO, lambda: _judge_rnn(SimpleRNN))


def require_fit_cell(LSTMCell: CandidateClass) -> None:
    """Raise where an LSTM with such weights does not learn."""
    once(LSTMCell, MEMO, lambda: _judge_cell(LSTMCell))


def is_charged(SimpleRNN: CandidateClass) -> bool:
    """Whether q4_1 takes points for the size of the start."""
    try:
        require_fit_rnn(SimpleRNN)
    except CheckFailed:
        return True
    except StudentFault:
        return False
    return False


def spread(values: Mapping[str, Array]) -> dict[str, float]:
    """Of each matrix (fan-in, fan-out): standard deviation times sqrt(fan-in), near 1 for Xavier.

    The deviation, not the size: weights that are all alike let no unit differ from another.
    """
    return {
        name: float(np.std(value) * np.sqrt(len(value)))
        for name, value in values.items()
        if value.ndim > 1
    }


def _judge_rnn(SimpleRNN: CandidateClass) -> None:
    _not_saturated(SimpleRNN)
    bounds, sizes = load().learning["q4_1"], (1, _hidden_size(), 1)
    if not same_roles(rnn_layout, SimpleRNN, HIDDEN, sizes):  # they cannot be told at sizes of 1
        sizes = HIDDEN
    layout = rnn_layout(SimpleRNN, sizes)
    found = spread(_initial(SimpleRNN, layout, sizes))
    if not found:
        raise CheckFailed(say("There are no initial weights, or NaN is among them."))
    biggest = {name: found[name] for name in ("W_hh", "W_hy") if name in found}
    if found and max(found.values()) < bounds["smallest"]:
        raise CheckFailed(
            say(
                "The initial weights are too small: with {hidden} hidden units the largest of them has "
                "a standard deviation of {size}/sqrt(fan-in), and below {bound} training hardly starts. "
                "See Xavier or He initialisation.",
                hidden=sizes[1],
                size=f"{max(found.values()):.2g}",
                bound=f"{bounds['smallest']:g}",
            )
        )
    large = [name for name, size in biggest.items() if size > bounds["largest"]]
    if large:
        raise CheckFailed(
            say(
                "The initial {names} is too large: with {hidden} hidden units its standard deviation is "
                "{size}/sqrt(fan-in), and above {bound} training goes astray. See Xavier or He "
                "initialisation.",
                names=tuple(large),
                hidden=sizes[1],
                size=f"{max(biggest.values()):.2g}",
                bound=f"{bounds['largest']:g}",
            ),
            diagnosis="weights-too-large",
        )


def _not_saturated(SimpleRNN: CandidateClass) -> None:
    """A forward that fails, or whose states are no tanh's, is charged in q4_2: it says nothing here."""
    inputs = np.random.default_rng(50).normal(size=(WIDE.T, WIDE.B, WIDE.I))
    rnn = SimpleRNN(WIDE.I, WIDE.H, WIDE.O)
    try:
        hidden, quiet = _states(rnn, inputs), _states(rnn, FAINT * inputs)
    except StudentFault:
        return
    if hidden is None or quiet is None or np.abs(hidden).max() > 1.0 + ROUNDING:
        return
    if not np.median(np.abs(quiet[0])) < SATURATED:  # whatever comes in: not the weights' doing
        return
    if np.median(np.abs(hidden)) > SATURATED and not _is_forwards_doing(SimpleRNN, rnn, inputs):
        if np.ptp(hidden, axis=-1).max() <= ROUNDING:
            raise CheckFailed(
                say(
                    "All hidden units begin alike, and saturated near -1 or 1: they have the same "
                    "initial weights. Draw them at random and around 0."
                )
            )
        if names := _of_one_sign(SimpleRNN):
            raise CauseKnown(
                say(
                    "With 100 hidden units the initial hidden states are saturated near -1 or 1: all "
                    "weights of {names} have one sign, so that what units add up never cancels. Draw "
                    "them around 0.",
                    names=names,
                )
            )
        raise CheckFailed(
            say(
                "With 100 hidden units the initial hidden states are saturated near -1 or 1: the weights "
                "are too large, and tanh passes no gradient there. See Xavier or He initialisation."
            ),
            diagnosis="weights-too-large",
        )


def _of_one_sign(SimpleRNN: CandidateClass) -> tuple[str, ...]:
    """The matrices into the hidden units whose initial weights are all positive, or all negative."""
    values = _initial(SimpleRNN, rnn_layout(SimpleRNN, HIDDEN), HIDDEN)
    drawn = {name: values[name] for name in ("W_xh", "W_hh") if name in values}
    return tuple(name for name, value in drawn.items() if np.all(value > 0) or np.all(value < 0))


def _is_forwards_doing(SimpleRNN: CandidateClass, rnn: CandidateObject, inputs: Array) -> bool:
    """Whether with these weights the equation's states would not be saturated: charged in q4_2."""
    shapes = rnn_roles.shapes(WIDE.I, WIDE.H, WIDE.O)
    known, held = rnn_layout(SimpleRNN, HIDDEN), usable(rnn.read())
    storage = Storage({path: held[path] for path in known.storage.arrays if path in held})
    there = carried(known, storage, shapes)
    if there is None:  # the arrays' roles at these sizes would cost too much to find
        return False
    states = own_states.of_the_equation(there.read(rnn), inputs)
    return states is not None and not np.median(np.abs(states)) > SATURATED


def _states(rnn: CandidateObject, inputs: Array) -> Array | None:
    """(T, B, H), finite; None where forward returns none."""
    hidden = read_forward(rnn.forward(inputs), WIDE).hidden
    return None if hidden is None else finite(hidden, What("hidden_states", WIDE.call))


def _judge_cell(LSTMCell: CandidateClass) -> None:
    """At sizes whose roles are known already: to find those of other sizes costs 600 forwards."""
    largest = float(load().learning["q4_5"]["largest"])
    layout = lstm_layout(LSTMCell, cell_sizes.HIDDEN)
    values = _initial(LSTMCell, layout, cell_sizes.HIDDEN)
    size = max((float(np.std(values[n])) for n in values if n.startswith("U_")), default=0.0)
    if not values:
        raise CheckFailed(say("There are no initial weights, or NaN is among them."))
    if size > largest:
        raise CheckFailed(
            say(
                "The initial weights of the cell are too large: U has a standard deviation of {size}, "
                "and above {bound} nothing is learned: the gates are stuck at 0 and 1. See Xavier "
                "initialisation.",
                size=f"{size:.2g}",
                bound=f"{largest:g}",
            )
        )


def _initial(cls: CandidateClass, layout: Layout, sizes: tuple[int, ...]) -> Mapping[str, Array]:
    """What a new object begins with; {} where NaN is among it, or nothing is."""
    values = layout.read(fresh(cls, layout, sizes))
    held = {name: value for name, value in values.items() if name in layout.slots}
    return held if all(np.all(np.isfinite(value)) for value in held.values()) else {}


def _hidden_size() -> int:
    return int(load().learning["q5_2"]["hidden_size"])
