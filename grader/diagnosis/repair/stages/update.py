"""SimpleRNN.update_parameters: parameter minus learning rate times the student's own gradient."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from grader.checks.compare import agrees
from grader.checks.gradient import Entry, entries, match
from grader.checks.known_model import RnnTrial, own_gradient
from grader.checks.parameters.roles import rnn_layout
from grader.checks.part4.rnn_update import limit_of
from grader.diagnosis.repair.bench import Tried
from grader.diagnosis.repair.points import RnnPoints
from grader.diagnosis.repair.stages.backward import Kept
from grader.diagnosis.repair.stages.stage import (
    Judgement,
    Refused,
    Stage,
    found,
    is_ambiguous,
    write,
)
from grader.protocol import (
    Array,
    Call,
    CandidateClass,
    Read,
    Step,
)

RATES = (0.5, 0.25)  # of two updates in a row
STRIDE = 4  # forward, backward, update, read
LARGER = 5.0  # d_outputs times this: differences of parameters lose digits


@dataclass(frozen=True)
class _Round:
    """One update of the student's own program, and the scalars that should come of it."""

    x: Array
    d_outputs: Array
    returned: list[Entry]  # by backward: an edit must leave it as it is
    moves: dict[str, Array]  # -rate * gradient, of the parameters whose gradient is given


class UpdateStage(Stage):
    """Two updates with different rates: neither momentum nor a shrinking rate goes unseen."""

    def __init__(self, SimpleRNN: CandidateClass, points: RnnPoints) -> None:
        self._layout = layout = found(lambda: rnn_layout(SimpleRNN, points.sizes))
        if is_ambiguous(layout):
            raise Refused
        self.sizes = points.sizes
        self.first = 1 + STRIDE
        values = points.parameters()
        writes = write(layout, values)
        self._start = layout.storage.vector(writes.values)
        self._rounds = self._planned(SimpleRNN, points)
        self.steps: list[Step] = [writes]
        for one, rate in zip(self._rounds, RATES, strict=True):
            self.steps += [Call("forward", (one.x,)), Call("backward", (one.d_outputs,))]
            self.steps += [Call("update_parameters", (rate,)), Read()]

    def _planned(self, SimpleRNN: CandidateClass, points: RnnPoints) -> list[_Round]:
        """What the program's own gradients ask for, one update after the other."""
        rounds = []
        vector = self._start
        for (x, d_outputs), rate in zip(points.inputs(), RATES, strict=False):
            trial = RnnTrial.make(SimpleRNN, points.sizes, points.parameters())
            trial.rnn.write(self._layout.storage.arrays_of(vector, self._paths))
            one = _round(trial, x, LARGER * d_outputs, rate)
            if not one.moves:
                raise Refused
            rounds.append(one)
            vector = self._moved(vector, one)
        return rounds

    @property
    def _paths(self) -> list[str]:
        numbers = (copy for copies in self._layout.slots.values() for copy in copies)
        paths = {self._layout.storage.path_of(int(copy.flat[0])) for copy in numbers}
        return [path for path in self._layout.storage.arrays if path in paths]

    def _moved(self, vector: NDArray[np.float64], one: _Round) -> NDArray[np.float64]:
        """Every copy of a parameter moves by its own gradient."""
        moved = vector.copy()
        for name, move in one.moves.items():
            for copy in self._layout.slots[name]:
                moved[copy] += move
        return moved

    def judgements(self, tried: Tried) -> Iterator[Judgement]:
        before = self._start
        for call, one in enumerate(self._rounds):
            at = 1 + call * STRIDE
            for name in one.moves:
                yield (name, call), partial(self._stepped, tried, at, one, name, before)
            yield ("gradients", call), partial(self._kept, tried, at, one)
            before = self._moved(before, one)

    def _stepped(
        self, tried: Tried, at: int, one: _Round, name: str, before: NDArray[np.float64]
    ) -> bool:
        after = self._layout.storage.vector(tried.values[at + 3])
        first = self._layout.slots[name][0]
        return agrees(after[first] - before[first], one.moves[name], limit_of(self._layout))

    def _kept(self, tried: Tried, at: int, one: _Round) -> bool:
        """Whether backward still returns what it returned."""
        given = entries(tried.values[at + 1], Kept(), self._layout)
        return len(given) == len(one.returned) and all(
            agrees(mine.array, other.array, limit_of(self._layout))
            for mine, other in zip(given, one.returned, strict=True)
        )


def _round(trial: RnnTrial, x: Array, d_outputs: Array, rate: float) -> _Round:
    seen = trial.forward(x)
    returned = trial.rnn.backward(d_outputs)
    given = entries(returned, trial.rnn, trial.layout)
    truth = own_gradient(trial, x, d_outputs, seen)[0]
    matches = match(given, trial.layout, truth.gradients, (1.0,), truth.limit)
    moves = {name: -rate * one.gradient for name, one in matches.items() if one is not None}
    return _Round(x, d_outputs, entries(returned, Kept(), trial.layout), moves)
