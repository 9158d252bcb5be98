"""SimpleRNN.backward: the gradients of the student's own forward, call after call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, partial

import numpy as np

from grader.checks.compare import agrees, tolerance
from grader.checks.gradient import Entry, Match, entries, match
from grader.checks.known_model import RnnTrial, Truth, own_gradient
from grader.checks.parameters.roles import rnn_layout
from grader.checks.states import Sizes, read_forward
from grader.diagnosis.repair.bench import Tried
from grader.diagnosis.repair.points import RnnPoints
from grader.diagnosis.repair.stages.stage import (
    Judgement,
    Refused,
    Stage,
    found,
    is_ambiguous,
    write,
)
from grader.faults import StudentFault
from grader.protocol import (
    Array,
    Call,
    CandidateClass,
    Read,
    Step,
)

BETWEEN = 0.1  # learning rate of the update between two calls


@dataclass(frozen=True)
class _Round:
    """One forward and backward of the student's own program, and what backward should give."""

    x: Array
    d_outputs: Array
    outputs: Array  # of the student's own forward: an edit must leave them as they are
    truths: list[Truth]


@dataclass(frozen=True)
class Kept:
    """What was read of an object, as an object whose arrays can be read."""

    arrays: dict[str, Array] = field(default_factory=dict)

    def read(self) -> dict[str, Array]:
        return self.arrays


class BackwardStage(Stage):
    """A round of forward and backward for each call of the point, on one object.

    Between two rounds stands an update, where the program has one that runs, since gradients may
    be gathered until then.
    """

    def __init__(self, SimpleRNN: CandidateClass, points: RnnPoints) -> None:
        self._layout = layout = found(lambda: rnn_layout(SimpleRNN, points.sizes))
        if is_ambiguous(layout):
            raise Refused
        self.sizes = points.sizes
        values = points.parameters()
        trial = RnnTrial.make(SimpleRNN, points.sizes, values)
        self._rounds = [_round(trial, x, d) for x, d in points.inputs()]
        trial.reset()
        self._reads = not _returns_all(trial, self._rounds[0])
        self._updates = _can_update(trial)
        self.first = 3 + self._reads
        writes = write(layout, values)
        self.steps: list[Step] = []
        for one in self._rounds:
            self.steps += [writes, Call("forward", (one.x,)), Call("backward", (one.d_outputs,))]
            self.steps += [Read()] * self._reads
            if self._updates and one is not self._rounds[-1]:
                self.steps.append(Call("update_parameters", (BETWEEN,)))

    def judgements(self, tried: Tried) -> Iterator[Judgement]:
        for call, one in enumerate(self._rounds):
            start = call * (3 + self._reads + self._updates)
            yield ("outputs", call), partial(self._unchanged, tried, one, start)
            matches = _Matches(self, tried, one, start + 2)
            for name in self._layout.slots:
                yield (f"d{name}", call), partial(matches.right, name)
        yield ("d_outputs", 0), lambda: not tried.changed

    def _unchanged(self, tried: Tried, one: _Round, start: int) -> bool:
        sizes = Sizes(*one.x.shape, *self.sizes[1:])
        seen = read_forward(tried.values[start + 1], sizes, leading=self._layout.leading)
        return agrees(seen.outputs, one.outputs, tolerance(single=self._layout.single))

    def given(self, tried: Tried, at: int) -> list[Entry]:
        """What backward gave: its return value is the `at`-th value, the object's arrays next."""
        kept = Kept(tried.values[at + 1] if self._reads else {})
        return entries(tried.values[at], kept, self._layout)

    def matched(self, given: list[Entry], truth: Truth) -> dict[str, Match | None]:
        return match(given, self._layout, truth.gradients, (1.0,), truth.limit)


class _Matches:
    """Gradients of one round, matched with their parameters when they are first asked for."""

    def __init__(self, stage: BackwardStage, tried: Tried, one: _Round, at: int) -> None:
        self._stage, self._tried, self._one, self._at = stage, tried, one, at

    def right(self, name: str) -> bool:
        return any(name in right for right in self._right)

    @cached_property
    def _right(self) -> list[set[str]]:
        """The gradients that are right, for each honest expectation."""
        given = self._stage.given(self._tried, self._at)
        return [
            {
                name
                for name, match in self._stage.matched(given, truth).items()
                if match is not None and match.agrees(truth.gradients[name], truth.limit)
            }
            for truth in self._one.truths
        ]


def _round(trial: RnnTrial, x: Array, d_outputs: Array) -> _Round:
    seen = trial.forward(x)
    return _Round(x, d_outputs, seen.outputs, own_gradient(trial, x, d_outputs, seen))


def _returns_all(trial: RnnTrial, one: _Round) -> bool:
    """Whether backward returns every gradient: else they are looked for on the object."""
    trial.forward(one.x)
    try:
        given = entries(trial.rnn.backward(one.d_outputs), Kept(), trial.layout)
    except StudentFault:
        return False
    nothing = {name: np.zeros(shape) for name, shape in trial.layout.shapes.items()}
    found = match(given, trial.layout, nothing, (1.0,), 0.0)
    return all(found.get(name) is not None for name in trial.layout.slots)


def _can_update(trial: RnnTrial) -> bool:
    try:
        trial.rnn.update_parameters(BETWEEN)
    except StudentFault:
        return False
    return True
