"""A course lives in its OUT: settings given once, decisions in a table, letters, everything anew."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grader import grading
from grader.__main__ import cli
from grader.batch import inbox_run
from grader.batch.pools import InlineExaminers
from grader.kit_version import kit_version
from grader.language import SWITCH
from grader.records import Grade, Status, Submission
from tests.batch import batch_fakes as fakes

DEADLINE = "2025-11-30T23:59:59+08:00"
LATE = "Mon, 01 Dec 2025 20:00:00 +0800"
ROSTER = """id,name,email
2023001,张三,zhang@example.edu
2023002,李四,li@example.edu
2023003,王五,wang@example.edu
2023004,Ann Lee,ann@example.edu
"""


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No class pages, no pool, and grades for nothing."""
    monkeypatch.setattr("grader.reports.pages.all_pages.write_all", lambda *_: None)
    monkeypatch.setattr(inbox_run, "_examiners", lambda *_: InlineExaminers())
    monkeypatch.setattr(inbox_run, "SECRET", tmp_path / "secret")
    monkeypatch.setattr(grading, "grade", fake)
    monkeypatch.setenv(SWITCH, "en")


def fake(submission: Submission, settings: grading.Settings) -> Grade:  # noqa: ARG001
    if submission.source is not None:
        return replace(fakes.made(submission), kit=kit_version(), exhibits=())
    status = submission.absence or Status.UNREADABLE
    made = replace(fakes.made(submission), kit=kit_version(), exhibits=())
    return replace(made, status=status, questions=())


def kit(*arguments: object, code: int = 0) -> Result:
    done = CliRunner().invoke(cli, [*map(str, arguments)])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == code, done.output
    return done


def put_mail(folder: Path, name: str, number: int, date: str, source: str = "pass") -> None:
    mail = EmailMessage()
    mail["From"] = f"s{number}@example.edu"
    mail["To"] = "ml-course@example.edu"
    mail["Subject"] = f"ml-6-{name}-{number}"
    mail["Date"] = date
    mail.set_content("hello")
    mail.add_attachment(source.encode(), "text", "x-python", filename=f"ml-6-{name}-{number}.py")
    mail.add_attachment("# 报告".encode(), "text", "markdown", filename=f"ml-6-{name}-{number}.md")
    (folder / f"{number}.eml").write_bytes(mail.as_bytes())


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "my inbox"
    folder.mkdir()
    put_mail(folder, "张三", 2023001, "Sat, 29 Nov 2025 20:00:00 +0800")
    put_mail(folder, "李四", 2023002, LATE)
    (folder / "ml-6-王五-2023003.py").write_bytes(b"\x00\x01\x02\xff" * 9)
    (tmp_path / "roster.csv").write_text(ROSTER, encoding="utf-8")
    return folder


@pytest.fixture
def out(inbox: Path, tmp_path: Path) -> Path:
    """The first run, with everything given."""
    folder = tmp_path / "my results"
    kit(
        *("grade", inbox, "--out", folder, "--lang", "en", "--deadline", DEADLINE),
        *("--late-penalty", "0.2", "--roster", tmp_path / "roster.csv", "--format", "moodle"),
    )
    return folder


def book(out: Path) -> dict[str, dict[str, str]]:
    text = (out / "grades.csv").read_text(encoding="utf-8-sig")
    return {row["student_id"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}


def decide(out: Path, *rows: str) -> None:
    text = "\n".join(("student_id,what,value,reason", *rows))
    (out / "overrides.csv").write_text(text, encoding="utf-8-sig")


def test_what_was_given_once_is_used_by_every_later_run_and_report(inbox: Path, out: Path) -> None:
    first = book(out)
    assert [(first[who]["status"], first[who]["late"]) for who in first] == [
        ("graded", "0"),
        ("graded", "1"),
        ("unreadable", "0"),
        ("missing", "0"),
    ]
    assert float(first["2023002"]["penalty"]) == pytest.approx(
        0.2 * float(first["2023002"]["auto"])
    )
    assert "2023004" in (out / "missing.csv").read_text(encoding="utf-8-sig")
    again = kit("grade", inbox, "--out", out)
    assert "deadline, kept from before: 2025-11-30T23:59:59+08:00" in again.output
    assert "roster, kept from before: 4 students" in again.output
    assert book(out) == first
    (out / "moodle.csv").unlink()
    reported = kit("report", out)
    assert "late penalty, kept from before: 20 % per day" in reported.output
    assert book(out) == first
    assert (out / "moodle.csv").is_file()
    changed = kit("report", out, "--late-penalty", "0.5", "--format", "canvas")
    assert "late penalty changed: 20 % per day before, 50 % per day from now on" in changed.output
    assert float(book(out)["2023002"]["penalty"]) > float(first["2023002"]["penalty"])
    assert (out / "canvas.csv").is_file()
    assert not (out / "moodle.csv").exists()
    assert "grades grow old: moodle.csv" in changed.output
    later = kit("grade", inbox, "--out", out, "--deadline", "none")
    assert "deadline changed: 2025-11-30T23:59:59+08:00 before, none from now on" in later.output
    assert book(out)["2023002"]["late"] == "0"


def test_a_day_is_meant_to_its_end(inbox: Path, tmp_path: Path) -> None:
    kit("grade", inbox, "--out", tmp_path / "o", "--deadline", "2025-12-01")
    assert book(tmp_path / "o")["2023002"]["late"] == "0"


def test_a_decision_counts_at_the_next_report_and_can_be_taken_back(out: Path) -> None:
    penalty = book(out)["2023002"]["penalty"]
    decide(out, "2023002,extension,1 day,train was late", "2023004,excuse,,ill")
    told = kit("report", out)
    row = book(out)["2023002"]
    assert (row["late"], row["penalty"]) == ("0", "0")
    assert "take full effect with the next `grade`" in told.output
    assert "excused" in (out / "missing.csv").read_text(encoding="utf-8-sig")
    decide(out, "2023002,waive,,our mistake")
    kit("report", out)
    row = book(out)["2023002"]
    assert (row["late"], row["penalty"]) == ("1", "0")
    (out / "overrides.csv").unlink()
    kit("report", out)
    assert book(out)["2023002"]["penalty"] == penalty


def test_a_mistake_in_a_table_is_one_line_and_ends_with_2(out: Path) -> None:
    decide(out, "2023002,wave,,x", "2023001,waive,,x")
    done = kit("report", out, code=2)
    line = "overrides.csv: line 2, what: there is no wave; write waive."
    assert line in done.output.splitlines()
    assert "wave" in (out / "problems.csv").read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("id,name\n1,a\n1,b\n", "line 3: the id 1 stands there twice; keep one row."),
        ("id,name\n,a\n", "line 2: there is no student id; add it, or delete the row."),
        ("name,email\na,b@c\n", "line 1: no column holds the student id; name it id or 学号."),
        ("", "line 1: the roster is empty; it needs a heading and one row a student."),
        (" ,\n", "line 1: the roster is empty; it needs a heading and one row a student."),
        ("id,email\n1,me at home\n", "line 2: me at home is no mail address."),
        ('id,name\n1,"open\n', "the quotes do not match"),
    ],
)
def test_a_mistake_in_the_roster_is_one_line(
    inbox: Path, tmp_path: Path, text: str, words: str
) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text, encoding="utf-8")
    done = kit("grade", inbox, "--out", tmp_path / "o", "--roster", path, code=2)
    (line,) = [each for each in done.output.splitlines() if "bad.csv" in each]
    assert words in line
    assert not (tmp_path / "o" / "grades.csv").exists()


# -- letters -------------------------------------------------------------------------------------


def letters(out: Path) -> dict[str, EmailMessage]:
    parser = BytesParser(policy=policy.default)
    found: dict[str, EmailMessage] = {}
    for path in (out / "mail").glob("*.eml"):
        message = parser.parsebytes(path.read_bytes())
        assert isinstance(message, EmailMessage)
        found[path.stem] = message
    return found


def body(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    text = part.get_content()
    assert isinstance(text, str)
    return text


def test_everybody_gets_a_letter_and_nothing_is_sent(out: Path) -> None:
    decide(out)
    done = kit("mail", out)
    assert "4 letters in" in done.output
    assert "nothing was sent" in done.output
    assert "2 of them ask for the work again." in done.output
    found = letters(out)
    assert set(found) == {"2023001", "2023002", "2023003", "2023004"}
    result = found["2023001"]
    assert result["To"] == "张三 <zhang@example.edu>"
    assert result["X-Unsent"] == "1"
    assert result["Subject"] == "你的成绩：6：循环神经网络理论"
    assert "张三，你好！" in body(result)
    (page,) = list(result.iter_attachments())
    assert page.get_content_type() == "text/html"
    assert page.get_filename() == "feedback.html"
    assert '<html lang="zh-CN">' in page.get_content()
    assert "http" not in body(result)


def test_who_must_resend_reads_what_and_where(out: Path) -> None:
    kit("mail", out)
    unreadable, missing = (letters(out)[who] for who in ("2023003", "2023004"))
    assert unreadable["Subject"].startswith("请重新提交：")
    text = body(unreadable)
    assert "现在这样无法评分" in text
    assert "• " in text
    assert "ml-course@example.edu" in text
    assert "2025-11-30 23:59+08:00" in text
    assert missing["Subject"].startswith("Please send again: ")
    assert "nothing has come in from you" in body(missing)
    assert not list(missing.iter_attachments())


def test_who_is_excused_gets_no_letter_and_old_ones_go(out: Path) -> None:
    kit("mail", out)
    decide(out, "2023004,excuse,,ill")
    kit("mail", out)
    assert "2023004" not in letters(out)


def test_one_language_for_everybody_where_it_is_given(out: Path) -> None:
    kit("mail", out, "--lang", "en")
    assert {message["Subject"].split(":")[0] for message in letters(out).values()} == {
        "Your result",
        "Please send again",
    }
