"""What readers gave: one mark per student, section and reader. Plain data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grader.scoring.rubric import Item

BONUS = "bonus"  # stands where a section's number stands


@dataclass(frozen=True, slots=True)
class Mark:
    """One reader's mark of one section. `version` counts its changes: who writes names the last."""

    student_id: str
    section: str
    reader: str
    items: tuple[str, ...] = ()  # keys that are toggled on
    free: float = 0.0  # points besides, either sign
    comment: str = ""
    second_look: bool = False
    done: bool = False
    version: int = 0
    changed_at: str = ""


def points(mark: Mark, items: Iterable[Item], most: float) -> float:
    """The mark's points: items and free points, between 0 and what the section is worth."""
    worth = {item.key: item.points for item in items}
    total = sum(worth.get(key, 0.0) for key in mark.items) + mark.free
    return round(min(max(total, 0.0), most), 4)


def differ(first: float, second: float, most: float, share: float) -> bool:
    """Whether two readers are further apart than `share` of what the section is worth."""
    return abs(first - second) > share * most + 1e-9


def progress(marks: Sequence[Mark], total: int) -> tuple[int, int]:
    """How many of `total` are done, and how many ask for a second look."""
    return sum(mark.done for mark in marks if total), sum(mark.second_look for mark in marks)
