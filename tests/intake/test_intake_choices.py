"""Which of a student's files count, and what is told of the others: the tables of `choices`."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import pytest

from grader.intake.collect import collect
from grader.intake.collection import IntakeRules
from tests.intake.cases import DEADLINE
from tests.intake.choices import COPIES, HOME, OPTIONAL, TEMPLATES, TIMES, Choosing


@pytest.mark.parametrize(
    "case", [*TEMPLATES, *COPIES, *TIMES, *OPTIONAL], ids=lambda case: case.name
)
def test_what_counts(case: Choosing, tmp_path: Path) -> None:
    for name, found in case.files.items():
        _lay(tmp_path / name, *(found if isinstance(found, tuple) else (found,)))
    intake = collect([tmp_path], IntakeRules(DEADLINE))
    (one,) = intake.submissions
    assert (one.student_id, one.name) == ("2023001", "张三")
    assert (_mark(one.source), _mark(one.bonus)) == (case.program, case.bonus)
    assert case.report in str(one.report)
    told = sorted((each.file.removeprefix(f"{HOME}/"), str(each.kind)) for each in intake.problems)
    assert told == sorted((file, concern) for file, _, concern in case.told)
    for file, words, _ in case.told:
        assert [
            each
            for each in intake.problems
            if each.file.endswith(file) and words in str(each.reason)
        ]


def _mark(program: str | None) -> str:
    return (program or "").rpartition("# ")[2].strip()


def _lay(path: Path, data: bytes, time: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    if time:
        moment = datetime.fromisoformat(f"{time}+08:00").timestamp()
        os.utime(path, (moment, moment))
