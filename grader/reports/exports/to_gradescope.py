"""Grades in Gradescope's `results.json`: "Autograder Specifications", output format.

Every case is a test. Hidden ones are shown after publication only, and say no more than the
student's page does. Gradescope shows no total while a test that counts is hidden.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from grader.language import Message, render, say
from grader.records import (
    CaseResult,
    Grade,
    QuestionResult,
    Verdict,
)
from grader.reports.account import GradebookRow
from grader.reports.clean_message import words
from grader.reports.exports.export import Export
from grader.reports.guard import case_hint, case_print, case_text
from grader.reports.next_steps import VERDICTS
from grader.reports.wording import Wording, load_wording
from grader.results import documents
from grader.results.files import file_names

FOLDER = "gradescope"
PRINTED_LIMIT = 1_200


def write_gradescope(export: Export) -> list[Message]:
    """`gradescope/<student_id>/results.json` for everybody who was graded."""
    names = file_names(export.store.student_ids())
    wording = load_wording(export.language)
    for grade in export.store.grades():
        if grade.questions:
            path = export.out / FOLDER / names[grade.student_id] / "results.json"
            documents.write(path, document(grade, export.book.by_id[grade.student_id], wording))
    return []


def document(grade: Grade, row: GradebookRow, wording: Wording) -> dict[str, Any]:
    """One grade as Gradescope reads it; its score is the sum of its tests."""
    tests = [test for question in grade.questions for test in _tests(question, wording)]
    tests += _late(row, wording.language)
    return {
        "score": round(sum(test["score"] for test in tests), 4),
        "execution_time": round(grade.seconds, 3),
        "output": "\n".join(words(note, wording.language) for note in grade.notes),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {
            "status": grade.status.value,
            "late_days": row.days_late,
            "penalty": row.penalty or 0.0,
            "bonus": row.bonus_code or 0.0,
            "kit": grade.kit,
            "sandbox": grade.sandbox,
        },
        "tests": tests,
    }


def _tests(question: QuestionResult, wording: Wording) -> Iterator[dict[str, Any]]:
    """The public cases by name; the hidden ones by number, since a name may tell its input."""
    part = question.name.removeprefix("q").replace("_", ".")
    for number, (case, name) in enumerate(_named(question.cases, wording.language), start=1):
        yield {
            "name": f"{question.name} {name}",
            "name_format": "text",
            "number": f"{part}.{number}",
            "score": round(case.points, 4),
            "max_score": round(case.possible, 4),
            "status": "passed" if case.verdict is Verdict.PASSED else "failed",
            "output": _output(case, wording),
            "output_format": "text",
            "tags": [question.name],
            "visibility": "after_published" if case.hidden else "visible",
        }


def _named(cases: Iterable[CaseResult], language: str) -> Iterator[tuple[CaseResult, str]]:
    hidden = 0
    for case in cases:
        hidden += case.hidden
        name = render(say("hidden case {number}", number=hidden), language)
        yield case, name if case.hidden else case.name


def _output(case: CaseResult, wording: Wording) -> str:
    """What the student's page says of it."""
    printed = case_print(case, PRINTED_LIMIT)
    if printed:
        label = render(say("your code printed:"), wording.language)
        printed = f"{label}\n{printed}"
    verdict = render(VERDICTS[case.verdict], wording.language)
    lines = (case_text(case, wording.language) or verdict, case_hint(case, wording), printed)
    return "\n".join(filter(None, lines))


def _late(row: GradebookRow, language: str) -> Iterator[dict[str, Any]]:
    if row.penalty:
        yield {
            "name": render(say("late, started days: {days}", days=row.days_late), language),
            "name_format": "text",
            "score": -row.penalty,
            "max_score": 0.0,
            "status": "failed",
            "tags": ["late"],
            "visibility": "visible",
        }
