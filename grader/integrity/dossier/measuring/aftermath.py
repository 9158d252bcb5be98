"""A changed program run as a whole, in a worker of its own: its true gradients, and its training.

What is trained is always the same: give back the input of two steps ago, which takes memory and a
gradient that goes back in time. Start, data and rate are the kit's, so luck plays no part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grader.checks.known_model import random_parameters
from grader.checks.numerical import central_differences
from grader.checks.parameters import rnn_roles
from grader.checks.parameters.layout import Layout
from grader.checks.parameters.roles import rnn_layout, with_parameters
from grader.checks.states import Sizes, read_forward
from grader.diagnosis.repair.edits import Edit
from grader.diagnosis.repair.program import Program
from grader.diagnosis.repair.sliced import sliced
from grader.diagnosis.repair.verify import edited
from grader.faults import BadValue, StudentFault
from grader.integrity.dossier.measuring.rnn_lab import SIZES, RnnLab
from grader.protocol import Array, CandidateClass, Rounds
from grader.sandbox.limits import Limits
from grader.sandbox.session import session

TASK = Sizes(T=8, B=16, I=2, H=8, O=2)
DELAY = 2
ROUNDS = 400
RATE = 0.15
PER_MESSAGE = 100
BEYOND = 1e3  # an output that is not below it has left all bounds
SECONDS = 5.0  # for one changed program
TASK_SEED = 3


@dataclass(frozen=True, slots=True)
class LossCourse:
    """Mean squared error before and after the training; inf where outputs left all bounds."""

    first: float
    last: float


@dataclass(frozen=True)
class Aftermath:
    """What one changed program does: `truth` are the gradients of its own forward."""

    truth: Mapping[str, Array] | None
    loss: LossCourse | None


@dataclass(frozen=True)
class TrainingGround:
    """A program's arrays at the sizes of the training, found once, in the program as it is."""

    layout: Layout
    start: Mapping[str, Array]

    @classmethod
    def of(cls, SimpleRNN: CandidateClass) -> TrainingGround | None:
        try:
            layout = rnn_layout(SimpleRNN, TASK.model)
        except StudentFault:
            return None
        rng = np.random.default_rng(TASK_SEED)
        start = {
            name: 0.6 * value if value.ndim > 1 else 0.0 * value
            for name, value in random_parameters(rnn_roles.shapes(*TASK.model), rng).items()
        }
        return cls(layout, start)


def aftermath(
    program: Program,
    edits: Sequence[Edit],
    lab: RnnLab,
    ground: TrainingGround | None,
    tier: str | None,
) -> Aftermath:
    """Run the program with these edits made. Raises KitFault where no worker can be started."""
    limits = Limits(call=SECONDS, load=SECONDS, total=SECONDS)
    changed = Program(edited(program, edits))
    with session(sliced(changed), limits, tier, many=True) as student, np.errstate(all="ignore"):
        SimpleRNN = student.environment().get("SimpleRNN")
        if SimpleRNN is None:
            return Aftermath(None, None)
        loss = trained(SimpleRNN, ground) if ground is not None else None
        return Aftermath(_truth(SimpleRNN, lab), loss)


def _truth(SimpleRNN: CandidateClass, lab: RnnLab) -> Mapping[str, Array] | None:
    def anew() -> object:
        return with_parameters(SimpleRNN, lab.layout, SIZES.model, lab.values)

    try:
        by_step = central_differences(
            anew(), lab.layout, lab.layout.effective(lab.values), lab.x, lab.d_outputs,  # type: ignore[arg-type]
            anew=anew if lab.layout.stateful else None,  # type: ignore[arg-type]
        )  # fmt: skip
    except (StudentFault, LookupError):
        return None
    return {name: parts.sum(axis=0) for name, parts in by_step.items()}


def trained(SimpleRNN: CandidateClass, ground: TrainingGround) -> LossCourse | None:
    """The loss before and after; None where the program does not run through."""
    try:
        return _trained(SimpleRNN, ground)
    except (StudentFault, LookupError):
        return None


def _trained(SimpleRNN: CandidateClass, ground: TrainingGround) -> LossCourse:
    T, B, I, _, O = TASK  # noqa: E741  # sizes as in the equations
    rng = np.random.default_rng(TASK_SEED)
    inputs = rng.choice([-1.0, 1.0], (ROUNDS + 1, T, B, I))
    inputs[-1] = inputs[0]  # so that both losses are of the same data
    targets = np.zeros((ROUNDS + 1, T, B, O))
    targets[:, DELAY:] = inputs[:, :-DELAY]
    weights = np.zeros((T, 1, 1))
    weights[DELAY:] = 2.0 / ((T - DELAY) * B * O)
    rnn = with_parameters(SimpleRNN, ground.layout, TASK.model, ground.start)

    def loss(returned: object, number: int) -> tuple[Array, float]:
        outputs = read_forward(returned, TASK, leading=ground.layout.leading).outputs
        error = outputs[DELAY:].astype(np.float64) - targets[number, DELAY:]
        return outputs, float(np.mean(error**2))

    outputs, first = loss(rnn.forward(inputs[0]), 0)
    last, done = first, 0
    while done < ROUNDS:
        d_outputs = weights * (outputs.astype(np.float64) - targets[done])
        upto = min(done + PER_MESSAGE, ROUNDS)
        rounds = Rounds(
            d_outputs, inputs[done + 1 : upto + 1], targets[done + 1 : upto + 1], weights,
            RATE, updates=True, bound=BEYOND,
        )  # fmt: skip
        count, returned = rnn.train(rounds)
        done += count
        try:
            outputs, last = loss(returned, done)
        except BadValue:
            return LossCourse(first, np.inf)
        if not np.all(np.abs(outputs) < BEYOND):
            return LossCourse(first, np.inf)
    return LossCourse(first, last)
