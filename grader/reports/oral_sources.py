"""The oral exam comes from the scoring page, from `oral.csv` or from a column of `written.csv`.

Where two of them differ, none counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from grader.language import say
from grader.records import Problem
from grader.scoring.page_scores import PageScore
from grader.scoring.score_store import NAME as PAGE_STORE
from grader.written.oral_marks import NAME as ORAL_TABLE
from grader.written.oral_marks import OralMarks, in_gradebook
from grader.written.scores import NAME as TABLE
from grader.written.scores import Written, WrittenRow


def with_oral(
    table: Written, interviews: OralMarks, page: Mapping[str, PageScore], points: float
) -> Written:
    """The rows completed by the interviews: the mean mark, or its share of the exam's points."""
    rows = dict(table.rows)
    problems: list[Problem] = []
    for student_id in dict.fromkeys((*interviews.rows, *page)):
        row = rows.get(student_id, WrittenRow({}))
        given = dict(_given(row, interviews, page, student_id, points))
        problems += _differences(student_id, given)
        agreed = next(iter(given.values())) if len(set(given.values())) == 1 else None
        if given:
            rows[student_id] = replace(row, oral=agreed)
    return Written(rows, (*table.problems, *interviews.problems, *problems))


def _given(
    row: WrittenRow,
    interviews: OralMarks,
    page: Mapping[str, PageScore],
    student_id: str,
    points: float,
) -> Iterator[tuple[str, float]]:
    """What each source says, in the gradebook's measure."""
    if row.oral is not None:
        yield TABLE, row.oral
    means = {
        ORAL_TABLE: interviews.rows[student_id].mean if student_id in interviews.rows else None,
        PAGE_STORE: page[student_id].oral if student_id in page else None,
    }
    for source, mean in means.items():
        if mean is not None:
            yield source, in_gradebook(mean, points)


def _differences(student_id: str, given: Mapping[str, float]) -> Iterator[Problem]:
    (first, ours), *others = given.items() or [("", 0.0)]
    for other, theirs in others:
        if theirs != ours:
            reason = say(
                "oral: {table} gives {ours}, {other} {theirs}. Neither was used.",
                table=first, ours=ours, other=other, theirs=theirs,
            )  # fmt: skip
            action = say("Make the two agree, and run `report` again.")
            yield Problem(first, other, reason, action, student_id)
