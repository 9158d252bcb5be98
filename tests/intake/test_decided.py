"""`overrides.csv` and what is read: owners, merges, the file that counts, a student's own deadline."""

from __future__ import annotations

from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path

import pytest

from grader.intake.collect import collect
from grader.intake.collection import Intake, IntakeRules, RosterRow
from grader.records import Concern, Submission
from grader.results.overrides import Override, gathered
from tests import ROOT

DEADLINE = "2025-11-30T23:59:59+08:00"
SOLUTION = (ROOT / "solutions" / "rnn.py").read_text(encoding="utf-8")
FIRST, SECOND = f"{SOLUTION}\n# first\n", f"{SOLUTION}\n# second\n"


def mail(folder: Path, number: str, name: str, day: str, files: dict[str, str]) -> None:
    letter = EmailMessage()
    letter["From"] = f"{number}@example.edu"
    letter["Subject"] = f"ml-6 {name}"
    letter["Date"] = f"{day} 2025 20:00:00 +0800"
    letter.set_content("作业")
    for file, content in files.items():
        letter.add_attachment(content.encode(), "text", "plain", filename=file)
    path = folder / f"{number}-{day[5:7]}-{day[8:11]}.eml"
    path.write_bytes(letter.as_bytes())


def take_in(
    folder: Path, *decided: Override, roster: tuple[RosterRow, ...] | None = None
) -> Intake:
    return collect([folder], IntakeRules(DEADLINE, roster=roster, decided=gathered(decided)))


def by_id(intake: Intake) -> dict[str, Submission]:
    return {each.student_id: each for each in intake.submissions}


@pytest.fixture
def two_versions(tmp_path: Path) -> Path:
    """One in time, one a day late."""
    name = "ml-6-张三-2023001.py"
    mail(tmp_path, "zhang", "张三", "Sat, 29 Nov", {name: FIRST})
    mail(tmp_path, "zhang", "张三", "Mon, 01 Dec", {name: SECOND})
    return tmp_path


def test_an_extension_lets_the_later_version_count(two_versions: Path) -> None:
    before = by_id(take_in(two_versions))["2023001"]
    assert (before.source, before.late) == (FIRST, False)
    after = by_id(take_in(two_versions, Override("2023001", "extension", "2 days", "ill")))
    assert (after["2023001"].source, after["2023001"].late) == (SECOND, False)


def test_the_file_that_a_person_names_counts_and_the_others_say_why(two_versions: Path) -> None:
    digest = sha256(SECOND.encode()).hexdigest()
    intake = take_in(two_versions, Override("2023001", "file", digest[:12], "her wish"))
    (found,) = intake.submissions
    assert (found.source, found.late) == (SECOND, True)
    assert [each.source for each in intake.superseded] == [FIRST]
    (told,) = [each for each in intake.problems if "a person decided so" in str(each.reason)]
    assert told.kind is Concern.INFORMATION


def test_a_file_gets_the_owner_that_a_person_names(tmp_path: Path) -> None:
    mail(tmp_path, "someone", "hello", "Sat, 29 Nov", {"rnn.py": FIRST})
    (stray,) = take_in(tmp_path).submissions
    assert stray.student_id.startswith("unknown-")
    owner = Override("2023007", "owner", "rnn.py", "asked by phone")
    roster = (RosterRow("2023007", "赵六"),)
    (found,) = take_in(tmp_path, owner, roster=roster).submissions
    assert (found.student_id, found.name, found.source) == ("2023007", "赵六", FIRST)
    assert found.address == "someone@example.edu"


def test_two_ids_of_one_student_become_one(tmp_path: Path) -> None:
    mail(tmp_path, "zhang", "张三", "Fri, 28 Nov", {"ml-6-张三-2023001.py": FIRST})
    mail(tmp_path, "private", "张三", "Sat, 29 Nov", {"ml-6-张三-2032001.py": SECOND})
    assert set(by_id(take_in(tmp_path))) == {"2023001", "2032001"}
    intake = take_in(tmp_path, Override("2023001", "merge", "2032001", "typing error"))
    (found,) = intake.submissions
    assert (found.student_id, found.source) == ("2023001", SECOND)
    assert [each.student_id for each in intake.superseded] == ["2023001"]


def test_a_merge_of_an_id_that_is_made_up(tmp_path: Path) -> None:
    mail(tmp_path, "someone", "hello", "Sat, 29 Nov", {"rnn.py": FIRST})
    (stray,) = take_in(tmp_path).submissions
    (found,) = take_in(tmp_path, Override("2023001", "merge", stray.student_id, "")).submissions
    assert (found.student_id, found.source) == ("2023001", FIRST)


def test_without_decisions_nothing_changes(two_versions: Path) -> None:
    other = Override("2023009", "file", "rnn.py", "")
    assert take_in(two_versions, other) == take_in(two_versions)
