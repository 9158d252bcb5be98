"""Whether a method computes anything at all: zeros, NaN, noise or its own argument earn nothing.

Claims such as "does not change its inputs" hold for whatever does nothing; they are worth points
only where something is computed, be it wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from grader.checks.compare import agrees
from grader.checks.known_model import CellTrial, Parameters, RnnTrial, random_parameters
from grader.checks.memo import once
from grader.checks.parameters import lstm_roles, rnn_roles
from grader.faults import CheckFailed
from grader.language import Message, say
from grader.protocol import Array, CandidateClass

ROUGHLY = 1e-4  # relative; float32 and float64 alike

Call = Callable[[Parameters, float], Sequence[Array]]  # a fresh object's answer to an input


def require_forward(SimpleRNN: CandidateClass) -> None:
    """Raise where forward's results do not come from its inputs."""
    sizes = rnn_roles.PUBLIC
    x = np.random.default_rng(22).normal(size=(4, 2, sizes[0]))

    def call(values: Parameters, factor: float) -> Sequence[Array]:
        seen = RnnTrial.make(SimpleRNN, sizes, values).forward(factor * x)
        return [seen.outputs] if seen.hidden is None else [seen.outputs, seen.hidden]

    _require(SimpleRNN, rnn_roles.shapes(*sizes), call, say("forward"))


def require_cell(LSTMCell: CandidateClass) -> None:
    """Raise where the new states do not come from the input."""
    sizes = lstm_roles.PUBLIC
    rng = np.random.default_rng(23)
    x, h, c = rng.normal(size=(2, sizes[0])), *rng.uniform(-0.9, 0.9, (2, 2, sizes[1]))

    def call(values: Parameters, factor: float) -> Sequence[Array]:
        return CellTrial.make(LSTMCell, sizes, values).forward(factor * x, h, c)

    _require(LSTMCell, lstm_roles.shapes(*sizes), call, say("LSTMCell.forward"))


def require_backward(SimpleRNN: CandidateClass) -> None:
    """Raise where the gradients do not come from d_outputs: twice as large, they are twice as large."""
    sizes = rnn_roles.PUBLIC
    rng = np.random.default_rng(21)
    x, d_outputs = rng.normal(size=(4, 2, sizes[0])), 2e-3 * rng.normal(size=(4, 2, sizes[2]))

    def call(values: Parameters, factor: float) -> Sequence[Array]:
        trial = RnnTrial.make(SimpleRNN, sizes, values)
        trial.forward(x)
        given = factor * d_outputs
        arrays = [entry.array for entry in trial.backward(given)]
        return [one / factor for one in arrays if np.any(one) and not _is(one, given)]

    def judge() -> None:
        values = random_parameters(rnn_roles.shapes(*sizes), np.random.default_rng(24))
        if not _any_alike(call(values, 1.0), call(values, 2.0)):
            raise CheckFailed(say("backward gives no gradients at all."))

    once(SimpleRNN, "computes gradients", judge)


def _require(
    cls: CandidateClass, shapes: dict[str, tuple[int, ...]], call: Call, name: Message
) -> None:
    def judge() -> None:
        values = random_parameters(shapes, np.random.default_rng(24))
        first, again, other = call(values, 1.0), call(values, 1.0), call(values, -1.5)
        if not _any_alike(first, again) or _all_alike(first, other):
            raise CheckFailed(
                say(
                    "What {name} returns does not come from its inputs: nothing is computed.",
                    name=name,
                )
            )

    once(cls, "computes", judge)


def _any_alike(one: Sequence[Array], other: Sequence[Array]) -> bool:
    return any(agrees(a, b, ROUGHLY) for a, b in zip(one, other, strict=False))


def _all_alike(one: Sequence[Array], other: Sequence[Array]) -> bool:
    return all(agrees(a, b, ROUGHLY) for a, b in zip(one, other, strict=True))


def _is(array: Array, given: Array) -> bool:
    return array.shape == given.shape and np.array_equal(array, given)
