"""The instructor's tables of people: who has which misconception, and everybody with all points."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.language import Message, render, say
from grader.reports.account import GradebookRow
from grader.reports.classroom import Classroom, ClassRow
from grader.reports.clean_message import moment, one_line, points
from grader.reports.labels import STATUS_STATES, STATUSES
from grader.reports.wording import Wording

NAME_LIMIT = 40


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A link to a student."""

    label: str
    feedback: str


@dataclass(frozen=True, slots=True)
class Cause:
    """A misconception and who has it; `share` of the scored students."""

    number: int
    title: str
    hint: str
    share: float
    people: tuple[PersonRow, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table of students."""

    label: str
    hint: str = ""
    high_first: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """Points of one question."""

    text: str
    state: str


@dataclass(frozen=True, slots=True)
class StudentLine:
    """One row of the table of students."""

    student_id: str
    name: str
    status: str
    status_label: str
    status_state: str
    late: bool
    submitted_at: str
    scored: bool
    sums: tuple[Cell, ...]  # total, automatic part, penalty, written part, bonus
    cells: tuple[Cell, ...]
    seconds: float
    seconds_label: str
    causes: str  # numbers of misconceptions
    cause_titles: str
    feedback: str
    results: str


SUMS = (say("total"), say("automatic"), say("late penalty"), say("written"), say("bonus"))


def label(row: ClassRow) -> str:
    return " ".join(filter(None, (one_line(row.name, NAME_LIMIT), one_line(row.student_id, 24))))


def causes_of(room: Classroom, wording: Wording, files: Mapping[str, str]) -> tuple[Cause, ...]:
    return tuple(
        Cause(
            number=number,
            title=one_line(wording.misconception(name), 120),
            hint=one_line(wording.explanation(name), 400),
            share=len(rows) / max(len(room.scored), 1),
            people=tuple(PersonRow(label(row), feedback_href(files, row)) for row in rows),
        )
        for number, (name, rows) in enumerate(room.misconceptions())
    )


def feedback_href(files: Mapping[str, str], row: ClassRow) -> str:
    return f"feedback/{files[row.student_id]}.html"


def columns(room: Classroom, wording: Wording) -> tuple[Column, ...]:
    def column(text: Message, *, high_first: bool = False) -> Column:
        return Column(render(text, wording.language), high_first=high_first)

    return (
        column(say("name")),
        column(say("id")),
        *(column(text, high_first=True) for text in SUMS),
        *(Column(name, wording.title(name)) for name in room.questions),
        column(say("status")),
        column(say("misconceptions")),
        column(say("submitted")),
        column(say("time (s)"), high_first=True),
        column(say("results")),
    )


def student_lines(
    room: Classroom, causes: Sequence[Cause], wording: Wording, files: Mapping[str, str]
) -> Iterator[StudentLine]:
    names = [name for name, _ in room.misconceptions()]
    numbers = {name: str(cause.number) for name, cause in zip(names, causes, strict=True)}
    titles = {name: cause.title for name, cause in zip(names, causes, strict=True)}
    for row in room.rows:
        yield StudentLine(
            student_id=one_line(row.student_id, NAME_LIMIT),
            name=one_line(row.name, NAME_LIMIT),
            status=row.status.value,
            status_label=render(STATUSES[row.status], wording.language),
            status_state=STATUS_STATES[row.status],
            late=row.late,
            submitted_at=moment(row.submitted_at)[:16],
            scored=row.scored,
            sums=tuple(_sums(row.account)),
            cells=tuple(_cell(row, name) for name in room.questions),
            seconds=round(row.seconds, 3),
            seconds_label=f"{row.seconds:.1f}" if row.scored else "",
            causes=" ".join(numbers[name] for name in row.diagnoses),
            cause_titles=" · ".join(titles[name] for name in row.diagnoses),
            feedback=feedback_href(files, row),
            results=f"results/{files[row.student_id]}.json",
        )


def _sums(account: GradebookRow) -> Iterator[Cell]:
    extra = [part for part in (account.bonus, account.bonus_code) if part is not None]
    penalty = -account.penalty if account.penalty else None
    unfinished = "part" if account.written is not None and account.unscored else ""
    sums = (account.total, account.auto, penalty, account.written)
    for value, state in zip(sums, ("", "", "", unfinished), strict=True):
        yield Cell("" if value is None else points(value).replace("-", "−"), state)
    yield Cell(points(sum(extra)) if extra else "", "")


def _cell(row: ClassRow, question: str) -> Cell:
    if not row.scored or question not in row.scores:
        return Cell("", "")
    score, possible = row.scores[question]
    state = "full" if score >= possible else "part" if score > 0 else "none"
    return Cell(points(score), state)
