"""What an experiment on an optional question found, and which cases it has to do with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from grader.language import Message
from grader.protocol import Array

ROUNDING = 1e-6  # what is nearer to a plain number than this is that number
CLOSE = 1e-5  # relative; the programs compute in float64 here, and the steps in between are few


@dataclass(frozen=True, slots=True)
class Finding:
    """One cause: what it spoils ("forward", or gradients by role), and its words."""

    about: frozenset[str]
    words: Message


def finding(words: Message, *about: str) -> Finding:
    return Finding(frozenset(about), words)


def about_first(found: Sequence[Finding], wanted: Iterable[str]) -> Finding | None:
    """The first that has to do with one of these; any, where nothing is named."""
    names = frozenset(wanted)
    return next((one for one in found if not names or one.about & names), None)


def near(one: Array, other: Array) -> bool:
    """Whether two arrays are one and the same, as nearly as rounding allows."""
    if one.shape != other.shape or not np.all(np.isfinite(one)):
        return False
    scale = float(np.linalg.norm(other))
    return bool(np.linalg.norm(one - other) <= CLOSE * max(scale, 1e-12))
