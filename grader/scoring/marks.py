"""What readers gave: one mark per student, section and reader. Plain data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from grader.scoring.rubric import Item

APART = 0.2  # two readers further apart than this share of a section's points are listed
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
