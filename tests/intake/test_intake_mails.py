"""Mails that mislead: the tables of `mail_cases`, and what has no place in a table."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from grader.intake import conclusions
from grader.intake.collect import collect
from grader.intake.collection import Intake, IntakeRules
from grader.intake.people.entries import Choice, choose
from grader.intake.people.students import Person
from grader.intake.reading import leaves
from grader.records import Concern, Status
from grader.results.overrides import Override, gathered
from tests.intake import test_intake_cases
from tests.intake.cases import MD, A, B, Case, pair
from tests.intake.mail_cases import ANSWERS, CLOCKS, FORMATS, STRANGERS, TEXTS, TWICE


@pytest.mark.parametrize(
    "case", [*TWICE, *ANSWERS, *STRANGERS, *CLOCKS, *TEXTS, *FORMATS], ids=lambda case: case.name
)
def test_case(case: Case, tmp_path: Path) -> None:
    test_intake_cases.test_case(case, tmp_path)


def test_a_failure_at_one_student_costs_nobody_else_a_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopping(person: Person, *more: object) -> Choice:
        if person.student_id == "2023001":
            raise KeyError("ours")
        return choose(person, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(conclusions, "choose", stopping)
    for name, data in (pair("ml-6-张三-2023001") | pair("ml-6-李四-2023002")).items():
        (tmp_path / name).write_bytes(data)
    intake = collect([tmp_path], IntakeRules())
    rows = [(one.student_id, one.absence, one.source is None) for one in intake.submissions]
    assert sorted(rows) == [("2023001", Status.KIT_FAULT, True), ("2023002", None, False)]
    (problem,) = intake.problems
    assert problem.student_id == "2023001"
    assert str(problem.reason) == "The kit itself failed at this (KeyError: 'ours')."


def test_a_failure_at_one_file_costs_no_other_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopping(program: str) -> bool:
        raise RecursionError(program[:1])

    monkeypatch.setattr(leaves, "defines_rnn", stopping)
    files = pair("ml-6-张三-2023001") | {"ml-6-李四-2023002.txt": b"a = 1\n"}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    intake = collect([tmp_path], IntakeRules())
    rows = [(one.student_id, one.source is None) for one in intake.submissions]
    assert sorted(rows) == [("2023001", False), ("2023002", True)]
    reasons = [str(one.reason) for one in intake.problems if one.file.endswith(".txt")]
    assert "The kit itself failed at this (RecursionError: a)." in reasons


def test_a_doubted_date_is_told_of_the_student(tmp_path: Path) -> None:
    (case,) = [one for one in CLOCKS if one.name == "clock-of-1970-and-late"]
    (problem,) = test_intake_cases.take(case, tmp_path).problems
    assert (problem.file, problem.student_id) == ("a.eml", "2023001")


def decided(case: Case, folder: Path, decision: Override) -> Intake:
    test_intake_cases.take(case, folder)
    return collect([folder], IntakeRules(decided=gathered([decision])))


def test_the_hash_that_is_told_names_one_of_two_files_of_one_name(tmp_path: Path) -> None:
    (case,) = [one for one in TWICE if one.name == "program-twice-in-a-mail"]
    digest = sha256(B).hexdigest()
    intake = decided(case, tmp_path, Override("2023001", "file", digest, "asked"))
    assert [one.source for one in intake.submissions] == [B.decode()]
    (problem,) = intake.problems
    assert problem.kind is Concern.INFORMATION


def test_the_row_that_is_advised_makes_one_student_of_two_halves(tmp_path: Path) -> None:
    (case,) = [one for one in FORMATS if one.name == "one-name-two-ids-in-halves"]
    (advice,) = [
        str(one.action)
        for one in test_intake_cases.take(case, tmp_path).problems
        if "merge" in str(one.action)
    ]
    row = advice.partition("write ")[2].partition(" into")[0].split(",")
    intake = decided(case, tmp_path, Override(*row))
    rows = [(one.student_id, one.source, one.report) for one in intake.submissions]
    assert rows == [("2023003", A.decode(), MD.decode())]
    assert not intake.problems
