"""Passages that are alike in two submissions, as the search for similarity found them.

The dossier does not know how they are found: whoever has them gives a lookup. Without one nothing
is asked about.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AlikePassage:
    """Lines (first, last) of a student's own program that are alike to another submission's."""

    lines: tuple[int, int]
    other: str  # whose: for the examiner's eyes


AlikeLookup = Callable[[str], Sequence[AlikePassage]]


def nothing_alike(_student_id: str) -> Sequence[AlikePassage]:
    return ()
