"""The written part comes from two places: `written.csv` and the scoring page. Where they differ, a person decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from grader.language import say
from grader.records import Problem
from grader.scoring.page_scores import PageScore
from grader.scoring.score_store import NAME as PAGE_STORE
from grader.written.scores import NAME as TABLE
from grader.written.scores import Written, WrittenRow

BONUS = "bonus"


def with_page(table: Written, page: Mapping[str, PageScore]) -> Written:
    """The table's rows completed by the page's scores.

    A question that both score, and not alike, has no score: it is a problem of its own.
    """
    rows = dict(table.rows)
    problems: list[Problem] = []
    for student_id, scored in page.items():
        row = rows.get(student_id, WrittenRow({}))
        problems += _differences(student_id, row, scored)
        rows[student_id] = _joined(row, scored)
    return Written(rows, (*table.problems, *problems))


def _joined(row: WrittenRow, scored: PageScore) -> WrittenRow:
    ours, theirs = _all(row.scores, row.bonus), _all(scored.scores, scored.bonus)
    agreed = {
        name: value
        for name, value in (theirs | ours).items()
        if name not in ours or name not in theirs or _same(ours[name], theirs[name])
    }
    bonus = agreed.pop(BONUS, None)
    return replace(row, scores=agreed, bonus=bonus, sections=scored.sections)


def _differences(student_id: str, row: WrittenRow, scored: PageScore) -> Iterator[Problem]:
    ours, theirs = _all(row.scores, row.bonus), _all(scored.scores, scored.bonus)
    for name in ours.keys() & theirs.keys():
        if not _same(ours[name], theirs[name]):
            reason = say(
                "{question}: {table} gives {ours}, the scoring page {theirs}. Neither was used.",
                question=name,
                table=TABLE,
                ours=ours[name],
                theirs=theirs[name],
            )
            action = say("Make the two agree, and run `report` again.")
            yield Problem(TABLE, PAGE_STORE, reason, action, student_id)


def _all(scores: Mapping[str, float], bonus: float | None) -> dict[str, float]:
    return dict(scores) if bonus is None else {**scores, BONUS: bonus}


def _same(one: float, other: float) -> bool:
    return abs(one - other) < 1e-6  # noqa: PLR2004  # rounding
