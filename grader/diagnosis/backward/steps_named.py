"""Gradients and steps as sentences name them."""

from __future__ import annotations

from collections.abc import Sequence

from grader.diagnosis.experiments.impulses import POINT
from grader.diagnosis.numbers_told import numbered
from grader.language import Message, say

ALL = 5


def listed(names: Sequence[str]) -> Message:
    if len(names) == ALL:
        return say("every gradient")
    return Message("{names}", {"names": tuple(f"d{name}" for name in names)})


def steps_of(steps: Sequence[int]) -> Message:
    """Steps of a sequence of five, by place where they are the first or the last."""
    if tuple(steps) == (POINT.T - 1,):
        return say("the last step")
    if tuple(steps) == (0,):
        return say("the first step")
    return say("steps {steps} (of 0 to {last})", steps=numbered(steps), last=POINT.T - 1)
