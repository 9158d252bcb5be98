"""By which numbers clip_by_norm multiplies what it is given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from grader.checks.bonus import optimizers
from grader.diagnosis.optional.findings import ROUNDING, Finding, finding, near
from grader.language import Message, say
from grader.protocol import Array, CandidateFunction

Arrays = dict[str, Array]
LIMIT = 1.0
ABOUT = ("shortens", "direction", "short")


def examine(clip_by_norm: CandidateFunction) -> Iterator[Finding]:
    """By which number gradients that are too long are multiplied."""
    given = {
        name: 3.0 * value for name, value in optimizers.drawn(np.random.default_rng(3)).items()
    }
    found = _clipped(clip_by_norm, given, LIMIT)
    factors = {name: found[name] / given[name] for name in given}
    if any(np.ptp(one) > ROUNDING for one in factors.values()):
        biggest = max(float(np.abs(value).max()) for value in found.values())
        if biggest <= LIMIT * (1 + ROUNDING):
            yield finding(
                say("Elements are cut at the limit one by one, which turns the direction."), *ABOUT
            )
        return
    numbers = [float(np.mean(one)) for one in factors.values()]
    if np.ptp(numbers) > ROUNDING:
        yield finding(
            say(
                "Every array is shortened by a number of its own; all of them have one norm together."
            ),
            *ABOUT,
        )
        return
    wanted = LIMIT / _length(given.values())
    if abs(numbers[0] - wanted) > ROUNDING * 100 * wanted:
        yield finding(_about_factor(numbers[0], given), *ABOUT)
    else:
        yield from _limit(clip_by_norm, given)


def _clipped(clip_by_norm: CandidateFunction, given: Arrays, limit: float) -> Arrays:
    returned = clip_by_norm(given, limit)
    return {
        name: np.asarray(returned[name], float).reshape(value.shape)
        for name, value in given.items()
    }


def _length(arrays: Any) -> float:
    return float(np.sqrt(sum(np.sum(one**2) for one in arrays)))


def _about_factor(number: float, given: Mapping[str, Array]) -> Message:
    """What the factor is in place of limit / norm."""
    every = np.concatenate([np.ravel(one) for one in given.values()])
    lengths = [float(np.linalg.norm(one)) for one in given.values()]
    norm = float(np.linalg.norm(every))
    norms = {
        "sum(|g|)": np.abs(every).sum(),
        "max(|g|)": np.abs(every).max(),
        "sum(g**2)": norm**2,
        "sqrt(mean(g**2))": np.sqrt(np.mean(every**2)),
        "sqrt(sum(mean(g**2)))": np.sqrt(sum(np.mean(one**2) for one in given.values())),
        "sum(norm(g))": sum(lengths),
        "max(norm(g))": max(lengths),
        "mean(norm(g))": np.mean(lengths),
    }
    for what, value in norms.items():
        if abs(number * value - LIMIT) < ROUNDING * 100:
            return say("The length is taken as {what} instead of sqrt(sum(g**2)).", what=what)
    forms = {"norm / limit": norm / LIMIT, "limit / norm**2": LIMIT / norm**2}
    for what, value in forms.items():
        if abs(number - value) < ROUNDING * 100 * value:
            return say("The gradients are multiplied by {what} instead of limit / norm.", what=what)
    if abs(number - 1.0) < ROUNDING:
        return say("Gradients that are too long come back as they were.")
    return say(
        "All gradients are multiplied by {number} where limit / norm is {wanted}.",
        number=f"{number:.3g}",
        wanted=f"{LIMIT / norm:.3g}",
    )


def _limit(clip_by_norm: CandidateFunction, given: Arrays) -> Iterator[Finding]:
    """Whether the length that comes out follows the limit."""
    lengths = [_length(_clipped(clip_by_norm, given, limit).values()) for limit in (1.0, 0.25)]
    if near(np.array(lengths[:1]), np.array(lengths[1:])):
        yield finding(
            say("Whatever the limit is, the length becomes {number}.", number=f"{lengths[0]:.3g}"),
            *ABOUT,
        )
