"""Train a student's SimpleRNN through its own forward, backward and update_parameters.

Start, data and rate are the grader's, so that training is deterministic: correct code of any
style ends at the same weights as the reference, to 2e-14 in float64 and 2e-6 in float32.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.random import Generator

from grader.assignment import load
from grader.checks.layout import Layout
from grader.checks.protocol import Array, Call, CandidateClass, CandidateObject
from grader.checks.roles import made
from grader.checks.states import Sizes, read_forward
from grader.checks.tasks import Batch, Task, diverged

# One iteration: d_outputs (T, B, O), learning rate, next inputs (T, B, I) -> outputs (T, B, O).
Step = Callable[[Array, float, Array], Array]


class Reference(Protocol):
    """The reference solution's class, where there is one: never on a student's machine."""

    def __call__(self, input_size: int, hidden_size: int, output_size: int) -> Any: ...


@dataclass(frozen=True, slots=True)
class Course:
    """What every learner of one case gets: the same start, the same data in the same order."""

    task: Task
    batches: tuple[Batch, ...]
    held_out: Batch
    start: Mapping[str, Array] | None  # None: the learner's own


@dataclass(frozen=True, slots=True)
class Pace:
    """How to train so that one step is `rate` times the gradient of the summed loss."""

    rate: float  # what update_parameters is given
    scale: float = 1.0  # what d_outputs is multiplied by
    updates: bool = True  # False: backward updates, and update_parameters is left as handed out


@dataclass(frozen=True, slots=True)
class Trained:
    """How one training ended."""

    outputs: Array  # on the held-out batch
    score: float
    losses: tuple[float, ...]  # mean squared error before each step


def prepare(task: Task, rng: Generator) -> Course:
    """Draw a start and all data of one training."""
    settings = load().learning["q5_2"]
    start = task.start(rng) if task.numbers.gain else None
    batches = tuple(task.batch(rng, settings["batch"]) for _ in range(task.numbers.iterations))
    return Course(task, batches, task.batch(rng, settings["held_out"]), start)


def learner(cls: CandidateClass, course: Course, layout: Layout | None) -> CandidateObject:
    """Make a fresh object of the student's class, at the course's start where it can be written."""
    if layout is None or course.start is None:
        rnn = cls(*course.task.sizes)
        if layout is not None and layout.lazy:
            rnn.forward(course.batches[0].inputs)
        return rnn
    return made(cls, layout, course.task.sizes, course.start)


def train(rnn: CandidateObject, course: Course, pace: Pace) -> Trained:
    """Train a student's object. Raises whatever its methods raise."""

    def step(d_outputs: Array, rate: float, inputs: Array) -> Array:
        calls = [*one_update(d_outputs, rate, updates=pace.updates), Call("forward", (inputs,))]
        return _outputs(rnn.replay(calls)[-1], inputs, course.task)

    first = course.batches[0].inputs
    return _train(forward(rnn, first, course.task), step, course, pace)


def one_update(d_outputs: Array, rate: float, *, updates: bool) -> list[Call]:
    """Backward and update_parameters, or backward alone."""
    update = [Call("update_parameters", (rate,))] if updates else []
    return [Call("backward", (d_outputs,)), *update]


def train_reference(
    reference: Reference, course: Course, start: Mapping[str, Array]
) -> tuple[Trained, dict[str, Array]]:
    """Train the reference on the same course; also its weights at the end."""
    rnn = reference(*course.task.sizes)
    for name, value in start.items():
        setattr(rnn, name, np.array(value))

    def step(d_outputs: Array, rate: float, inputs: Array) -> Array:
        rnn.backward(d_outputs)
        rnn.update_parameters(rate)
        return np.asarray(rnn.forward(inputs)[0])

    outputs = np.asarray(rnn.forward(course.batches[0].inputs)[0])
    ended = _train(outputs, step, course, Pace(course.task.numbers.rate))
    return ended, {name: np.array(getattr(rnn, name)) for name in start}


def forward(rnn: CandidateObject, inputs: Array, task: Task) -> Array:
    """One forward pass: outputs (T, B, O)."""
    return _outputs(rnn.forward(inputs), inputs, task)


def _train(outputs: Array, step: Step, course: Course, pace: Pace) -> Trained:
    task = course.task
    losses = []
    for batch, following in zip(
        course.batches, (*course.batches[1:], course.held_out), strict=True
    ):
        if diverged(outputs):
            outputs = np.full_like(course.held_out.targets, np.nan)
            break
        losses.append(task.loss(outputs, batch))
        outputs = step(pace.scale * task.d_outputs(outputs, batch), pace.rate, following.inputs)
    return Trained(outputs, task.score(outputs, course.held_out), tuple(losses))


def _outputs(returned: Any, inputs: Array, task: Task) -> Array:
    T, B, I = inputs.shape  # noqa: E741  # sizes as in the equations
    _, H, O = task.sizes  # noqa: E741  # likewise
    documented = returned[0] if isinstance(returned, tuple) and returned else returned
    # H differs from O, so nothing else has this shape; reading on costs more than the step.
    if (
        isinstance(documented, np.ndarray)
        and documented.shape == (T, B, O)
        and documented.dtype.kind == "f"
    ):
        return documented
    return np.asarray(read_forward(returned, Sizes(T, B, I, H, O)).outputs, dtype=np.float64)
