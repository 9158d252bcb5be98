"""SimpleRNN.forward: the documented outputs and hidden states, call after call."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from grader.checks.compare import agrees, tolerance
from grader.checks.parameters.roles import rnn_layout
from grader.checks.states import Forward, Sizes, read_forward
from grader.diagnosis.repair.bench import Tried
from grader.diagnosis.repair.points import RnnPoints
from grader.diagnosis.repair.stages.stage import Judgement, Stage, found, is_ambiguous, write
from grader.protocol import Array, Call, CandidateClass


class ForwardStage(Stage):
    """Every call of the point, and the first once more: a second call starts afresh."""

    def __init__(self, SimpleRNN: CandidateClass, points: RnnPoints) -> None:
        layout = found(lambda: rnn_layout(SimpleRNN, points.sizes))
        symmetric = is_ambiguous(layout)
        inputs = [x for x, _ in points.inputs()]
        self._right = points.right(layout.absent, symmetric=symmetric)
        self._right.append(self._right[0])
        self._inputs = [*inputs, inputs[0]]
        self._layout = layout
        self._limit = tolerance(single=layout.single)
        self.sizes = points.sizes
        self.first = 2
        values = points.parameters(symmetric=symmetric)
        self.steps = [write(layout, values), *(Call("forward", (x,)) for x in self._inputs)]

    def judgements(self, tried: Tried) -> Iterator[Judgement]:
        for call, (outputs, hidden) in enumerate(self._right):
            yield ("hidden_states", call), partial(self._hidden, tried, call, hidden)
            yield ("outputs", call), partial(self._outputs, tried, call, outputs)
        yield ("inputs", 0), lambda: not tried.changed

    def _hidden(self, tried: Tried, call: int, expected: Array) -> bool:
        seen = self._read(tried, call)
        return seen.hidden is not None and agrees(seen.hidden, expected, self._limit)

    def _outputs(self, tried: Tried, call: int, expected: Array) -> bool:
        seen = self._read(tried, call)
        return seen.in_order and agrees(seen.outputs, expected, self._limit)

    def _read(self, tried: Tried, call: int) -> Forward:
        sizes = Sizes(*self._inputs[call].shape, *self.sizes[1:])
        return read_forward(tried.values[1 + call], sizes, leading=self._layout.leading)
