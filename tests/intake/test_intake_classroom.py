"""Two hundred students with the kit's own variants, in every format mixed: 0 lost, merged, misnamed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from grader.intake.collect import collect
from grader.intake.collection import Intake, IntakeRules, RosterRow
from grader.records import Concern
from tests import PROGRAMS
from tests.intake.classroom import EVERY_STYLE
from tests.intake.inbox import Sent, build_inbox

STUDENTS = 203  # seven of each style
FUTURE = "from __future__ import annotations\n"


@pytest.fixture(scope="module")
def classroom(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Sent], list[RosterRow], Path]:
    folder = tmp_path_factory.mktemp("class")
    variants = sorted((PROGRAMS / "variants").glob("*/rnn.py"))
    sources = [path.read_text(encoding="utf-8") for path in variants]
    everybody = build_inbox(folder, sources, count=STUDENTS, styles=EVERY_STYLE)
    return everybody, [RosterRow(sent.student_id, sent.name) for sent in everybody], folder


@pytest.mark.parametrize("listed", [True, False], ids=["roster", "no roster"])
def test_nobody_is_lost_merged_or_misnamed(
    classroom: tuple[list[Sent], list[RosterRow], Path], *, listed: bool
) -> None:
    everybody, roster, folder = classroom
    intake = collect([folder], IntakeRules(roster=tuple(roster) if listed else None))
    rows = Counter(one.student_id for one in intake.submissions)
    assert rows == Counter(sent.student_id for sent in everybody)
    assert misread(intake, everybody) == []
    wanted = {one.file for one in intake.problems if one.kind is not Concern.INFORMATION}
    assert wanted == {"welcome.eml"}


def misread(intake: Intake, everybody: list[Sent]) -> list[tuple[int, str, str]]:
    """Students whose name, program or report is not what they sent, by the number of the style."""
    rows = {one.student_id: one for one in intake.submissions}
    return [
        ((sent.number + 6) % len(EVERY_STYLE), sent.student_id, row.name)
        for sent in everybody
        if (row := rows[sent.student_id]).name != sent.name
        or _without_future(sent.source).strip() not in _without_future(row.source or "")
        or sent.report.strip() != (row.report or "").strip()
    ]


def _without_future(source: str) -> str:
    """The program without the statement that a notebook's head takes out of its cell."""
    return source.replace("pass  # " + FUTURE, "").replace(FUTURE, "")
