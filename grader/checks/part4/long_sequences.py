"""What q4_3 asks of backward over many steps: nothing of what is far back is cut off.

At random weights what an output owes to a step k back shrinks by a factor of 0.6 a step: after 25 it is
lost in rounding. So W_hh is orthogonal here, and inputs act little: over 100 steps a hundredth is left.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from grader.checks import garbage
from grader.checks.compare import agrees, tolerance
from grader.checks.known_model import (
    SMALL,
    BackwardRun,
    Expectation,
    Parameters,
    RnnTrial,
    random_parameters,
    run_backward,
)
from grader.checks.own_states import of_the_equation
from grader.checks.parameters.rnn_roles import HIDDEN, shapes
from grader.checks.part4.rnn_backward import ALL, against, require_right
from grader.checks.states import read_forward
from grader.faults import CheckFailed, StudentFault
from grader.language import say
from grader.protocol import Array, CandidateClass

STEPS = 120
FEWER = 40
INPUTS = 0.1  # of random weights: units stay where tanh has slope
# Of gradients as they usually are: over so many steps they add up.
QUIET = SMALL / 8


def gradients(SimpleRNN: CandidateClass, rng: np.random.Generator, expect: Expectation) -> None:
    """Gradients over `STEPS` steps, at weights through which they last.

    Another forward than the equation's may explode there: its gradients are looked at over fewer.
    """
    garbage.require_backward(SimpleRNN)
    trial = RnnTrial.make(SimpleRNN, HIDDEN, lasting_parameters(rng))
    x = rng.normal(size=(STEPS, 3, HIDDEN[0]))
    if not _follows_the_equation(trial, x):
        against(SimpleRNN, rng, expect, ALL, T=FEWER, B=3)
        return
    run = run_backward(trial, x, QUIET * rng.normal(size=(STEPS, 3, HIDDEN[2])), expect)
    if _is_cut_off(run) and _is_right_over_few(SimpleRNN, expect):
        raise CheckFailed(
            say(
                "Right over few steps, and wrong over many: steps far back do not get all that later "
                "outputs owe them. Is the way back cut off after so many steps, or does a buffer keep "
                "the last ones alone?"
            )
        )
    require_right(run, ALL)


def lasting_parameters(rng: np.random.Generator) -> Parameters:
    """Random parameters through which a gradient goes back a hundred steps."""
    drawn = random_parameters(shapes(*HIDDEN), rng)
    orthogonal = np.linalg.qr(rng.normal(size=drawn["W_hh"].shape))[0]
    return {
        **drawn,
        "W_xh": INPUTS * drawn["W_xh"],
        "b_h": INPUTS * drawn["b_h"],
        "W_hh": orthogonal,
    }


def _follows_the_equation(trial: RnnTrial, x: Array) -> bool:
    returned = trial.anew().forward(x)  # of another object: this one may keep a state
    found = read_forward(returned, trial.at(x), leading=trial.layout.leading).hidden
    due = of_the_equation(trial.used, x)
    return found is not None and due is not None and agrees(found, due, tolerance(found))


def _is_right_over_few(SimpleRNN: CandidateClass, expect: Expectation) -> bool:
    try:
        against(SimpleRNN, np.random.default_rng(27), expect, ("W_xh",), T=7, B=3)
    except StudentFault:
        return False
    return True


def _is_cut_off(run: BackwardRun) -> bool:
    """Whether the gradient of W_xh is that of which the steps that are far back have no part."""
    found = run.matches.get("W_xh")  # none where the weights could not be told
    if found is None or run.right("W_xh"):
        return False
    parts = _parts(run)
    return parts is not None and any(
        found.agrees(run.factor * np.tensordot(kept, parts, 2), run.truth.limit) for kept in _kept()
    )


def _kept() -> Iterator[Array]:
    """Which steps count for which outputs, (T, T) by output and steps back, where something is cut off."""
    output, back = np.indices((STEPS, STEPS))
    step = output - back
    for many in range(1, STEPS):
        yield back < many
        yield step >= STEPS - many
        yield (output // many == step // many) & (step >= 0)


def _parts(run: BackwardRun) -> Array | None:
    """What of the gradient of W_xh each output makes so many steps back: (T, T, I, H)."""
    used, x = run.trial.used, run.x
    states = of_the_equation(used, x)
    if states is None:
        return None
    parts = np.zeros((STEPS, STEPS, *used["W_xh"].shape))
    slope = 1.0 - states**2
    dz = (run.d_outputs @ used["W_hy"].T) * slope
    for back in range(STEPS):
        parts[back:, back] = np.einsum("tbi,tbh->tih", x[: STEPS - back], dz)
        dz = (dz[1:] @ used["W_hh"].T) * slope[: STEPS - back - 1]
    return parts
