"""`OUT/grades.csv`: one row per student; `problems.csv` and `superseded.csv` beside it.

Total = automatic part less the late penalty + written part + bonus. The penalty is a share of the
automatic points per started day after the deadline, up to a cap (`assignment.toml`). A cell is
empty, never 0, where there is no score: a fault of the kit, an unreadable file, an unscored answer.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from grader.assignment import Assignment
from grader.language import render
from grader.records import Grade, Problem, Status, Submission
from grader.reports.tables import Cell, write_csv
from grader.results.reader import StoreReader
from grader.written import scores
from grader.written.scores import Written, WrittenRow

DEADLINE = "deadline"  # the fact in the store; else the one of `assignment.toml` holds
PROBLEM_COLUMNS = ("file", "student_id", "reason", "action", "sha256")
SUPERSEDED_COLUMNS = ("student_id", "name", "submitted_at", "late", "files", "sha256")


@dataclass(frozen=True, slots=True)
class GradebookRow:
    """One student's row: what was graded, what a person gave, and the sum."""

    student_id: str
    name: str
    scores: Mapping[str, float]  # by question; no key where there is no score
    bonus: float | None
    auto: float | None
    written: float | None
    total: float | None
    status: Status
    days_late: int
    submitted_at: str
    diagnoses: tuple[str, ...]
    sha256: str
    comment: str = ""


def write_all(
    store: StoreReader, out: Path, language: str, assignment: Assignment
) -> list[Problem]:
    """Write the gradebook and its companions. Give back what is wrong with `written.csv`."""
    scored = read_written(store, out, assignment)
    write_csv(out / "grades.csv", columns(assignment), rows(store, scored, assignment))
    problems = [*store.problems(), *scored.problems]
    write_csv(out / "problems.csv", PROBLEM_COLUMNS, _problem_rows(problems, language))
    superseded = list(map(_superseded_row, store.superseded()))
    if superseded or (out / "superseded.csv").exists():
        write_csv(out / "superseded.csv", SUPERSEDED_COLUMNS, superseded)
    return list(scored.problems)


def read_written(store: StoreReader, out: Path, assignment: Assignment) -> Written:
    """`written.csv` of this OUT, checked against the table of points."""
    limits = {
        question.name: question.points for question in assignment.questions if question.written
    }
    limits["bonus"] = assignment.assignment.bonus
    return scores.read(out / scores.NAME, limits, store.student_ids())


def columns(assignment: Assignment) -> tuple[str, ...]:
    questions = (question.name for question in assignment.questions)
    last = ("bonus", "auto", "written", "total", "status", "late", "submitted_at", "diagnoses")
    return ("student_id", "name", *questions, *last, "sha256")


def rows(store: StoreReader, scored: Written, assignment: Assignment) -> Iterator[tuple[Cell, ...]]:
    for entry in entries(store, scored, assignment):
        yield (
            entry.student_id,
            entry.name,
            *(entry.scores.get(question.name) for question in assignment.questions),
            entry.bonus,
            entry.auto,
            entry.written,
            entry.total,
            entry.status.value,
            entry.days_late,
            entry.submitted_at,
            ";".join(entry.diagnoses),
            entry.sha256,
        )


def entries(store: StoreReader, scored: Written, assignment: Assignment) -> Iterator[GradebookRow]:
    """Every student's row, by student id; then whoever a stopped run has not come to."""
    deadline = store.fact(DEADLINE) or assignment.assignment.deadline
    for grade in store.grades():
        yield entry(grade, scored.rows.get(grade.student_id), assignment, deadline)
    for submission in store.waiting():
        yield _waiting(submission, scored.rows.get(submission.student_id))


def entry(
    grade: Grade, scored: WrittenRow | None, assignment: Assignment, deadline: str
) -> GradebookRow:
    """Sum up one student."""
    has_score = bool(grade.questions) and grade.status is not Status.KIT_FAULT
    by_question = {each.name: each.score for each in grade.questions} if has_score else {}
    auto = grade.auto if has_score else None
    days = days_late(grade.submitted_at, deadline) if grade.late else 0
    by_hand = sum(scored.scores.values()) if scored and scored.scores else None
    bonus = scored.bonus if scored else None
    parts = (after_penalty(auto, days, assignment), by_hand, bonus)
    known = [part for part in parts if part is not None]
    total = round(sum(known), 4) if known and grade.status is not Status.KIT_FAULT else None
    return GradebookRow(
        student_id=grade.student_id,
        name=grade.name,
        scores={**by_question, **(scored.scores if scored else {})},
        bonus=bonus,
        auto=auto,
        written=by_hand,
        total=total,
        status=grade.status,
        days_late=days,
        submitted_at=grade.submitted_at,
        diagnoses=grade.diagnoses,
        sha256=grade.sha256,
        comment=scored.comment if scored else "",
    )


def after_penalty(auto: float | None, days: int, assignment: Assignment) -> float | None:
    """The automatic points that are left after `days` started days."""
    if auto is None:
        return None
    header = assignment.assignment
    return auto * (1 - min(header.late_penalty_cap, header.late_penalty * days))


def days_late(submitted_at: str, deadline: str) -> int:
    """Started days after the deadline; 1 for a late submission whose times say nothing."""
    try:
        behind = datetime.fromisoformat(submitted_at).astimezone() - _moment(deadline)
    except ValueError:
        return 1
    return max(1, math.ceil(behind / timedelta(days=1)))


def _moment(deadline: str) -> datetime:
    """A deadline without offset is meant in local time."""
    return datetime.fromisoformat(deadline).astimezone()


def _waiting(submission: Submission, scored: WrittenRow | None) -> GradebookRow:
    return GradebookRow(
        student_id=submission.student_id,
        name=submission.name,
        scores=scored.scores if scored else {},
        bonus=scored.bonus if scored else None,
        auto=None,
        written=None,
        total=None,
        status=Status.NEEDS_REVIEW,
        days_late=0,
        submitted_at=submission.submitted_at,
        diagnoses=(),
        sha256="",
    )


def _problem_rows(problems: Iterable[Problem], language: str) -> Iterator[tuple[Cell, ...]]:
    for each in problems:
        reason, action = render(each.reason, language), render(each.action, language)
        yield each.file, each.student_id, reason, action, each.sha256


def _superseded_row(each: Submission) -> tuple[Cell, ...]:
    files = "; ".join(file.name for file in each.files)
    late = "late" if each.late else ""
    return each.student_id, each.name, each.submitted_at, late, files, each.sha256
