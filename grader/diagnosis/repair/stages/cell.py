"""LSTMCell.forward: the documented new states, in their order."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from grader.checks.compare import agrees, tolerance
from grader.checks.parameters.roles import lstm_layout
from grader.checks.states import read_cell
from grader.diagnosis.repair.bench import Tried
from grader.diagnosis.repair.points import CellPoints
from grader.diagnosis.repair.stages.stage import (
    Judgement,
    Refused,
    Stage,
    found,
    is_ambiguous,
    write,
)
from grader.protocol import Array, Call, CandidateClass


class CellStage(Stage):
    """Every call of the point, and the first once more: the cell keeps nothing."""

    def __init__(self, LSTMCell: CandidateClass, points: CellPoints) -> None:
        layout = found(lambda: lstm_layout(LSTMCell, points.sizes))
        if layout.absent:
            raise Refused
        symmetric = is_ambiguous(layout)
        inputs = points.inputs()
        self._right = points.right(symmetric=symmetric)
        self._right.append(self._right[0])
        self._inputs = [*inputs, inputs[0]]
        self._limit = tolerance(single=layout.single)
        self.sizes = points.sizes
        self.first = 2
        values = points.parameters(symmetric=symmetric)
        self.steps = [write(layout, values), *(Call("forward", one) for one in self._inputs)]

    def judgements(self, tried: Tried) -> Iterator[Judgement]:
        for call, right in enumerate(self._right):
            for which, name in ((1, "new_cell_state"), (0, "new_hidden_state")):
                expected = right[which]
                yield (name, call), partial(self._agrees, tried, call, which, expected)
        yield ("arguments", 0), lambda: not tried.changed

    def _agrees(self, tried: Tried, call: int, which: int, expected: Array) -> bool:
        states = read_cell(tried.values[1 + call], len(expected), self.sizes[1])
        return agrees(states[which], expected, self._limit)
