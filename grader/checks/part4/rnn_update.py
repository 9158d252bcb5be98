"""What q4_4 asks of one update: plain gradient descent with the last gradients.

Judged by the gradients that the student's own backward gave, so that a wrong gradient is not
charged twice. Adaptive rates and weight decay lose the case that names them, and no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from grader.checks import garbage
from grader.checks.compare import agrees
from grader.checks.gradient import match
from grader.checks.known_model import (
    SMALL,
    BackwardRun,
    Parameters,
    RnnTrial,
    own_gradient,
    run_backward,
)
from grader.checks.memo import once
from grader.checks.parameters.layout import Layout
from grader.checks.parameters.rnn_roles import PUBLIC
from grader.faults import CheckFailed
from grader.language import say
from grader.protocol import Array, Call, CandidateClass, Read

# Differences of parameters lose digits: float64 keeps 1e-12 of a step, float32 1e-4.
SINGLE = 2e-3
DOUBLE = 1e-7
GRADIENT = 1e-3  # of a gradient that is right: float32 and numerical ones too
# Cosine between a step and the negative gradient below which it is no descent.
DOWNHILL = 0.2
LARGER = 5 * SMALL
RATE = 0.5


@dataclass(frozen=True)
class Stepped:
    """One update: what every parameter moved by, and the gradients it may have used."""

    moves: Parameters
    given: Parameters  # the student's own gradients
    true: Parameters  # the right ones, scaled as the student scales
    sums: Parameters  # the right ones as they should be
    kept: dict[str, list[Array]]  # what backward kept on the object where it gave something wrong
    rounding: dict[str, float]  # of each parameter, below which no step can be seen in it
    together: tuple[str, ...]  # parameters that lie in the same memory
    limit: float
    numerical: bool  # `true` is the gradient of the student's own forward

    @property
    def judged(self) -> list[str]:
        """The parameters whose step can be judged.

        Not by a gradient of NaN, nor by one that is lost where it is added: charged in backward.
        Nor where another parameter's step lands on the same memory: charged in __init__.
        """
        return [name for name in self.moves if self._is_judged(name)]

    def _is_judged(self, name: str) -> bool:
        gradient = self.given.get(name)
        if name in self.together:
            return False
        if gradient is None or not np.any(gradient):
            return True
        return self.rounding[name] < float(np.abs(gradient).max()) * RATE < np.inf


def step(SimpleRNN: CandidateClass, learning_rate: float) -> Stepped:
    """What one step does; kept in the candidate's memo."""
    return once(SimpleRNN, ("step", learning_rate), partial(_stepped, SimpleRNN, learning_rate))


def _stepped(SimpleRNN: CandidateClass, learning_rate: float) -> Stepped:
    """A fresh object, one forward, backward and update at the public point."""
    rng = np.random.default_rng(40)
    trial = RnnTrial.make(SimpleRNN, PUBLIC, rng)
    x, d_outputs = rng.normal(size=(6, 5, PUBLIC[0])), LARGER * rng.normal(size=(6, 5, PUBLIC[2]))
    run = _gradients(SimpleRNN, trial, x, d_outputs)
    trial.forward(x)
    found = trial.backward(d_outputs)
    update = Call("update_parameters", (learning_rate,))
    arrays, _, afterwards = trial.rnn.replay([Read(), update, Read()])
    before, after = (_first_copies(trial.layout, one) for one in (arrays, afterwards))
    # This object's own: another's may differ, where a gradient depends on how weights began.
    own = match(found, trial.layout, run.truth.gradients, (run.factor,), run.truth.limit)
    given = {name: one.gradient for name, one in own.items() if one is not None}
    sums = run.truth.gradients
    true = {name: run.factor * value for name, value in sums.items()}
    kept = {name: _kept(trial.layout, name, arrays) for name in before if not run.right(name)}
    moves = {name: after[name] - before[name] for name in before}
    rounding = {name: _rounding(trial.layout, value) for name, value in before.items()}
    limit = limit_of(trial.layout)
    together = trial.layout.overlapping or ()
    return Stepped(moves, given, true, sums, kept, rounding, together, limit, run.truth.numerical)


def _rounding(layout: Layout, value: Array) -> float:
    peak = float(np.abs(value).max(initial=0.0))
    return float(np.spacing(np.float32(peak) if layout.single else np.float64(peak)))


def _kept(layout: Layout, name: str, arrays: Mapping[str, Array]) -> list[Array]:
    """The parts for this parameter of arrays like the one that it lies in."""
    numbers = layout.slots[name][0]
    path = layout.storage.path_of(int(numbers.flat[0]))
    home = layout.storage.arrays[path]
    places = numbers - layout.storage.offsets[path]
    if places.max() >= home.size:
        return []  # scattered over several arrays
    return [
        array.ravel()[places]
        for other, array in arrays.items()
        if other not in layout.storage.arrays and array.shape == home.shape
    ]


def _gradients(
    SimpleRNN: CandidateClass, trial: RnnTrial, x: Array, d_outputs: Array
) -> BackwardRun:
    """The student's gradients and the numerical ones at the public point, from another object."""

    def run() -> BackwardRun:
        other = RnnTrial.make(SimpleRNN, PUBLIC, trial.parameters)
        return run_backward(other, x, d_outputs, own_gradient)

    return once(SimpleRNN, "gradients", run)


def _first_copies(layout: Layout, arrays: Mapping[str, Array]) -> Parameters:
    """Parameters as stored; of two hidden biases the first."""
    vector = layout.storage.vector(arrays)
    return {name: vector[copies[0]] for name, copies in layout.slots.items()}


def moves(SimpleRNN: CandidateClass) -> None:
    """Every parameter moves, downhill."""
    garbage.require_update(SimpleRNN)
    stepped = step(SimpleRNN, 1.0)
    # A gradient that backward gave as zero was charged there; not to move is right then.
    asked = [name for name in stepped.judged if np.any(stepped.given.get(name, np.ones(1)))]
    still = [name for name in asked if not np.any(stepped.moves[name])]
    if still:
        raise CheckFailed(
            say("update_parameters(1.0) leaves {names} unchanged.", names=tuple(still))
        )
    uphill = [name for name in asked if not _downhill(name, stepped)]
    if uphill:
        raise CheckFailed(
            say(
                "update_parameters moves {names} along the gradient or across it, not against it.",
                names=tuple(uphill),
            )
        )


def _downhill(name: str, stepped: Stepped) -> bool:
    move = stepped.moves[name]
    gradients = [part[name] for part in (stepped.given, stepped.true) if name in part]
    return any(_cosine(move, -gradient) > DOWNHILL for gradient in gradients)


def _cosine(a: Array, b: Array) -> float:
    a, b = _shrunk(a), _shrunk(b)
    lengths = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(np.sum(a * b)) / lengths if lengths > 0 and np.isfinite(lengths) else 0.0


def _shrunk(array: Array) -> Array:
    """The same direction, near 1: a norm squares what it adds."""
    peak = np.max(np.abs(array), initial=0.0)
    return array / peak if peak > 0 else array


def downhill(SimpleRNN: CandidateClass) -> None:
    """The squared error on one batch falls after five small steps."""
    garbage.require_update(SimpleRNN)
    rng = np.random.default_rng(41)
    trial = RnnTrial.make(SimpleRNN, PUBLIC, rng)
    x, target = rng.normal(size=(6, 5, PUBLIC[0])), rng.normal(size=(6, 5, PUBLIC[2]))
    losses = []
    for _ in range(6):
        error = trial.forward(x).outputs - target
        losses.append(float(np.mean(error.astype(np.float64) ** 2)))
        trial.rnn.backward(2 * error / error.size)
        trial.rnn.update_parameters(0.02)
    stepped = step(SimpleRNN, RATE)
    faithful = all(is_plain(name, stepped, RATE) for name in stepped.judged)
    # A wrong gradient was charged in q4_3; along a right one the error falls.
    if not losses[-1] < losses[0] and not (faithful and not _right(stepped)):
        raise CheckFailed(
            say(
                "After five steps of learning rate 0.02 the squared error went from {before} to {after}; "
                "it should fall.",
                before=f"{losses[0]:.6g}",
                after=f"{losses[-1]:.6g}",
            )
        )


def _right(stepped: Stepped) -> bool:
    """Whether the student's own gradients are the right ones."""
    return stepped.numerical and all(
        name in stepped.given and agrees(stepped.given[name], gradient, GRADIENT)
        for name, gradient in stepped.true.items()
    )


def plain_descent(SimpleRNN: CandidateClass) -> None:
    """The first step is exactly -learning_rate * gradient."""
    garbage.require_update(SimpleRNN)
    stepped = step(SimpleRNN, RATE)
    wrong = [name for name in stepped.judged if not is_plain(name, stepped, RATE)]
    if wrong:
        raise CheckFailed(
            say(
                "The step of {names} is not learning_rate times the gradient that backward gave, "
                "subtracted: plain gradient descent is that and nothing else.",
                names=tuple(wrong),
            )
        )


def is_plain(name: str, stepped: Stepped, learning_rate: float) -> bool:
    parts = (stepped.given, stepped.true, stepped.sums)
    gradients = [part[name] for part in parts if name in part] + stepped.kept.get(name, [])
    return any(
        agrees(stepped.moves[name], -learning_rate * gradient, stepped.limit)
        for gradient in gradients
    )


def learning_rate(SimpleRNN: CandidateClass) -> None:
    """The step is proportional to the learning rate."""
    garbage.require_update(SimpleRNN)
    full, half = (step(SimpleRNN, rate) for rate in (0.5, 0.25))
    if not any(np.any(move) for move in full.moves.values()):
        raise CheckFailed(say("update_parameters moves nothing."))
    wrong = [
        name
        for name in full.judged
        if not agrees(2 * half.moves[name], full.moves[name], full.limit)
        # Each of an object of its own, whose gradients may differ.
        and not (is_plain(name, full, 0.5) and is_plain(name, half, 0.25))
    ]
    if wrong:
        raise CheckFailed(
            say(
                "The step of {names} is not proportional to the learning rate.",
                names=tuple(wrong),
            )
        )


def limit_of(layout: Layout) -> float:
    return SINGLE if layout.single else DOUBLE
