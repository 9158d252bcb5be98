"""What readers gave: one mark per student, section and reader. Plain data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from grader.scoring.rubric import Item
from grader.written.oral_marks import MOST_MARK, QUESTIONS

_MARKS = {str(mark) for mark in range(MOST_MARK + 1)}

APART = 0.2  # two readers further apart than this share of a section's points are listed
BONUS = "bonus"  # stands where a section's number stands
ORAL = "oral"  # as above; its items are marks of questions, "4:2" for 2 of 3 in the fourth


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


def question_marks(items: Iterable[str]) -> dict[str, int]:
    """Marks of the oral exam by question. Raises ValueError for what is none, or stands there twice."""
    found: dict[str, int] = {}
    for item in items:
        question, _, mark = item.partition(":")
        if question not in QUESTIONS or mark not in _MARKS or question in found:
            raise ValueError(item)
        found[question] = int(mark)
    return found


def points(mark: Mark, items: Iterable[Item], most: float) -> float:
    """The mark's points: items and free points, between 0 and what the section is worth.

    Of the oral exam: the mean mark of the questions that were asked.
    """
    if mark.section == ORAL:
        given = list(question_marks(mark.items).values())
        return round(sum(given) / len(given), 4) if given else 0.0
    worth = {item.key: item.points for item in items}
    total = sum(worth.get(key, 0.0) for key in mark.items) + mark.free
    return round(min(max(total, 0.0), most), 4)
