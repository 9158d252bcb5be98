"""What q4_4 asks of update_parameters: plain gradient descent with the last gradients.

Judged by the gradients that the student's own backward gave, so that a wrong gradient is not
charged twice. Momentum, Adam and their kin lose the case that names them, and no more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grader.checks.compare import agrees
from grader.checks.layout import Layout
from grader.checks.protocol import Array, Call, CandidateClass, Read, Step, Write
from grader.checks.roles import rnn_layout
from grader.checks.trial import SMALL, BackwardRun, Parameters, RnnTrial, own_gradient, run_backward
from grader.faults import CheckFailed
from grader.language import say

SIZES = (3, 4, 2)
# Differences of parameters lose digits: float64 keeps 1e-12 of a step, float32 1e-4.
SINGLE = 2e-3
DOUBLE = 1e-7
# Cosine between a step and the negative gradient below which it is no descent.
DOWNHILL = 0.2
LARGER = 5 * SMALL


@dataclass(frozen=True)
class Stepped:
    """One update: what every parameter moved by, and the gradients it may have used."""

    moves: Parameters
    given: Parameters  # the student's own gradients
    true: Parameters  # the right ones, scaled as the student scales
    limit: float


def _step(SimpleRNN: CandidateClass, learning_rate: float) -> Stepped:
    """A fresh object, one forward, backward and update at the public point."""
    rng = np.random.default_rng(40)
    trial = RnnTrial.make(SimpleRNN, SIZES, rng)
    x, d_outputs = rng.normal(size=(6, 5, SIZES[0])), LARGER * rng.normal(size=(6, 5, SIZES[2]))
    run = _gradients(SimpleRNN, trial, x, d_outputs)
    trial.forward(x)
    trial.rnn.backward(d_outputs)
    before = _first_copies(trial)
    trial.rnn.update_parameters(learning_rate)
    after = _first_copies(trial)
    given = {name: found.gradient for name, found in run.matches.items() if found is not None}
    true = {name: run.factor * value for name, value in run.truth.gradients.items()}
    moves = {name: after[name] - before[name] for name in before}
    return Stepped(moves, given, true, _limit(trial.layout))


def _gradients(
    SimpleRNN: CandidateClass, trial: RnnTrial, x: Array, d_outputs: Array
) -> BackwardRun:
    """The student's gradients and the numerical ones at the public point, from another object."""
    if "step" not in SimpleRNN.memo:
        other = RnnTrial.make(SimpleRNN, SIZES, trial.parameters)
        SimpleRNN.memo["step"] = run_backward(other, x, d_outputs, own_gradient)
    run: BackwardRun = SimpleRNN.memo["step"]
    return run


def _first_copies(trial: RnnTrial) -> Parameters:
    """Parameters as stored; of two hidden biases the first."""
    vector = trial.layout.storage.vector(trial.rnn.read())
    return {name: vector[copies[0]] for name, copies in trial.layout.slots.items()}


def moves(SimpleRNN: CandidateClass, _rng: np.random.Generator) -> None:
    """Every parameter moves, downhill."""
    stepped = _step(SimpleRNN, 1.0)
    still = [name for name, move in stepped.moves.items() if not np.any(move)]
    if still:
        raise CheckFailed(
            say("update_parameters(1.0) leaves {names} unchanged.", names=", ".join(still))
        )
    uphill = [name for name in stepped.moves if not _downhill(name, stepped)]
    if uphill:
        raise CheckFailed(
            say(
                "update_parameters moves {names} along the gradient or across it, not against it.",
                names=", ".join(uphill),
            )
        )


def _downhill(name: str, stepped: Stepped) -> bool:
    move = stepped.moves[name]
    gradients = [part[name] for part in (stepped.given, stepped.true) if name in part]
    return any(_cosine(move, -gradient) > DOWNHILL for gradient in gradients)


def _cosine(a: Array, b: Array) -> float:
    lengths = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(np.sum(a * b)) / lengths if lengths > 0 and np.isfinite(lengths) else 0.0


def downhill(SimpleRNN: CandidateClass, _rng: np.random.Generator) -> None:
    """The squared error on one batch falls after five small steps."""
    rng = np.random.default_rng(41)
    trial = RnnTrial.make(SimpleRNN, SIZES, rng)
    x, target = rng.normal(size=(6, 5, SIZES[0])), rng.normal(size=(6, 5, SIZES[2]))
    losses = []
    for _ in range(6):
        error = trial.forward(x).outputs - target
        losses.append(float(np.mean(error.astype(np.float64) ** 2)))
        trial.rnn.backward(2 * error / error.size)
        trial.rnn.update_parameters(0.02)
    if not losses[-1] < losses[0]:
        raise CheckFailed(
            say(
                "After five steps of learning rate 0.02 the squared error went from {before} to {after}; "
                "it should fall.",
                before=f"{losses[0]:.6g}",
                after=f"{losses[-1]:.6g}",
            )
        )


def plain_descent(SimpleRNN: CandidateClass, _rng: np.random.Generator) -> None:
    """The first step is exactly -learning_rate * gradient."""
    stepped = _step(SimpleRNN, 0.5)
    wrong = [name for name in stepped.moves if not _plain(name, stepped, 0.5)]
    if wrong:
        raise CheckFailed(
            say(
                "The step of {names} is not learning_rate times the gradient: plain gradient descent is "
                "asked for, not an adaptive rate, weight decay or a forgotten factor.",
                names=", ".join(wrong),
            )
        )


def _plain(name: str, stepped: Stepped, learning_rate: float) -> bool:
    gradients = [part[name] for part in (stepped.given, stepped.true) if name in part]
    return any(
        agrees(stepped.moves[name], -learning_rate * gradient, stepped.limit)
        for gradient in gradients
    )


def learning_rate(SimpleRNN: CandidateClass, _rng: np.random.Generator) -> None:
    """The step is proportional to the learning rate."""
    full, half, none = (_step(SimpleRNN, rate) for rate in (0.5, 0.25, 0.0))
    if not any(np.any(move) for move in full.moves.values()):
        raise CheckFailed(say("update_parameters moves nothing."))
    wrong = [
        name
        for name, move in full.moves.items()
        if not agrees(2 * half.moves[name], move, full.limit) or np.any(none.moves[name])
    ]
    if wrong:
        raise CheckFailed(
            say(
                "The step of {names} is not proportional to the learning rate.",
                names=", ".join(wrong),
            )
        )


def repeats(SimpleRNN: CandidateClass, rng: np.random.Generator, *, steps: int) -> None:
    """The same forward and backward give the same step, every time."""
    first, *later = _repeated(SimpleRNN, rng, steps)
    if not all(agrees(step, first, _limit(rnn_layout(SimpleRNN, SIZES))) for step in later):
        raise CheckFailed(
            say(
                "The same gradient gives another step the next time: plain gradient descent remembers nothing."
            )
        )


def no_decay(SimpleRNN: CandidateClass, rng: np.random.Generator, *, steps: int) -> None:
    """The last of many equal steps is not shorter than the first."""
    first, *_, last = _repeated(SimpleRNN, rng, steps)
    if np.linalg.norm(last) < np.linalg.norm(first) * (
        1 - 10 * _limit(rnn_layout(SimpleRNN, SIZES))
    ):
        raise CheckFailed(
            say(
                "After {steps} updates the same gradient gives a shorter step: the learning rate is the caller's.",
                steps=steps,
            )
        )


def _limit(layout: Layout) -> float:
    return SINGLE if layout.single else DOUBLE


def _repeated(SimpleRNN: CandidateClass, rng: np.random.Generator, steps: int) -> list[Array]:
    """Steps of one object from the same point with the same gradient, all parameters in a row.

    An optimiser whose first step is not plain descent loses that case; here it need only go
    downhill, and counts as repeating itself.
    """
    stepped = _step(SimpleRNN, 0.5)
    if not all(_plain(name, stepped, 0.5) for name in stepped.moves):
        if not all(_downhill(name, stepped) for name in stepped.moves):
            raise CheckFailed(say("update_parameters does not move the parameters downhill."))
        return [np.ones(1)] * steps
    trial = RnnTrial.make(SimpleRNN, SIZES, rng)
    x, d_outputs = rng.normal(size=(6, 5, SIZES[0])), LARGER * rng.normal(size=(6, 5, SIZES[2]))
    reset = Write(trial.layout.written(trial.rnn.read(), trial.parameters))
    once: list[Step] = [
        reset,
        Call("forward", (x,)),
        Call("backward", (d_outputs,)),
        Read(),
        Call("update_parameters", (0.5,)),
        Read(),
    ]
    moved = []
    for _ in range(steps):
        results = trial.rnn.replay(once)
        before, after = (trial.layout.storage.vector(results[place]) for place in (3, 5))
        taken = np.concatenate([copies[0].ravel() for copies in trial.layout.slots.values()])
        moved.append((after - before)[taken])
    return moved
