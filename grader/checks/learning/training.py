"""Train a student's SimpleRNN through its own forward, backward and update_parameters.

Start, data and rate are the grader's, so that training is deterministic: correct code of any
style ends at the same weights as the reference, to 2e-14 in float64 and 2e-6 in float32.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.random import Generator

from grader.assignment import load
from grader.checks.compare import agrees
from grader.checks.learning.tasks import (
    DIVERGED,
    Batch,
    Batches,
    Task,
    diverged,
)
from grader.checks.parameters.layout import Layout
from grader.checks.parameters.lending import lend_again
from grader.checks.parameters.roles import with_parameters
from grader.checks.states import Sizes, read_forward
from grader.protocol import (
    Array,
    CandidateClass,
    CandidateObject,
    Rounds,
)

# From d_outputs (T, B, O) and the batches that come next: how many of them were reached, and the
# outputs on the last one reached.
Advance = Callable[[Array, Batches], tuple[int, Array]]

# Batches that travel together: many for the messages' sake, few because a student whose outputs
# only the examiner can read goes through them one by one, and the rest travel again.
TOGETHER = 50
UNMOVED = 1e-12  # rounding of outputs, which the least training exceeds by far


class Reference(Protocol):
    """The reference solution's class, where there is one: never on a student's machine."""

    def __call__(self, input_size: int, hidden_size: int, output_size: int) -> Any: ...


@dataclass(frozen=True, slots=True)
class Course:
    """What every learner of one case gets: the same start, the same data in the same order."""

    task: Task
    batches: Batches
    held_out: Batch
    start: Mapping[str, Array] | None  # None: the learner's own


@dataclass(frozen=True, slots=True)
class Pace:
    """How to train so that one step is `rate` times the gradient of the summed loss."""

    rate: float  # what update_parameters is given
    scale: float = 1.0  # what d_outputs is multiplied by
    updates: bool = True  # False: backward updates, and update_parameters is left as handed out
    shares: tuple[float, ...] = ()  # what each step becomes of the first, so that it is evened out

    def even(self, step: int) -> float:
        """The rate that makes this step (from 0 on) as long as the first."""
        return (
            self.rate / self.shares[min(step, len(self.shares) - 1)] if self.shares else self.rate
        )


@dataclass(frozen=True, slots=True)
class Trained:
    """How one training ended."""

    outputs: Array  # on the held-out batch
    score: float
    frozen: bool = False  # what it predicts well enough, it predicted before training
    begun: bool = True  # False: no finite outputs even before the first step


def prepare(task: Task, rng: Generator) -> Course:
    """Draw a start and all data of one training."""
    settings = load().learning["q5_2"]
    start = task.start(rng) if task.numbers.gain else None
    batches = task.batches(rng, task.numbers.iterations, settings["batch"])
    return Course(task, batches, task.batch(rng, settings["held_out"]), start)


def learner(cls: CandidateClass, course: Course, layout: Layout | None) -> CandidateObject:
    """Make a fresh object of the student's class, at the course's start where it can be written."""
    if layout is None or course.start is None:
        rnn = cls(*course.task.sizes)
        if layout is not None and layout.warm_up is not None:
            rnn.forward(course.batches[0].inputs)
        if layout is not None:
            lend_again(rnn, layout.lent, layout.shapes)
        return rnn
    return with_parameters(cls, layout, course.task.sizes, course.start)


def train(rnn: CandidateObject, course: Course, pace: Pace) -> Trained:
    """Train a student's object. Raises whatever its methods raise."""
    task, first = course.task, course.batches[0]

    done = 0

    def advance(d_outputs: Array, ahead: Batches) -> tuple[int, Array]:
        nonlocal done
        ahead = ahead.part(0, 1) if pace.shares else ahead
        rounds = Rounds(
            d_outputs,
            ahead.inputs,
            ahead.targets,
            pace.scale * task.weights(ahead[0]),
            pace.even(done),
            pace.updates,
            DIVERGED,
        )
        count, returned = rnn.train(rounds)
        done += count
        return count, outputs_of(returned, ahead[count - 1].inputs, task)

    before = forward(rnn, first.inputs, task)
    ended = _train(before, advance, course, pace)
    if not task.reaches(ended.score, task.numbers.review):
        return ended
    return replace(ended, frozen=agrees(forward(rnn, first.inputs, task), before, UNMOVED))


def train_reference(
    reference: Reference, course: Course, start: Mapping[str, Array]
) -> tuple[Trained, dict[str, Array]]:
    """Train the reference on the same course; also its weights at the end."""
    rnn = reference(*course.task.sizes)
    for name, value in start.items():
        setattr(rnn, name, np.array(value))

    task, pace = course.task, Pace(course.task.numbers.rate)

    def advance(d_outputs: Array, ahead: Batches) -> tuple[int, Array]:
        for place in range(len(ahead)):
            batch = ahead[place]
            rnn.backward(d_outputs)
            rnn.update_parameters(pace.rate)
            outputs = np.asarray(rnn.forward(batch.inputs)[0])
            d_outputs = task.d_outputs(outputs, batch)
        return len(ahead), outputs

    outputs = np.asarray(rnn.forward(course.batches[0].inputs)[0])
    ended = _train(outputs, advance, course, pace)
    return ended, {name: np.array(getattr(rnn, name)) for name in start}


def forward(rnn: CandidateObject, inputs: Array, task: Task) -> Array:
    """One forward pass: outputs (T, B, O)."""
    return outputs_of(rnn.forward(inputs), inputs, task)


def _train(outputs: Array, advance: Advance, course: Course, pace: Pace) -> Trained:
    """From the outputs on the first batch through all the others to those on the held-out one."""
    task, batches, last = course.task, course.batches, course.held_out
    reached = 0
    while reached < len(batches) and not diverged(outputs):
        d_outputs = pace.scale * task.d_outputs(outputs, batches[reached])
        ahead = batches.part(reached + 1, TOGETHER)
        if not len(ahead):
            ahead = Batches(last.inputs[None], last.targets[None])
        count, outputs = advance(d_outputs, ahead)
        reached += count
    if reached < len(batches):
        outputs = np.full_like(last.targets, np.nan)
    return Trained(outputs, task.score(outputs, last), begun=reached > 0)


def outputs_of(returned: Any, inputs: Array, task: Task) -> Array:
    """Outputs (T, B, O) in what forward returned. Raises BadValue where there are none."""
    T, B, I = inputs.shape  # noqa: E741  # sizes as in the equations
    _, H, O = task.sizes  # noqa: E741  # likewise
    return np.asarray(read_forward(returned, Sizes(T, B, I, H, O)).outputs, dtype=np.float64)
