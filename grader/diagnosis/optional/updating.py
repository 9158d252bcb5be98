"""What update_parameters of a network does to each array, against the gradient that backward gave."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from grader.checks.bonus.network_checks import one_update
from grader.checks.bonus.networks import Kind, network
from grader.checks.gradient import match
from grader.diagnosis.optional.findings import ROUNDING, Finding, finding, near
from grader.diagnosis.optional.sums import multiple
from grader.language import say
from grader.protocol import CandidateClass

RATE = 0.3
SEED = 41
ABOUT = "updates"


def examine(cls: CandidateClass, kind: Kind) -> Iterator[Finding]:
    """Arrays that do not move at all, and a number with which all others move."""
    found = network(cls, kind)
    values, gave, moved = one_update(found, np.random.default_rng(SEED), RATE)
    matches = match(gave, found.layout, {**values, **moved}, (1.0,), ROUNDING)
    still, numbers = [], []
    for path, one in matches.items():
        if one is None or path not in moved or not one.gradient.any():
            continue
        if not moved[path].any():
            still.append(path)
        elif not near(moved[path], one.gradient):
            numbers.append(multiple(moved[path], one.gradient))
    yield from _words(still, numbers)


def _words(still: Sequence[str], numbers: Sequence[float | None]) -> Iterator[Finding]:
    if still:
        yield finding(say("update_parameters never moves {names}.", names=tuple(still)), ABOUT)
    known = [one for one in numbers if one is not None]
    if known and len(known) == len(numbers) and np.ptp(known) < ROUNDING:
        words = (
            say("update_parameters goes up the gradient: its sign is wrong.")
            if abs(known[0] + 1.0) < ROUNDING
            else say("update_parameters moves by {number} times learning_rate times the gradient.",
                     number=f"{known[0]:.3g}")
        )  # fmt: skip
        yield finding(words, ABOUT)
