"""Points may be changed: a question's cases are scaled to the table."""

from __future__ import annotations

import msgspec
import pytest

from grader import assignment, grading
from grader.questions import worth
from grader.questions.otter import QUESTIONS, loaded
from grader.records import Submission
from tests import ROOT


@pytest.mark.parametrize("name", worth.PRICED)
def test_the_prices_are_those_of_the_files(name: str) -> None:
    files = [loaded(QUESTIONS / kind / f"{name}.py") for kind in ("public", "hidden")]
    priced = sum(case.points for file in files for case in file.test_cases)
    assert priced == pytest.approx(worth.PRICED[name])


def test_every_automatic_question_has_its_price() -> None:
    assert set(worth.PRICED) == {each.name for each in assignment.load().graded}


def test_other_points_in_the_table_scale_every_case(monkeypatch: pytest.MonkeyPatch) -> None:
    source = (ROOT / "solutions" / "rnn.py").read_text(encoding="utf-8")
    submission = Submission("1", "", source)
    how = grading.Settings(secret=b"s" * 32, only="q4_1")
    before = grading.grade(submission, how)
    table = assignment.load()
    changed = msgspec.structs.replace(
        table,
        question=tuple(
            msgspec.structs.replace(each, points=10.0) if each.name == "q4_1" else each
            for each in table.question
        ),
    )
    for module in (grading, worth):
        monkeypatch.setattr(module, "load", lambda: changed)
    after = grading.grade(submission, how)
    (was,), (now,) = before.questions, after.questions
    assert (was.score, was.possible) == (4, 4)
    assert (now.score, now.possible) == (10, 10)
    assert [case.possible for case in now.cases] == [
        pytest.approx(case.possible * 2.5) for case in was.cases
    ]
