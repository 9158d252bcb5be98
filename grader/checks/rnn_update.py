"""What q4_4 asks of update_parameters: plain gradient descent with the last gradients.

Judged by the gradients that the student's own backward gave, so that a wrong gradient is not
charged twice. Momentum, Adam and their kin lose the case that names them, and no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.checks.compare import agrees
from grader.checks.gradient import entries, match
from grader.checks.layout import Layout
from grader.checks.protocol import (
    Array,
    Call,
    CandidateClass,
    CandidateObject,
    Read,
    Rounds,
    Step,
    Write,
)
from grader.checks.rnn_roles import PUBLIC
from grader.checks.roles import rnn_layout
from grader.checks.trial import SMALL, BackwardRun, Parameters, RnnTrial, own_gradient, run_backward
from grader.faults import CheckFailed
from grader.language import say

# Differences of parameters lose digits: float64 keeps 1e-12 of a step, float32 1e-4.
SINGLE = 2e-3
DOUBLE = 1e-7
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
    limit: float


def _step(SimpleRNN: CandidateClass, learning_rate: float) -> Stepped:
    """What one step does; kept in the candidate's memo."""
    key = ("step", learning_rate)
    if key not in SimpleRNN.memo:
        SimpleRNN.memo[key] = _stepped(SimpleRNN, learning_rate)
    step: Stepped = SimpleRNN.memo[key]
    return step


def _stepped(SimpleRNN: CandidateClass, learning_rate: float) -> Stepped:
    """A fresh object, one forward, backward and update at the public point."""
    rng = np.random.default_rng(40)
    trial = RnnTrial.make(SimpleRNN, PUBLIC, rng)
    x, d_outputs = rng.normal(size=(6, 5, PUBLIC[0])), LARGER * rng.normal(size=(6, 5, PUBLIC[2]))
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
    if "gradients" not in SimpleRNN.memo:
        other = RnnTrial.make(SimpleRNN, PUBLIC, trial.parameters)
        SimpleRNN.memo["gradients"] = run_backward(other, x, d_outputs, own_gradient)
    run: BackwardRun = SimpleRNN.memo["gradients"]
    return run


def _first_copies(trial: RnnTrial) -> Parameters:
    """Parameters as stored; of two hidden biases the first."""
    vector = trial.layout.storage.vector(trial.rnn.read())
    return {name: vector[copies[0]] for name, copies in trial.layout.slots.items()}


def moves(SimpleRNN: CandidateClass, _rng: np.random.Generator) -> None:
    """Every parameter moves, downhill."""
    stepped = _step(SimpleRNN, 1.0)
    # A gradient that backward gave as zero was charged there; not to move is right then.
    asked = [name for name in stepped.moves if np.any(stepped.given.get(name, np.ones(1)))]
    still = [name for name in asked if not np.any(stepped.moves[name])]
    if still:
        raise CheckFailed(
            say("update_parameters(1.0) leaves {names} unchanged.", names=", ".join(still))
        )
    uphill = [name for name in asked if not _downhill(name, stepped)]
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
    a, b = _shrunk(a), _shrunk(b)
    lengths = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(np.sum(a * b)) / lengths if lengths > 0 and np.isfinite(lengths) else 0.0


def _shrunk(array: Array) -> Array:
    """The same direction, near 1: a norm squares what it adds."""
    peak = np.max(np.abs(array), initial=0.0)
    return array / peak if peak > 0 else array


def downhill(SimpleRNN: CandidateClass, _rng: np.random.Generator) -> None:
    """The squared error on one batch falls after five small steps."""
    rng = np.random.default_rng(41)
    trial = RnnTrial.make(SimpleRNN, PUBLIC, rng)
    x, target = rng.normal(size=(6, 5, PUBLIC[0])), rng.normal(size=(6, 5, PUBLIC[2]))
    losses = []
    for _ in range(6):
        error = trial.forward(x).outputs - target
        losses.append(float(np.mean(error.astype(np.float64) ** 2)))
        trial.rnn.backward(2 * error / error.size)
        trial.rnn.update_parameters(0.02)
    stepped = _step(SimpleRNN, RATE)
    faithful = all(_plain(name, stepped, RATE) for name in stepped.moves)
    if not losses[-1] < losses[0] and not faithful:  # a wrong gradient was charged in q4_3
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
    stepped = _step(SimpleRNN, RATE)
    wrong = [name for name in stepped.moves if not _plain(name, stepped, RATE)]
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
    """Every step is the last gradient's, whatever came before."""
    rounds, limit = _rounds(SimpleRNN, rng, steps), _limit(rnn_layout(SimpleRNN, PUBLIC))
    if not all(one.plain(limit) or agrees(one.move, rounds[0].move, limit) for one in rounds):
        raise CheckFailed(
            say(
                "The same gradient gives another step the next time: plain gradient descent remembers nothing."
            ),
            diagnosis="momentum",
        )


def no_decay(SimpleRNN: CandidateClass, rng: np.random.Generator, *, steps: int) -> None:
    """The last of many steps is not shorter than its gradient asks for."""
    first, last = _rounds(SimpleRNN, rng, 2, between=steps - 2)
    limit = _limit(rnn_layout(SimpleRNN, PUBLIC))
    if last.plain(limit):
        return
    if np.linalg.norm(last.move) < np.linalg.norm(first.move) * (1 - 10 * limit):
        raise CheckFailed(
            say(
                "After {steps} updates the same gradient gives a shorter step: the learning rate is the caller's.",
                steps=steps,
            ),
            diagnosis="decaying-learning-rate",
        )


def _limit(layout: Layout) -> float:
    return SINGLE if layout.single else DOUBLE


@dataclass(frozen=True)
class Round:
    """One forward, backward and update: all parameters' moves and gradients in a row."""

    move: Array
    gradient: Array  # NaN where backward gave none

    def plain(self, limit: float) -> bool:
        return agrees(self.move, -RATE * self.gradient, limit)


@dataclass(frozen=True)
class _Then:
    """What an object held right after backward."""

    arrays: dict[str, Array]

    def read(self) -> dict[str, Array]:
        return self.arrays


def _rounds(
    SimpleRNN: CandidateClass, rng: np.random.Generator, count: int, *, between: int = 0
) -> list[Round]:
    """Rounds of one object, all from the same point; after each, others `between` without gradient.

    A first step that is not plain descent loses that case, and only standing still loses here.
    """
    stepped = _step(SimpleRNN, RATE)
    if not any(np.any(move) for move in stepped.moves.values()):
        raise CheckFailed(say("update_parameters moves nothing."))
    if not all(_plain(name, stepped, RATE) for name in stepped.moves):
        return [Round(-RATE * np.ones(1), np.ones(1))] * count
    trial = RnnTrial.make(SimpleRNN, PUBLIC, rng)
    x, d_outputs = rng.normal(size=(6, 5, PUBLIC[0])), LARGER * rng.normal(size=(6, 5, PUBLIC[2]))
    once: list[Step] = [
        Write(trial.layout.written(trial.parameters)),
        Call("forward", (x,)),
        Call("backward", (d_outputs,)),
        Read(),
        Call("update_parameters", (RATE,)),
        Read(),
    ]
    rounds = []
    for _ in range(count):
        rounds.append(_round(trial.layout, trial.rnn.replay(once), stepped))
        _pass_over(trial.rnn, x, np.zeros_like(d_outputs), between)
    return rounds


def _pass_over(rnn: CandidateObject, x: Array, nothing: Array, times: int) -> None:
    """Rounds that move no parameter, and of which nothing need be known but that they were."""
    if times > 0:
        rnn.forward(x)  # some forget it in backward
    while times > 0:
        inputs, targets = np.stack([x] * times), np.stack([nothing] * times)
        count, _ = rnn.train(
            Rounds(nothing, inputs, targets, np.zeros(1), RATE, updates=True, bound=np.inf)
        )
        times -= count


def _round(layout: Layout, results: Sequence[Any], stepped: Stepped) -> Round:
    _, _, returned, before, _, after = results
    found = entries(returned, _Then(before), layout)
    matches = match(found, layout, stepped.true, (1.0,), stepped.limit)
    moved = layout.storage.vector(after) - layout.storage.vector(before)
    gradients = [
        np.full(layout.shapes[name], np.nan) if chosen is None else chosen.gradient
        for name, chosen in matches.items()
    ]
    return Round(
        move=np.concatenate([moved[layout.slots[name][0]].ravel() for name in matches]),
        gradient=np.concatenate([gradient.ravel() for gradient in gradients]),
    )
