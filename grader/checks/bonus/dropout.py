"""What q6_5 asks of Dropout: inverted, one mask for all time steps, nothing in evaluation."""

from __future__ import annotations

import numpy as np

from grader.assignment import load
from grader.checks.compare import What, finite, shaped
from grader.faults import CheckFailed
from grader.language import say
from grader.protocol import Array, CandidateClass, CandidateObject

CALL = "forward(inputs: ({0}, {1}, {2}))"
SMALL = (4, 6, 5)
MEDIUM = (4, 20, 20)
WIDE = (2, 100, 100)  # T, B, N: so many draws
NEARLY = 1e-6


def _inputs(rng: np.random.Generator, shape: tuple[int, int, int]) -> Array:
    """No element near zero, so that what is dropped shows."""
    return np.asarray(rng.uniform(0.5, 1.5, shape) * rng.choice([-1.0, 1.0], shape))


def _outputs(dropout: CandidateObject, x: Array, training: bool | None = None) -> Array:  # noqa: FBT001  # as the contract passes it
    what = What("outputs", CALL.format(*x.shape))
    given = () if training is None else (training,)
    return finite(shaped(dropout.forward(x, *given), x.shape, what), what)


def _dropped(dropout: CandidateObject, x: Array) -> Array:
    """Which elements a forward in training dropped, (T, B, N)."""
    return np.asarray(np.abs(_outputs(dropout, x) / x) < NEARLY)


def evaluation(Dropout: CandidateClass, rng: np.random.Generator) -> None:
    """In evaluation, and at rate 0, nothing happens; in training something does."""
    x = _inputs(rng, SMALL)
    dropout = Dropout(0.5)
    if not np.any(_outputs(dropout, x) != x):
        raise CheckFailed(say("In training nothing is dropped."))
    if np.abs(_outputs(dropout, x, training=False) - x).max() > NEARLY:
        raise CheckFailed(say("In evaluation the outputs must be the inputs, not scaled."))
    what = What("outputs", CALL.format(*SMALL))
    if not np.abs(shaped(Dropout(0.0).forward(x), SMALL, what) - x).max() <= NEARLY:  # NaN neither
        raise CheckFailed(say("With rate 0 nothing is dropped, and the outputs are the inputs."))


def inverted(Dropout: CandidateClass, rng: np.random.Generator) -> None:
    """What is kept is divided by 1 - rate."""
    x, rate = _inputs(rng, MEDIUM), 0.4
    mask = np.asarray(_outputs(Dropout(rate), x) / x, float)
    kept = 1.0 / (1.0 - rate)
    if np.any((np.abs(mask) > NEARLY) & (np.abs(mask - kept) > NEARLY * kept)):
        raise CheckFailed(
            say(
                "In training every element is either 0 or the input divided by 1 - rate; "
                "here are others."
            )
        )
    if not mask.any() or mask.all():
        raise CheckFailed(say("Of 400 elements all were dropped, or none."))


def one_mask(Dropout: CandidateClass, rng: np.random.Generator) -> None:
    """The same mask at all time steps, another for every sequence and feature."""
    mask = _dropped(Dropout(0.5), _inputs(rng, MEDIUM))
    if not mask.any():
        raise CheckFailed(say("In training nothing is dropped."))
    if np.any(mask != mask[0]):
        raise CheckFailed(say("The mask must be the same at all time steps of a sequence."))
    if not _varies(mask[0]) or not _varies(mask[0].T):
        raise CheckFailed(say("Every sequence and every feature has its own draw in the mask."))


def _varies(mask: Array) -> bool:
    return bool(np.any(mask != mask[0]))


def _draws(dropped: Array) -> Array:
    """(B, N) of one step without what only repeats: a mask shared by rows or columns is one draw."""
    rows = dropped[0] if _varies(dropped[0]) else dropped[0][:1]
    return np.asarray(rows if _varies(rows.T) else rows[:, :1])


def statistics(Dropout: CandidateClass, rng: np.random.Generator) -> None:
    """The share that is dropped, over 10,000 draws, and with it the expectation."""
    for rate in (0.2, 0.6):
        dropped = _dropped(Dropout(rate), _inputs(rng, WIDE))
        if not 0.0 < np.mean(dropped) < 1.0:
            raise CheckFailed(say("Of 10,000 elements all were dropped, or none."))
        dropped = _draws(dropped)
        if not _fits(float(np.mean(dropped)), rate, dropped.size):
            raise CheckFailed(
                say(
                    "The share that is dropped is not `rate`: it is the probability to drop, not to keep."
                )
            )


def _fits(share: float, rate: float, draws: int) -> bool:
    """Whether a share is within so many standard deviations of a binomial one."""
    deviation = np.sqrt(rate * (1.0 - rate) / draws)
    return bool(abs(share - rate) <= load().learning["q6_5"]["deviations"] * deviation)


def afresh(Dropout: CandidateClass, rng: np.random.Generator) -> None:
    """Every forward in training draws anew; neighbours in the mask know nothing of each other."""
    dropout, x = Dropout(0.5), _inputs(rng, WIDE)
    first, second = (_draws(_dropped(dropout, x)) for _ in range(2))
    pairs = [(first[:, 1:], first[:, :-1]), (first[1:], first[:-1])]
    if first.shape == second.shape:
        pairs.append((first, second))
    for one, other in pairs:
        if one.size and not _fits(float(np.mean(one == other)), 0.5, one.size):
            raise CheckFailed(
                say(
                    "Draws depend on one another: every forward draws each sequence and feature afresh."
                )
            )


def backward(Dropout: CandidateClass, rng: np.random.Generator) -> None:
    """The gradient meets the mask of the last forward; after an evaluation it passes."""
    dropout, x = Dropout(0.5), _inputs(rng, SMALL)
    d_outputs = _inputs(rng, SMALL)
    what = What("d_inputs", f"backward(d_outputs: {SMALL})")
    for training in (True, False):
        if training:
            _outputs(dropout, x)
        outputs = _outputs(dropout, x, training=training)
        found = finite(shaped(dropout.backward(d_outputs), SMALL, what), what)
        if np.abs(found - d_outputs * outputs / x).max() > NEARLY:
            raise CheckFailed(
                say("backward must multiply by the very mask of the last forward, scaled as there.")
            )


def inputs_kept(Dropout: CandidateClass, rng: np.random.Generator) -> None:
    """Neither forward nor backward changes what it is given."""
    dropout, x = Dropout(0.5), _inputs(rng, MEDIUM)
    outputs = _outputs(dropout, x)
    changed = dropout.changed_inputs
    dropout.backward(np.ones_like(x))
    if not np.any(outputs == 0.0):
        raise CheckFailed(say("In training nothing is dropped."))
    if changed or dropout.changed_inputs:
        raise CheckFailed(
            say("forward or backward changes its arguments in place: work on copies.")
        )
