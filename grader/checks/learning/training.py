"""Train a student's SimpleRNN through its own forward, backward and update_parameters.

Start, data and rate are the grader's, so that training is deterministic: correct code of any
style ends at the same weights as the reference, to 2e-14 in float64 and 2e-6 in float32.
"""

from __future__ import annotations

from collections.abc import Mapping
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

# Batches that travel together: many for the messages' sake, few because a student whose outputs
# only the examiner can read goes through them one by one, and the rest travel again.
TOGETHER = 50
UNMOVED = 1e-12  # rounding of outputs, which the least training exceeds by far


class Learner(Protocol):
    """What is trained, by whatever way its methods are reached."""

    def forward(self, inputs: Array) -> Array:
        """Outputs (T, B, O) on inputs (T, B, I)."""
        ...

    def advance(self, d_outputs: Array, ahead: Batches) -> tuple[int, Array]:
        """From d_outputs (T, B, O) through the batches that come next.

        How many of them were reached, and the outputs on the last one reached.
        """
        ...


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
    student = _Student(rnn, task, pace)
    before = student.forward(first.inputs)
    ended = _train(student, before, course, pace, whole=False)
    if not task.reaches(ended.score, task.numbers.review):
        return ended
    return replace(ended, frozen=agrees(student.forward(first.inputs), before, UNMOVED))


def train_reference(
    reference: Reference, course: Course, start: Mapping[str, Array], *, whole: bool = True
) -> tuple[Trained, dict[str, Array]]:
    """Train the reference on the same course, to its end or as a student's; also its last weights."""
    pace = Pace(course.task.numbers.rate)
    rnn = reference(*course.task.sizes)
    for name, value in start.items():
        setattr(rnn, name, np.array(value))
    known = _Known(rnn, course.task, pace)
    before = known.forward(course.batches[0].inputs)
    ended = _train(known, before, course, pace, whole=whole)
    return ended, {name: np.array(getattr(rnn, name)) for name in start}


@dataclass(slots=True)
class _Student:
    """A student's object: as many rounds as travel together."""

    rnn: CandidateObject
    task: Task
    pace: Pace
    done: int = 0

    def forward(self, inputs: Array) -> Array:
        return outputs_of(self.rnn.forward(inputs), inputs, self.task)

    def advance(self, d_outputs: Array, ahead: Batches) -> tuple[int, Array]:
        ahead = ahead.part(0, 1) if self.pace.shares else ahead
        rounds = Rounds(
            d_outputs,
            ahead.inputs,
            ahead.targets,
            self.pace.scale * self.task.weights(ahead[0]),
            self.pace.even(self.done),
            self.pace.updates,
            DIVERGED,
        )
        count, returned = self.rnn.train(rounds)
        self.done += count
        return count, outputs_of(returned, ahead[count - 1].inputs, self.task)


@dataclass(frozen=True, slots=True)
class _Known:
    """The reference, in this process."""

    rnn: Any
    task: Task
    pace: Pace

    def forward(self, inputs: Array) -> Array:
        return np.asarray(self.rnn.forward(inputs)[0])

    def advance(self, d_outputs: Array, ahead: Batches) -> tuple[int, Array]:
        for place in range(len(ahead)):
            batch = ahead[place]
            self.rnn.backward(d_outputs)
            self.rnn.update_parameters(self.pace.rate)
            outputs = self.forward(batch.inputs)
            d_outputs = self.task.d_outputs(outputs, batch)
        return len(ahead), outputs


def _train(rnn: Learner, outputs: Array, course: Course, pace: Pace, *, whole: bool) -> Trained:
    """From the outputs on the first batch through all the others to those on the held-out one.

    Unless the whole of it is wanted, what is learned beyond doubt before is the end.
    """
    task, batches, last = course.task, course.batches, course.held_out
    finish = Batches(last.inputs[None], last.targets[None])
    reached = 0
    while reached < len(batches) and not diverged(outputs):
        batch = batches[reached]
        d_outputs = pace.scale * task.d_outputs(outputs, batch)
        ahead = batches.part(reached + 1, TOGETHER - reached % TOGETHER)
        looked = not whole and _is_milestone(reached) and task.is_sure(outputs, batch)
        count, outputs = rnn.advance(d_outputs, finish if looked or not len(ahead) else ahead)
        reached += count
        if looked and reached < len(batches):
            if task.is_sure(outputs, last):
                return Trained(outputs, task.score(outputs, last))
            outputs = rnn.forward(batches[reached].inputs)
    if reached < len(batches):
        outputs = np.full_like(last.targets, np.nan)
    return Trained(outputs, task.score(outputs, last), begun=reached > 0)


def _is_milestone(reached: int) -> bool:
    """Whether so many rounds end a message: the same on every machine."""
    return reached > 0 and reached % TOGETHER == 0


def outputs_of(returned: Any, inputs: Array, task: Task) -> Array:
    """Outputs (T, B, O) in what forward returned. Raises BadValue where there are none."""
    T, B, I = inputs.shape  # noqa: E741  # sizes as in the equations
    _, H, O = task.sizes  # noqa: E741  # likewise
    return np.asarray(read_forward(returned, Sizes(T, B, I, H, O)).outputs, dtype=np.float64)
