"""The oral exam comes from `oral.csv` or from a column of `written.csv`: where they differ, neither counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from grader.language import say
from grader.records import Problem
from grader.written.oral_marks import MOST_MARK, OralMarks
from grader.written.oral_marks import NAME as ORAL_TABLE
from grader.written.scores import NAME as TABLE
from grader.written.scores import Written, WrittenRow


def with_oral(table: Written, interviews: OralMarks, points: float) -> Written:
    """The rows completed by the interviews: the mean mark, or its share of the exam's points."""
    rows = dict(table.rows)
    problems: list[Problem] = []
    for student_id, interview in interviews.rows.items():
        value = round(points * interview.mean / MOST_MARK if points else interview.mean, 4)
        row = rows.get(student_id, WrittenRow({}))
        problems += _difference(student_id, row, value)
        agreed = value if row.oral in (None, value) else None
        rows[student_id] = replace(row, oral=agreed)
    return Written(rows, (*table.problems, *interviews.problems, *problems))


def _difference(student_id: str, row: WrittenRow, value: float) -> Iterator[Problem]:
    if row.oral not in (None, value):
        reason = say(
            "oral: {table} gives {ours}, {other} {theirs}. Neither was used.",
            table=TABLE, ours=row.oral or 0.0, other=ORAL_TABLE, theirs=value,
        )  # fmt: skip
        action = say("Make the two agree, and run `report` again.")
        yield Problem(TABLE, ORAL_TABLE, reason, action, student_id)
