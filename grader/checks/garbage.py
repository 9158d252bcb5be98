"""Whether a method computes anything at all: zeros, NaN, noise or its own argument earn nothing.

Claims such as "does not change its inputs" hold for whatever does nothing; they are worth points
only where something is computed, be it wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from grader import protocol
from grader.checks.compare import agrees, numbers
from grader.checks.known_model import CellTrial, Parameters, RnnTrial, random_parameters
from grader.checks.memo import once
from grader.checks.parameters import cell_sizes, lstm_roles, rnn_roles
from grader.checks.states import Sizes, read_cell, read_forward
from grader.faults import CheckFailed, StudentFault
from grader.language import Message, say
from grader.protocol import Array, CandidateClass, CandidateFunction, Read

ROUGHLY = 1e-4  # relative; float32 and float64 alike

Call = Callable[[Parameters, float], Sequence[Array]]  # a fresh object's answer to an input


def require_forward(SimpleRNN: CandidateClass) -> None:
    """Raise where forward's results do not come from its inputs."""
    sizes = rnn_roles.PUBLIC
    x = np.random.default_rng(22).normal(size=(4, 2, sizes[0]))

    def call(values: Parameters, factor: float) -> Sequence[Array]:
        seen = RnnTrial.make(SimpleRNN, sizes, values).forward(factor * x)
        return [seen.outputs] if seen.hidden is None else [seen.outputs, seen.hidden]

    def built(factor: float) -> Array:
        returned = SimpleRNN(*sizes).forward(factor * x)
        return read_forward(returned, Sizes(4, 2, *sizes)).outputs

    _require(SimpleRNN, rnn_roles.shapes(*sizes), call, say("forward"), built)


def require_cell(LSTMCell: CandidateClass) -> None:
    """Raise where the new states do not come from the input."""
    sizes = cell_sizes.PUBLIC
    rng = np.random.default_rng(23)
    x, h, c = rng.normal(size=(2, sizes[0])), *rng.uniform(-0.9, 0.9, (2, 2, sizes[1]))

    def call(values: Parameters, factor: float) -> Sequence[Array]:
        return CellTrial.make(LSTMCell, sizes, values).forward(factor * x, h, c)

    def built(factor: float) -> Array:
        return np.concatenate(read_cell(LSTMCell(*sizes).forward(factor * x, h, c), 2, sizes[1]))

    deaf = say(
        "What LSTMCell.forward returns does not depend on input_t: changing it changes nothing."
    )
    _require(LSTMCell, lstm_roles.shapes(*sizes), call, say("LSTMCell.forward"), built, deaf)


def require_backward(SimpleRNN: CandidateClass) -> None:
    """Raise where the gradients do not come from d_outputs, or all are zero."""

    def judge() -> None:
        first, again, other = (_gradients(SimpleRNN, seed) for seed in (1, 1, 2))
        steady = _same_places(zip(first, again, strict=False))
        if not steady or not _any_alike(first, again) or _all_alike(first, other):
            raise CheckFailed(say("backward gives no gradients at all."))

    once(SimpleRNN, "computes gradients", judge)


def require_update(SimpleRNN: CandidateClass) -> None:
    """Raise where what an update changes does not come from the gradients."""

    def judge() -> None:
        first, again, other = (_moves(SimpleRNN, seed) for seed in (1, 1, 2))
        moved = [pair for pair in zip(first, again, strict=True) if np.any(pair[0])]
        # Any: a gradient that depends on how its object began is charged in backward.
        steady = any(agrees(move, repeated, ROUGHLY) for move, repeated in moved)
        steady &= _same_places(moved)
        if moved and (not steady or _all_alike(first, other)):
            raise CheckFailed(
                say("What update_parameters changes does not come from the gradients.")
            )

    once(SimpleRNN, "computes steps", judge)


def require_sequence(function: CandidateFunction) -> None:
    """Raise where a sequence of Fibonacci numbers is constant, no numbers, or other the next time."""

    def judge() -> None:
        try:
            returned = function("fibonacci", 12)
            first, again = numbers(returned), numbers(function("fibonacci", 12))
        except StudentFault:  # costs the cases that ask for it
            return
        if is_empty(returned):
            raise CheckFailed(say("generate_sequence_data gives an empty sequence."))
        if returned is None or not first.size:
            return  # no numbers: every case says so
        if not np.all(np.isfinite(first)):
            raise CheckFailed(
                say("generate_sequence_data gives NaN or infinity among its first terms.")
            )
        if not agrees(first, again, ROUGHLY):
            raise CheckFailed(say("generate_sequence_data gives other numbers each time."))
        if first.size > 1 and np.ptp(first) == 0.0:
            raise CheckFailed(
                say("generate_sequence_data gives one and the same number throughout.")
            )

    once(function, "computes", judge)


def _same_places(pairs: Iterable[tuple[Array, Array]]) -> bool:
    """Whether NaN comes of NaN before it, and so stands where it stood; scattered by chance it does not."""
    return all(np.array_equal(np.isfinite(one), np.isfinite(two)) for one, two in pairs)


def is_empty(returned: object) -> bool:
    """Of anything that can be counted; an array without axes cannot."""
    try:
        return len(returned) == 0  # type: ignore[arg-type]  # asked, not assumed
    except TypeError:
        return False


def _gradients(SimpleRNN: CandidateClass, seed: int) -> list[Array]:
    trial, d_outputs = _after_forward(SimpleRNN, seed)
    arrays = [entry.array for entry in trial.backward(d_outputs)]
    return [one for one in arrays if np.any(one) and not _is(one, d_outputs)]


def _moves(SimpleRNN: CandidateClass, seed: int) -> list[Array]:
    trial, d_outputs = _after_forward(SimpleRNN, seed)
    arrays, _ = trial.rnn.replay([Read(), protocol.Call("backward", (d_outputs,))])
    before = trial.layout.values(arrays)
    _, arrays = trial.rnn.replay([protocol.Call("update_parameters", (0.5,)), Read()])
    return [after - before[name] for name, after in trial.layout.values(arrays).items()]


def _after_forward(SimpleRNN: CandidateClass, seed: int) -> tuple[RnnTrial, Array]:
    """A fresh object after its forward, the same each time, and a d_outputs of this seed."""
    sizes = rnn_roles.PUBLIC
    rng = np.random.default_rng(21)
    trial = RnnTrial.make(SimpleRNN, sizes, random_parameters(rnn_roles.shapes(*sizes), rng))
    trial.forward(rng.normal(size=(4, 2, sizes[0])))
    return trial, 2e-3 * np.random.default_rng(seed).normal(size=(4, 2, sizes[2]))


def _require(
    cls: CandidateClass,
    shapes: dict[str, tuple[int, ...]],
    call: Call,
    name: Message,
    built: Callable[[float], Array] | None = None,
    deaf: Message | None = None,
) -> None:
    """built: the answer of an object as its constructor left it, whatever plays which role.

    deaf: what is said where the inputs move nothing, if not that nothing is computed at all.
    """

    def judge() -> None:
        values = random_parameters(shapes, np.random.default_rng(24))
        first, again, other = call(values, 1.0), call(values, 1.0), call(values, -1.5)
        if not _any_alike(first, again) and all(map(_is_finite, (first, again))):
            raise CheckFailed(
                say(
                    "{name} gives other results each time for the same inputs and parameters.",
                    name=name,
                )
            )
        steady = _any_alike(first, again)
        unmoved = _all_alike(first, other) and (
            built is None or agrees(built(1.0), built(-1.5), ROUGHLY)
        )
        if not steady or unmoved:
            raise CheckFailed(
                deaf
                if deaf is not None and steady
                else say(
                    "What {name} returns does not come from its inputs: nothing is computed.",
                    name=name,
                )
            )

    once(cls, "computes", judge)


def _is_finite(arrays: Sequence[Array]) -> bool:
    return all(bool(np.all(np.isfinite(one))) for one in arrays)


def _any_alike(one: Sequence[Array], other: Sequence[Array]) -> bool:
    return any(agrees(a, b, ROUGHLY) for a, b in zip(one, other, strict=False))


def _all_alike(one: Sequence[Array], other: Sequence[Array]) -> bool:
    return all(agrees(a, b, ROUGHLY) for a, b in zip(one, other, strict=True))


def _is(array: Array, given: Array) -> bool:
    return array.shape == given.shape and np.array_equal(array, given)
