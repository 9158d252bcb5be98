"""`OUT/grades.csv`: one row per student; `problems`, `superseded` and `missing.csv` beside it.

Total = automatic part less the late penalty + written part + both bonuses, and the oral exam where
`assignment.toml` gives it points. The penalty is a share
of the automatic points per started day after the student's own deadline, up to a cap
(`assignment.toml`, `--late-penalty`, `overrides.csv`). A cell is empty, never 0, where there is no
score: a fault of the kit, an unreadable file, an unscored answer.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from grader.assignment import Assignment
from grader.language import render
from grader.records import Problem, Status, Submission
from grader.reports.account import GradebookRow, Rules, account, waiting
from grader.reports.oral_sources import with_oral
from grader.reports.tables import Cell, write_csv
from grader.reports.written_sources import with_page
from grader.results import course, overrides
from grader.results.course import CourseSettings
from grader.results.overrides import Context, Overrides
from grader.results.reader import StoreReader
from grader.scoring import page_scores
from grader.written import oral_marks, scores
from grader.written.scores import Written

# The fact in the store that says by which deadline the last run judged; it may have been given.
DEADLINE = "deadline"
PROBLEM_COLUMNS = ("file", "student_id", "reason", "action", "sha256")
SUPERSEDED_COLUMNS = ("student_id", "name", "submitted_at", "late", "files", "sha256")
MISSING_COLUMNS = ("student_id", "name", "email", "excused")


@dataclass(frozen=True)
class Gradebook:
    """A class with all that people decided about it. What is wrong in their files: `mistakes`."""

    assignment: Assignment
    course: CourseSettings
    scored: Written
    decided: Overrides
    rows: tuple[GradebookRow, ...]

    @property
    def mistakes(self) -> tuple[Problem, ...]:
        return (*self.scored.problems, *self.decided.problems)

    @cached_property
    def by_id(self) -> dict[str, GradebookRow]:
        return {row.student_id: row for row in self.rows}


def read(store: StoreReader, out: Path, assignment: Assignment) -> Gradebook:
    """The gradebook of an OUT folder: its grades, `written.csv`, `overrides.csv`, its settings."""
    settings = course.of(store)
    page = page_scores.read(out)
    scored = with_page(read_written(store, out, assignment), page)
    interviews = oral_marks.read(out / oral_marks.NAME, store.student_ids())
    scored = with_oral(scored, interviews, page, assignment.assignment.oral)
    deadline = store.fact(DEADLINE) or assignment.assignment.deadline
    decided = read_overrides(store, out, deadline, settings)
    rules = Rules.of(assignment, settings, deadline, decided)
    rows = [account(grade, scored.rows.get(grade.student_id), rules) for grade in store.grades()]
    rows += [waiting(each, scored.rows.get(each.student_id), rules) for each in store.waiting()]
    return Gradebook(assignment, settings, scored, decided, tuple(rows))


def read_written(store: StoreReader, out: Path, assignment: Assignment) -> Written:
    """`written.csv` of this OUT, checked against the table of points."""
    limits = {
        question.name: question.points for question in assignment.questions if question.written
    }
    limits["bonus"] = assignment.assignment.bonus
    oral = assignment.assignment.oral or math.inf
    return scores.read(out / scores.NAME, limits, store.student_ids(), oral)


def read_overrides(
    store: StoreReader, out: Path, deadline: str, settings: CourseSettings
) -> Overrides:
    """`overrides.csv` of this OUT, checked against what came in."""
    path = out / overrides.NAME
    if not path.is_file():
        return Overrides()
    context = Context(deadline, {*store.student_ids(), *settings.listed}, tuple(store.files()))
    return overrides.read(path, context)


def write_all(book: Gradebook, store: StoreReader, out: Path, language: str) -> None:
    """Write the gradebook and its companions."""
    write_csv(out / "grades.csv", columns(book.assignment), rows(book))
    problems = [*store.problems(), *book.mistakes]
    write_csv(out / "problems.csv", PROBLEM_COLUMNS, _problem_rows(problems, language))
    _write_or_drop(out / "superseded.csv", SUPERSEDED_COLUMNS, _superseded_rows(store))
    _write_or_drop(out / "missing.csv", MISSING_COLUMNS, _missing_rows(book))


def _write_or_drop(path: Path, names: tuple[str, ...], rows: Iterable[tuple[Cell, ...]]) -> None:
    """A list that is empty has no file, unless an earlier run left one that is wrong by now."""
    listed = list(rows)
    if listed or path.exists():
        write_csv(path, names, listed)


def columns(assignment: Assignment) -> tuple[str, ...]:
    questions = (question.name for question in assignment.questions if not question.bonus)
    sums = ("bonus", "bonus_code", "auto", "penalty", "written", "oral", "total")
    last = ("status", "late", "submitted_at", "diagnoses", "sha256")
    return ("student_id", "name", *questions, *sums, *last)


def rows(book: Gradebook) -> Iterator[tuple[Cell, ...]]:
    for row in book.rows:
        yield (
            row.student_id,
            row.name,
            *(
                row.scores.get(question.name)
                for question in book.assignment.questions
                if not question.bonus  # in bonus_code
            ),
            row.bonus,
            row.bonus_code,
            row.auto,
            row.penalty,
            row.written,
            row.oral,
            row.total,
            row.status.value,
            row.days_late,
            row.submitted_at,
            ";".join(row.diagnoses),
            row.sha256,
        )


def _problem_rows(problems: Iterable[Problem], language: str) -> Iterator[tuple[Cell, ...]]:
    for each in problems:
        reason, action = render(each.reason, language), render(each.action, language)
        yield each.file, each.student_id, reason, action, each.sha256


def _superseded_rows(store: StoreReader) -> Iterator[tuple[Cell, ...]]:
    yield from map(_superseded_row, store.superseded())


def _superseded_row(each: Submission) -> tuple[Cell, ...]:
    files = "; ".join(file.name for file in each.files)
    late = "late" if each.late else ""
    return each.student_id, each.name, each.submitted_at, late, files, each.sha256


def _missing_rows(book: Gradebook) -> Iterator[tuple[Cell, ...]]:
    listed = book.course.listed
    for row in book.rows:
        if row.status is Status.MISSING:
            excused = "excused" if row.excused else ""
            student_id, _, email, *_ = listed.get(row.student_id, (row.student_id, "", ""))
            yield student_id, row.name, email, excused
