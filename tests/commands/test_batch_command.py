"""The `grade` command as people call it: files in, files out, exit codes, plain words."""

from __future__ import annotations

import csv
import io
import json
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grader import grading
from grader.__main__ import cli
from grader.batch import inbox_run
from grader.batch.pools import InlineExaminers
from grader.faults import KitFault
from grader.home import own_work
from grader.kit_version import kit_version
from grader.records import Grade, Submission
from tests import ROOT
from tests.batch import batch_fakes as fakes


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No pages, no pool, a secret of its own, and grades for nothing."""
    monkeypatch.setattr("grader.reports.pages.all_pages.write_all", lambda *_: None)
    monkeypatch.setattr(inbox_run, "_examiners", lambda *_: InlineExaminers())
    monkeypatch.setattr(inbox_run, "SECRET", tmp_path / "secret")
    monkeypatch.setattr(grading, "grade", fake)


def fake(
    submission: Submission,
    settings: grading.Settings,
    tell: Callable[[str], None] = lambda _: None,
) -> Grade:
    """The fakes' grade, with the real kit's name on it; a public run has no hidden cases."""
    grade = replace(fakes.grade(submission), kit=kit_version())
    for question in grade.questions:
        tell(question.name)
    if not settings.public_only:
        return grade
    questions = (
        replace(each, cases=each.cases[:1], possible=1.0, score=1.0) for each in grade.questions
    )
    return replace(grade, questions=tuple(questions))


def call(*arguments: object) -> Result:
    result = CliRunner().invoke(cli, ["grade", *map(str, arguments), "--lang", "en"])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for number, name in ((2023001, "张三"), (2023002, "李四"), (2023003, "王五")):
        (inbox / f"ml-6-{name}-{number}.py").write_text(f"pass  # {number}", encoding="utf-8")
        (inbox / f"ml-6-{name}-{number}.md").write_text("# 报告", encoding="utf-8")
    return inbox


def gradebook(out: Path) -> dict[str, dict[str, str]]:
    text = (out / "grades.csv").read_text(encoding="utf-8-sig")
    return {row["student_id"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}


def test_an_inbox_becomes_a_gradebook(inbox: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = call(inbox, "--out", out)
    assert result.exit_code == 0, result.output
    book = gradebook(out)
    assert [row["name"] for row in book.values()] == ["张三", "李四", "王五"]
    assert {row["status"] for row in book.values()} == {"graded"}
    for student_id in book:
        document = json.loads((out / "results" / f"{student_id}.json").read_text(encoding="utf-8"))
        assert document["auto"] == float(book[student_id]["auto"])
        assert [file["role"] for file in document["files"]].count("source") == 1
    assert "grades.csv" in result.output
    again = call(inbox, "--out", out)
    assert "3 had their grade from before" in again.output


def test_a_zip_and_a_folder_are_graded_alike(inbox: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for path in inbox.iterdir():
            archive.write(path, path.name)
    call(inbox, "--out", tmp_path / "a")
    call(tmp_path / "all.zip", "--out", tmp_path / "b")
    columns = ("name", "auto", "sha256", "status")
    a, b = (
        {k: [v[c] for c in columns] for k, v in gradebook(tmp_path / each).items()} for each in "ab"
    )
    assert a == b
    assert len(a) == 3


def test_a_public_run_is_another_run(inbox: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    call(inbox, "--out", out, "--public-only")
    assert {row["auto"] for row in gradebook(out).values()} == {"9"}
    result = call(inbox, "--out", out)
    assert "had their grade from before" not in result.output
    assert "9" not in {row["auto"] for row in gradebook(out).values()}


def test_a_fault_of_the_kit_ends_with_2_and_everybody_else_has_a_score(
    inbox: Path, tmp_path: Path
) -> None:
    (inbox / "ml-6-李四-2023002.py").write_text("fault q4_2_hidden is broken", encoding="utf-8")
    result = call(inbox, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "2023002" in result.output
    assert "q4_2_hidden is broken" in result.output
    assert [row["status"] for row in gradebook(tmp_path / "out").values()] == [
        "graded",
        "kit_fault",
        "graded",
    ]


def test_a_regrade_writes_what_changed(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    (inbox / "ml-6-李四-2023002.py").write_text("x" * 17, encoding="utf-8")
    call(inbox, "--out", out)
    assert not (out / "changes.csv").exists()
    call(inbox, "--out", out, "--regrade")
    assert len((out / "changes.csv").read_text(encoding="utf-8-sig").splitlines()) == 1

    def better(submission: Submission, settings: grading.Settings) -> Grade:
        return replace(fakes.made(submission, bonus=2.0), kit=fake(submission, settings).kit)

    monkeypatch.setattr(grading, "grade", better)
    assert call(inbox, "--out", out, "--regrade").exit_code == 0
    rows = list(csv.DictReader(io.StringIO((out / "changes.csv").read_text(encoding="utf-8-sig"))))
    assert rows
    assert {(row["case"], row["points_before"], row["points_after"]) for row in rows} == {
        ("values", "0", "2")
    }


def test_a_mistake_in_written_csv_ends_with_2_and_is_named(inbox: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "written.csv").write_text(
        "student_id,q1,q2,q3,bonus\n2023001,99,1,1,1\n", encoding="utf-8"
    )
    result = call(inbox, "--out", out)
    assert result.exit_code == 2
    assert "written.csv: line 2, q1: 99 is not between 0 and 15" in result.output
    assert len(gradebook(out)) == 3


def test_a_roster_adds_who_sent_nothing(inbox: Path, tmp_path: Path) -> None:
    roster = tmp_path / "students.csv"
    roster.write_text("id,name\n2023001,张三\n2023009,赵六\n", encoding="utf-8")
    assert call(inbox, "--out", tmp_path / "out", "--roster", roster).exit_code == 0
    assert gradebook(tmp_path / "out")["2023009"]["name"] == "赵六"


def test_exports_are_written(inbox: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    call(
        inbox,
        "--out",
        out,
        *(word for name in ("canvas", "moodle", "gradescope") for word in ("--format", name)),
    )
    assert (out / "canvas.csv").is_file()
    assert (out / "moodle.csv").is_file()
    assert len(list((out / "gradescope").rglob("results.json"))) == 3


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("{tmp}/nowhere", "--out", "{tmp}/out"), "does not exist"),
        (("{tmp}/empty", "--out", "{tmp}/out"), "nothing to grade"),
        (("{tmp}/inbox", "--out", "{tmp}/file"), "is a file"),
        (("{tmp}/inbox", "--out", "{tmp}/inbox/out"), "lie in one another"),
        (("{tmp}/inbox", "--out", "{tmp}"), "lie in one another"),
        (("{tmp}/inbox", "--out", "{tmp}/out", "--deadline", "tomorrow"), "is no time like"),
        (("{tmp}/inbox", "--out", "{tmp}/out", "--question", "q4_3"), "leave --out away"),
        (("{tmp}/inbox",), "For a whole inbox give --out"),
        (("{tmp}/own.py", "--question", "q9"), "There is no question q9; there are q4_1, "),
        (("{tmp}/inbox", "--out", "{tmp}/out", "--workers", "0"), "0 is not in the range"),
    ],
)
@pytest.mark.usefixtures("inbox")
def test_wrong_use_is_told_and_ends_with_2(
    tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").touch()
    (tmp_path / "own.py").write_text("pass", encoding="utf-8")
    result = call(*(word.format(tmp=tmp_path) for word in arguments))
    assert result.exit_code == 2
    assert says in " ".join(result.output.split())
    assert not (tmp_path / "out" / "grades.csv").exists()


def test_messages_speak_the_readers_language(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    arguments = ["grade", str(tmp_path / "empty"), "--out", str(tmp_path / "out"), "--lang", "zh"]
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 2
    assert "未能评分" in result.output


def test_ones_own_file_shows_a_table_and_writes_nothing(tmp_path: Path) -> None:
    shutil.copy(ROOT / "student" / "rnn.py", tmp_path / "rnn.py")
    result = call(tmp_path / "rnn.py")
    assert result.exit_code == 0
    assert "q4_3" in result.output
    assert [path.name for path in tmp_path.iterdir() if path.name != "secret"] == ["rnn.py"]


def test_ones_own_folder_with_out_writes_the_same_files(tmp_path: Path) -> None:
    folder = tmp_path / "student"
    folder.mkdir()
    for name in ("rnn.py", "report.md", "README.md"):
        shutil.copy(ROOT / "student" / name, folder)
    result = call(folder, "--local", "--out", tmp_path / "out", "--as", "张三-2023001")
    assert result.exit_code == 0, result.output
    assert gradebook(tmp_path / "out")["2023001"]["name"] == "张三"
    assert (tmp_path / "out" / "results" / "2023001.json").is_file()
    anonymous = call(folder / "rnn.py", "--local", "--out", tmp_path / "other")
    assert anonymous.exit_code == 0
    assert list(gradebook(tmp_path / "other")) == ["local"]


def test_a_kit_fault_on_ones_own_file_ends_with_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "rnn.py").write_text("pass", encoding="utf-8")

    def broken(*_: object) -> Grade:
        raise KitFault("q4_2.py: broken")

    monkeypatch.setattr(grading, "grade", broken)
    result = call(tmp_path / "rnn.py")
    assert result.exit_code == 2
    assert "Not graded: q4_2.py: broken" in result.output


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("名 = 1".encode(), "名 = 1"),
        ("名 = 1".encode("utf-8-sig"), "名 = 1"),
        ("名 = 1".encode("gbk"), "名 = 1"),
        (b"# coding: gbk\r\n" + "名 = 1".encode("gbk"), "# coding: utf-8\n名 = 1"),
    ],
)
def test_ones_own_file_in_any_usual_encoding(tmp_path: Path, data: bytes, text: str) -> None:
    (tmp_path / "rnn.py").write_bytes(data)
    assert own_work.read((tmp_path / "rnn.py",)).source == text


def test_without_a_sandbox_nothing_is_graded_unless_asked(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_run.tiers, "best", lambda: "plain")
    result = call(inbox, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "--unsafe" in result.output
    assert call(inbox, "--out", tmp_path / "out", "--unsafe").exit_code == 0
