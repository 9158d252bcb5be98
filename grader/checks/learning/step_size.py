"""What one step of a student's training does to the weights, whatever was written.

A gradient that is averaged where it should be summed, momentum, Adam, a rate that decays or a
backward that updates on its own are charged elsewhere, once. Here they are measured, so that training can go on at the
pace that the task needs. Clipping is no mistake: a small loss and a large rate pass below it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from grader.checks.idle_rounds import pass_over
from grader.checks.learning.training import (
    Course,
    Pace,
    learner,
    outputs_of,
)
from grader.checks.memo import RATE_STAYS, noted, once
from grader.checks.parameters.layout import Layout
from grader.faults import CheckFailed, NotImplementedYet
from grader.language import say
from grader.protocol import (
    Array,
    Call,
    CandidateClass,
    CandidateObject,
    Read,
    Step,
    Write,
)

Vector = NDArray[np.float64]

ALIKE = 1e-3  # relative; float32 weights are rounded to 1e-5 of a step
# A wrong gradient need not be parallel to the right one, so its factor is near 1, not 1. Real
# divisors are the sizes of batch and time: 8 and more.
ORDINARY = (0.6, 1.6)
# A power of two, so that a step is the same to the last bit: no honest clipping (norm 0.25 at the
# tightest) acts on gradients so small, and none stays hidden where they are so large.
UNCLIPPED, CLIPPED = 2.0**-10, 64.0
# A learning rate that changes nothing that counts, and is one all the same: 0 is none.
BARELY = 1e-12
DECAYED = 100  # rounds after which a rate that decays has done so
NUDGE = 1e-3  # length of the step for the central difference of the loss, in weight space


@dataclass(frozen=True, slots=True)
class Descent:
    """One step: `factor` times plain gradient descent; `plain` if nothing but the gradient enters."""

    factor: float
    plain: bool
    updates_itself: bool  # backward changes the weights before update_parameters is called
    updates: bool = True  # update_parameters is more than the stub
    scale: float = 1.0  # what the loss was multiplied by, and is to be in training
    shares: tuple[float, ...] = ()  # of a rate that decays: what each step is of the first

    def pace(self, rate: float) -> Pace:
        """How to train so that the step is `rate` times the gradient."""
        if self.updates_itself:
            return Pace(BARELY, rate / self.factor, updates=self.updates)
        ordinary = ORDINARY[0] < self.factor < ORDINARY[1] or self.factor <= 0.0
        own = (rate if ordinary else rate / self.factor) / self.scale
        return Pace(own, self.scale, shares=self.shares)


def measure(cls: CandidateClass, course: Course, layout: Layout) -> Descent:
    """Take single steps from one point and look at what they change.

    `NotImplementedYet` where there is no update_parameters and backward changes nothing either,
    `CheckFailed` where nothing changes although it is there.
    """
    probe = _Probe(cls, course, layout, updates=cls.implements("update_parameters"))
    rate = course.task.numbers.rate
    first, plain = probe.step(rate, 1.0, CLIPPED)
    still = probe.change(probe.fresh(), BARELY)
    if not probe.updates and not still.any():
        raise NotImplementedYet(f"{cls.name}.update_parameters")
    if not first.any() and not still.any():  # of several starts one may do well untrained
        raise CheckFailed(say("After a round of training every parameter is what it was before."))
    if np.linalg.norm(still) > ALIKE * np.linalg.norm(first):
        return Descent(probe.factor(still), plain, updates_itself=True, updates=probe.updates)
    decays = not noted(cls, RATE_STAYS) and once(cls, "rate decays", partial(probe.decays, rate))
    if decays and (shares := probe.shares(rate)):
        return Descent(probe.factor(first) / rate, plain=True, updates_itself=False, shares=shares)
    if not plain:
        small, plain = probe.step(rate / UNCLIPPED, UNCLIPPED, 2.0 * UNCLIPPED)
        if plain:
            return Descent(probe.factor(small) / rate, plain, updates_itself=False, scale=UNCLIPPED)
    return Descent(probe.factor(first) / rate, plain, updates_itself=False)


@dataclass
class _Probe:
    cls: CandidateClass
    course: Course
    layout: Layout
    updates: bool

    def __post_init__(self) -> None:
        self.start: Mapping[str, Array] = self.layout.read(self.fresh())

    def fresh(self) -> CandidateObject:
        return learner(self.cls, self.course, self.layout)

    def step(self, rate: float, scale: float, larger: float) -> tuple[Vector, bool]:
        """A step, and whether nothing but the gradient enters it, at a larger loss neither."""
        rnn = self.fresh()
        first = self.change(rnn, rate, scale)
        again = self.change(rnn, rate, scale)  # the same object: differs where steps have a history
        more = self.change(self.fresh(), rate, larger)  # differs where steps are normalised
        return first, _alike(again, first) and _alike(more, larger / scale * first)

    def decays(self, rate: float) -> bool:
        """Whether a step is shorter after many without a gradient, and points the same way."""
        rnn = self.fresh()
        first = self.change(rnn, rate)
        if not _alike(self.change(self.fresh(), rate, 2.0), 2.0 * first):
            return False  # adaptive, or clipped
        first_batch = self.course.batches[0]
        nothing = np.zeros_like(first_batch.targets)
        pass_over(rnn, first_batch.inputs, nothing, rate, DECAYED if self.updates else 0)
        share, later = _share_of(self.change(rnn, rate), first)
        return bool(ALIKE < share < 1.0 - ALIKE and later)

    def shares(self, rate: float) -> tuple[float, ...]:
        """What each step is of the first, all from the start; () where one is nothing like it."""
        task, batch = self.course.task, self.course.batches[0]
        rnn = self.fresh()
        d_outputs = task.d_outputs(self._outputs(rnn, self.start), batch)
        one: list[Step] = [
            Write(self.layout.written(self.start)),
            Call("forward", (batch.inputs,)),
            Call("backward", (d_outputs,)),
            Call("update_parameters", (rate,)),
            Read(),
        ]
        first, shares = self.change(self.fresh(), rate), []
        for _ in range(len(self.course.batches)):
            arrays = rnn.replay(one)[-1]
            step = _vector(self.layout.values(arrays)) - _vector(self.start)
            share, alike = _share_of(step, first)
            if not alike or not share > 0.0:
                return ()
            shares.append(share)
        return tuple(shares)

    def change(self, rnn: CandidateObject, rate: float, scale: float = 1.0) -> Vector:
        """Take one step from the start: what forward, backward and one update change."""
        task, batch = self.course.task, self.course.batches[0]
        outputs = self._outputs(rnn, self.start)
        d_outputs = scale * task.d_outputs(outputs, batch)
        update = [Call("update_parameters", (rate,))] if self.updates else []
        *_, arrays = rnn.replay([Call("backward", (d_outputs,)), *update, Read()])
        return _vector(self.layout.values(arrays or {})) - _vector(self.start)

    def factor(self, step: Vector) -> float:
        """Find k in step = -k gradient: |step|^2 / -(gradient . step), by a central difference."""
        length = float(np.linalg.norm(step))
        if not 0.0 < length < np.inf:
            return 1.0
        direction = step / length
        downhill = (self._loss(-NUDGE * direction) - self._loss(NUDGE * direction)) / (2.0 * NUDGE)
        return length / downhill if np.isfinite(downhill) and downhill else 1.0

    def _loss(self, shift: Vector) -> float:
        values = _unpacked(_vector(self.start) + shift, self.start)
        outputs = self._outputs(self.fresh(), values)
        return self.course.task.loss(outputs, self.course.batches[0])

    def _outputs(self, rnn: CandidateObject, values: Mapping[str, Array]) -> Array:
        """Outputs (T, B, O) on the first batch with these parameters, in one message."""
        inputs = self.course.batches[0].inputs
        steps: list[Step] = [Write(self.layout.written(values)), Call("forward", (inputs,))]
        return outputs_of(rnn.replay(steps)[-1], inputs, self.course.task)


def _alike(one: Vector, other: Vector) -> bool:
    """Whether two steps are the same. False for NaN."""
    return bool(np.linalg.norm(one - other) <= ALIKE * np.linalg.norm(other))


def _share_of(step: Vector, first: Vector) -> tuple[float, bool]:
    """How long a step is beside the first, and whether it points the same way."""
    share = float(np.linalg.norm(step) / np.linalg.norm(first))
    return share, _alike(step, share * first)


def _vector(values: Mapping[str, Array]) -> Vector:
    return np.asarray(np.concatenate([np.ravel(value) for value in values.values()]), np.float64)


def _unpacked(vector: Vector, like: Mapping[str, Array]) -> dict[str, Array]:
    ends = np.cumsum([value.size for value in like.values()])[:-1]
    parts = np.split(vector, ends)
    return {
        name: part.reshape(value.shape)
        for (name, value), part in zip(like.items(), parts, strict=True)
    }
