"""What every export is made from, and who cannot be in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from grader.language import Message, render, say
from grader.reports.account import GradebookRow
from grader.reports.clean_message import points
from grader.reports.gradebook import Gradebook
from grader.reports.tables import write_csv
from grader.results.reader import StoreReader
from grader.results.student_ids import MADE_UP, SECOND_NAME

LEFT_OUT_COLUMNS = ("student_id", "name", "total", "reason")

LeftOut = tuple[GradebookRow, Message]


@dataclass(frozen=True, slots=True)
class Export:
    """One OUT folder to export, and the language of what people read."""

    store: StoreReader
    out: Path
    language: str
    book: Gradebook

    @property
    def possible(self) -> float:
        """The points that totals are out of: of the automatic part alone until a person scored."""
        rows = self.book.rows
        automatic = max((row.possible for row in rows), default=0.0)
        if any(row.written is not None for row in rows):
            automatic += self.book.assignment.written_points
        return automatic

    @property
    def title(self) -> str:
        return self.book.assignment.assignment.title[self.language]

    def split(self) -> tuple[list[GradebookRow], list[LeftOut]]:
        """The rows with a score under an id that the system can know, and the others."""
        sent: list[GradebookRow] = []
        left: list[LeftOut] = []
        listed = set(self.book.course.listed)
        for row in self.book.rows:
            reason = self._why_not(row, listed)
            if reason is None:
                sent.append(row)
            else:
                left.append((row, reason))
        return sent, left

    def _why_not(self, row: GradebookRow, listed: set[str]) -> Message | None:
        if listed and row.student_id not in listed:
            return say("This id is not on the roster.")
        if not listed and self._is_made_up(row.student_id):
            return say("No id was found for this work.")
        if row.total is None:
            return say("There is no score yet.")
        return None

    def _is_made_up(self, student_id: str) -> bool:
        second = SECOND_NAME.fullmatch(student_id)
        return bool(MADE_UP.fullmatch(student_id)) or (
            second is not None and second[1] in self.book.by_id
        )

    def feedback(self, row: GradebookRow) -> str:
        """Scores, penalty and comment in one line."""
        parts = [", ".join(f"{name} {points(score)}" for name, score in row.scores.items())]
        if row.bonus:
            parts.append(self.say(say("bonus {points}", points=points(row.bonus))))
        if row.penalty:
            late = say(
                "late, started days: {days}: −{points}",
                days=row.days_late,
                points=points(row.penalty),
            )
            parts.append(self.say(late))
        return " | ".join(part for part in (*parts, row.comment) if part)

    def say(self, message: Message) -> str:
        return render(message, self.language)

    def write_left_out(self, name: str, left: Iterable[LeftOut]) -> list[Message]:
        """Write, or empty, the list of those who are not in the export. Says so where there are."""
        path = self.out / name
        rows = [(row.student_id, row.name, row.total, self.say(reason)) for row, reason in left]
        if not rows and not path.exists():
            return []
        write_csv(path, LEFT_OUT_COLUMNS, rows)
        unsent = sum(1 for row in rows if row[2] is not None)
        if not unsent:
            return []
        return [
            say("{count} scores could not be exported; see {file}", count=unsent, file=str(path))
        ]


def score(row: GradebookRow) -> float | None:
    """Two decimals: as many as Canvas and Moodle keep."""
    return None if row.total is None else round(row.total, 2)
