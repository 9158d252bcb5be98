"""Where does the gradient of step 3 flow? Answered by one output's gradient, step by step.

Inputs are one-hot in time (x_k = e_k), so that row k of dW_xh is what arrives at the
pre-activation of step k.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from grader.checks.gradient import match
from grader.checks.known_model import SMALL, RnnTrial, random_parameters
from grader.checks.numerical import central_differences
from grader.checks.parameters import rnn_roles
from grader.faults import StudentFault
from grader.integrity.dossier.asking.found_roles import FoundRoles
from grader.integrity.dossier.asking.measured_figures import share
from grader.integrity.dossier.measuring.laboratory import Laboratory
from grader.integrity.dossier.measuring.mutations import ChangeKind, mutations
from grader.integrity.dossier.measuring.rnn_lab import SIZES, NetworkGiven, RnnLab
from grader.integrity.dossier.oral_question import ALWAYS, Level, OralQuestion, QuestionDraft
from grader.integrity.dossier.own_program import OwnProgram
from grader.language import Message, say
from grader.protocol import Array, CandidateClass

STEPS = 6  # step 3 is not in the middle: a sequence turned round shows
STEP = 3  # from 1
MODEL = (STEPS, 4, 2)
STOPPING = (ChangeKind.DROP, ChangeKind.SUMMAND)  # what can cut the way back
UNLIKE = 1e-3  # a share that is not the true one
NOTHING = 1e-9  # of the share that arrives at its own step


def drafts(own: OwnProgram, lab: Laboratory, roles: FoundRoles) -> Iterator[QuestionDraft]:
    lines = _carrying(own, lab, roles)
    if lab.SimpleRNN is None or lab.rnn is None:
        return
    if lines is not None:
        make = partial(_flow, own, lab.SimpleRNN, lines)
        yield QuestionDraft(Level.EXPLAIN, "backward", "flow", lines, make, weight=ALWAYS)


def _carrying(own: OwnProgram, lab: Laboratory, roles: FoundRoles) -> tuple[int, int] | None:
    """The line on which the gradient goes to the step before; else the head of backward."""
    if found := roles.of_role("backward/carry"):
        return found[-1].value.lines
    if lab.rnn is not None and lab.rnn.base.complete:
        for unit in own.functions["backward"]:
            changes = [one for one in mutations(own.program, unit) if one.kind in STOPPING]
            results = lab.rnn.given([(one.edit,) for one in changes])
            for change, given in zip(changes, results, strict=True):
                if given.complete and _stops_at_once(lab.rnn, given):
                    return change.lines
    units = own.functions["backward"]
    return (units[0].node.lineno, units[0].node.lineno) if units else None


def _stops_at_once(rnn: RnnLab, given: NetworkGiven) -> bool:
    """Whether outputs of step 1 are not concerned, later ones are, and W_hy and b_y never."""
    later, whole = rnn.changed(given, 2).keys(), rnn.changed(given, 0).keys()
    due = {"W_xh", "b_h"} & rnn.base.gradients[0].keys()
    return not rnn.changed(given, 1) and due <= later and not {"W_hy", "b_y"} & whole


def _flow(
    own: OwnProgram, SimpleRNN: CandidateClass, lines: tuple[int, int]
) -> OralQuestion | None:
    arriving = _arriving(SimpleRNN)
    if arriving is None:
        return None
    got, true = arriving
    return OralQuestion(
        Level.EXPLAIN,
        say(
            "The loss takes the output of step 3 alone. To which steps does its gradient flow in your code, and on which line does it leave step 3?"
        ),
        _answer(got, true),
        weak=say("“Back through time”, without a line and without an end."),
        strong=say(
            "Follows it: W_hyᵀ, the activation's slope, W_hhᵀ, step by step down to step 1; none to later steps; says why it fades."
        ),
        excerpt=own.excerpt(lines),
        measured=(_figures(got),),
    )


def _answer(got: Array, true: Array) -> Message:
    reached, due = _steps(got), _steps(true)
    if reached == due:
        if np.abs(got / got.max() - true / true.max()).max() > UNLIKE:
            return say(
                "To steps 3, 2 and 1, as it should, but not as much as it should: {shares} would be right.",
                shares=_shares(true),
            )
        return say(
            "To steps 3, 2 and 1, through W_hhᵀ and the slope of the activation each time; never to later ones."
        )
    return say(
        "It should reach steps {due}; in this program it reaches {reached}.",
        due=due,
        reached=reached or "–",
    )


def _steps(arriving: Array) -> tuple[int, ...]:
    return tuple(k + 1 for k in range(STEPS) if arriving[k] > NOTHING * arriving.max())


def _figures(got: Array) -> Message:
    return say(
        "Tried: of the gradient that arrives at step 3 this arrives at step {parts}.",
        parts=_shares(got),
    )


def _shares(arriving: Array) -> tuple[str, ...]:
    """1: 16 %, 2: 43 %, ... of what arrives at the output's own step."""
    own = arriving[STEP - 1]
    return tuple(
        f"{k + 1}: {share(arriving[k] / own if own else arriving[k])}" for k in range(STEPS)
    )


def _arriving(SimpleRNN: CandidateClass) -> tuple[Array, Array] | None:
    """What backward gives, and the truth: norm of dL/da_k for each step k, (STEPS,)."""
    rng = np.random.default_rng(STEPS)
    x = np.zeros((STEPS, 1, STEPS))
    x[range(STEPS), 0, range(STEPS)] = 1.0
    d_outputs = np.zeros((STEPS, 1, MODEL[2]))
    d_outputs[STEP - 1] = SMALL * rng.normal(size=MODEL[2])
    try:
        values = random_parameters(rnn_roles.shapes(*MODEL), rng)
        trial = RnnTrial.make(SimpleRNN, MODEL, values)
        trial.forward(x)
        given = trial.backward(d_outputs)
        anew = trial.before_last if trial.layout.stateful else None
        parts = central_differences(
            trial.rnn, trial.layout, trial.parameters, x, d_outputs, anew=anew
        )
    except StudentFault:
        return None
    truth = {name: part.sum(axis=0) for name, part in parts.items()}
    found = match(given, trial.layout, truth, (1.0,), SIZES.T * 1e-6).get("W_xh")
    if found is None or not np.all(np.isfinite(found.gradient)):
        return None
    true = np.linalg.norm(truth["W_xh"], axis=1)
    true[true < 1e-6 * true.max()] = 0.0  # rounding of the differences
    return np.linalg.norm(np.asarray(found.gradient, np.float64), axis=1), true
