"""What q4_4 asks of many updates: each is its own gradient's, whatever came before.

Momentum and a rate that decays lose the case that names them, and no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.checks import garbage
from grader.checks.compare import agrees
from grader.checks.gradient import entries, match
from grader.checks.idle_rounds import pass_over
from grader.checks.known_model import RnnTrial
from grader.checks.memo import RATE_STAYS, note
from grader.checks.parameters.layout import Layout
from grader.checks.parameters.rnn_roles import PUBLIC
from grader.checks.parameters.roles import rnn_layout
from grader.checks.part4.rnn_update import (
    LARGER,
    RATE,
    Stepped,
    is_plain,
    limit_of,
    step,
)
from grader.faults import CheckFailed
from grader.language import say
from grader.protocol import (
    Array,
    Call,
    CandidateClass,
    Read,
    Step,
    Write,
)


def repeats(SimpleRNN: CandidateClass, rng: np.random.Generator, *, steps: int) -> None:
    """Every step is the last gradient's, whatever came before."""
    garbage.require_update(SimpleRNN)
    rounds, limit = _rounds(SimpleRNN, rng, steps), limit_of(rnn_layout(SimpleRNN, PUBLIC))
    if not all(one.plain(limit) or agrees(one.move, rounds[0].move, limit) for one in rounds):
        raise CheckFailed(
            say(
                "The same gradient gives another step the next time: plain gradient descent remembers nothing."
            )
        )


def no_decay(SimpleRNN: CandidateClass, rng: np.random.Generator, *, steps: int) -> None:
    """The last of many steps is not shorter than its gradient asks for."""
    garbage.require_update(SimpleRNN)
    rounds = _rounds(SimpleRNN, rng, 2, between=steps - 2)
    if not rounds:
        return
    first, last = rounds
    limit = limit_of(rnn_layout(SimpleRNN, PUBLIC))
    if last.plain(limit):
        note(SimpleRNN, RATE_STAYS)
        return
    if np.linalg.norm(last.move) < np.linalg.norm(first.move) * (1 - 10 * limit):
        raise CheckFailed(
            say(
                "After {steps} updates the same gradient gives a shorter step: the learning rate is the caller's.",
                steps=steps,
            )
        )


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
    """Rounds of one object, all from the same point; others `between` them have no gradient.

    A first step that is not plain descent loses that case, and only standing still loses here: then
    there are none.
    """
    stepped = step(SimpleRNN, RATE)
    if not any(np.any(move) for move in stepped.moves.values()):
        raise CheckFailed(say("update_parameters moves nothing."))
    if not all(is_plain(name, stepped, RATE) for name in stepped.moves):
        return []
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
    for number in range(count):
        if number:
            pass_over(trial.rnn, x, np.zeros_like(d_outputs), RATE, between)
        rounds.append(_round(trial.layout, trial.rnn.replay(once), stepped))
    return rounds


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
