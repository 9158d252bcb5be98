"""What Dropout multiplies by, in training, in evaluation and in backward."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from grader.diagnosis.optional.findings import ROUNDING, Finding, finding, near
from grader.language import say
from grader.protocol import Array, CandidateClass


def examine(cls: CandidateClass) -> Iterator[Finding]:
    """By what it multiplies in training, in evaluation and in backward."""
    rate, rng = 0.3, np.random.default_rng(9)
    x = rng.uniform(0.5, 1.5, (2, 200, 250))
    layer = cls(rate)
    mask = np.asarray(layer.forward(x), float) / x
    back = np.asarray(layer.backward(x), float) / x
    calm = np.asarray(layer.forward(x, False), float) / x  # noqa: FBT003  # as the contract passes it
    after = np.asarray(layer.backward(x), float) / x
    zeros, kept = float(np.mean(mask == 0.0)), np.unique(mask[mask != 0.0].round(6))
    yield from _kept_value(kept, rate, zeros)
    yield from _shared(mask)
    yield from _calm(calm, rate)
    yield from _back(mask, back, after)


def _kept_value(kept: Array, rate: float, zeros: float) -> Iterator[Finding]:
    if abs(zeros - (1.0 - rate)) < 0.15:  # noqa: PLR2004  # 0.7 against 0.3
        yield finding(
            say("Elements are dropped with probability 1 - rate: rate is the probability to drop."),
            "inverted",
            "statistics",
            "evaluation",
        )
    if kept.size > 1:
        yield _several(kept, zeros)
    if kept.size != 1 or abs(kept[0] - 1.0 / (1.0 - rate)) < 1e-5:  # noqa: PLR2004  # rounding
        return
    forms = {"1": 1.0, "1 / rate": 1.0 / rate, "1 - rate": 1.0 - rate, "rate": rate}
    is_form = [what for what, value in forms.items() if abs(kept[0] - value) < 1e-5]  # noqa: PLR2004  # rounding
    what = is_form[0] if is_form else f"{kept[0]:.3g}"
    yield finding(
        say("What is kept is multiplied by {what} instead of 1 / (1 - rate).", what=what),
        "inverted",
        "statistics",
        "evaluation",
    )


def _several(kept: Array, zeros: float) -> Finding:
    low, high = f"{kept.min():.3g}", f"{kept.max():.3g}"
    words = say("What is kept is multiplied by several numbers, {low} to {high}; all of it by 1 / (1 - rate).",
                low=low, high=high)  # fmt: skip
    if not zeros:
        words = say("In training nothing becomes 0: elements are multiplied by numbers of {low} to {high}.",
                    low=low, high=high)  # fmt: skip
    return finding(words, "inverted", "statistics", "one_mask")


def _shared(mask: Array) -> Iterator[Finding]:
    zero = mask == 0.0
    if zero.any() and not np.array_equal(zero[0], zero[1]):
        yield finding(say("Every time step draws a mask of its own."), "one_mask", "afresh")
    elif zero.any() and np.all(zero == zero[:, :1]):
        yield finding(say("All sequences of the batch share one mask."), "one_mask", "afresh")
    elif zero.any() and np.all(zero == zero[:, :, :1]):
        yield finding(
            say("A sequence is dropped as a whole: all its features share one draw."),
            "one_mask",
            "afresh",
        )


def _calm(calm: Array, rate: float) -> Iterator[Finding]:
    if np.any(calm == 0.0):
        yield finding(say("In evaluation elements are dropped as in training."), "evaluation")
    elif np.ptp(calm) < ROUNDING and abs(calm.flat[0] - (1.0 - rate)) < ROUNDING:
        yield finding(
            say(
                "Evaluation multiplies by 1 - rate. Here training divides by it, and evaluation changes nothing."
            ),
            "evaluation",
        )


def _back(mask: Array, back: Array, after: Array) -> Iterator[Finding]:
    if np.all(back == 1.0) and not np.all(mask == 1.0):
        yield finding(say("backward passes the gradient on without the mask."), "backward")
    elif near(back, (mask != 0.0).astype(float)) and not near(back, mask):
        yield finding(say("backward uses the mask without its scale."), "backward")
    elif not np.array_equal(back == 0.0, mask == 0.0):
        yield finding(
            say("backward draws a mask of its own; it must be that of the last forward."),
            "backward",
        )
    elif np.any(after == 0.0):
        yield finding(
            say("After an evaluation backward still uses the mask of the training before: there the gradient "
                "passes as it is."), "backward")  # fmt: skip
