"""`OUT/changes.csv`: what a regrade changed, case by case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from grader.records import CaseResult, Grade

COLUMNS = (
    "student_id",
    "name",
    "question",
    "case",
    "before",
    "after",
    "points_before",
    "points_after",
    "diagnosis_before",
    "diagnosis_after",
)

Row = tuple[str | float, ...]


def rows(pairs: Iterable[tuple[Grade, Grade]]) -> Iterator[Row]:
    """One row for each case whose verdict, points or diagnosis is another than before.

    A case that one of the two grades lacks has empty cells on that side.
    """
    for old, new in pairs:
        before, after = _cases(old), _cases(new)
        for key in dict.fromkeys((*before, *after)):
            row = _row(before.get(key), after.get(key))
            if row is not None:
                yield (new.student_id, new.name, *key[:2], *row)


def _cases(grade: Grade) -> dict[tuple[str, str, bool], CaseResult]:
    return {
        (question.name, case.name, case.hidden): case
        for question in grade.questions
        for case in question.cases
    }


def _row(before: CaseResult | None, after: CaseResult | None) -> Row | None:
    (verdict, points, diagnosis), (verdict_now, points_now, diagnosis_now) = (
        (case.verdict.value, case.points, case.diagnosis) if case else ("", "", "")
        for case in (before, after)
    )
    if (verdict, points, diagnosis) == (verdict_now, points_now, diagnosis_now):
        return None
    return verdict, verdict_now, points, points_now, diagnosis, diagnosis_now
