"""Every way of sending in `cases` and `platforms`: who came out, with which program, and what a person is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.intake.collect import collect
from grader.intake.collection import Intake, IntakeRules
from grader.records import Concern, Submission
from tests.intake.cases import FURTHER, HANDED, INVENTED, Case, Row
from tests.intake.platforms import PLATFORMS


@pytest.mark.parametrize(
    "case", [*HANDED, *INVENTED, *FURTHER, *PLATFORMS], ids=lambda case: case.name
)
def test_case(case: Case, tmp_path: Path) -> None:
    intake = take(case, tmp_path)
    assert sorted(map(_row, intake.submissions)) == sorted(map(tuple, case.rows))
    told = "\n".join(f"{one.file}: {one.reason} {one.action}" for one in intake.problems)
    for words in case.words:
        assert words in told
    decisions = [one for one in intake.problems if one.kind is Concern.DECISION]
    assert case.decisions is None or len(decisions) == case.decisions, told
    _more(case, intake)


def take(case: Case, folder: Path) -> Intake:
    for name, data in case.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    rules = IntakeRules(deadline=case.deadline, roster=tuple(case.roster) or None)
    return collect([folder], rules)


def _row(found: Submission) -> Row:
    mark = (found.source or "").rpartition("# ")[2].strip()
    student_id = "?" if found.student_id.startswith("unknown-") else found.student_id
    more = "late" if found.late else str(found.absence or "")
    return student_id, found.name, mark, found.report is not None, more


def _more(case: Case, intake: Intake) -> None:
    if not case.extra:
        return
    first = intake.submissions[0]
    if "problems" in case.extra:
        assert len(intake.problems) == case.extra["problems"]
    if "note" in case.extra:
        assert str(case.extra["note"]) in "\n".join(map(str, first.notes))
    if "report" in case.extra:
        assert str(case.extra["report"]) in str(first.report)
    if "pictures" in case.extra:
        assert len(first.pictures) == case.extra["pictures"]
