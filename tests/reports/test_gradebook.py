"""The gradebook: every column, every total, every cell that a spreadsheet might misread."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import pytest

from grader.assignment import Assignment, load
from grader.language import render, say
from grader.records import FileRecord, Problem, Status, Submission
from grader.reports import gradebook, tables
from grader.results.store import NAME, Store
from grader.written import scores
from tests.batch import batch_fakes as fakes

LIMITS = {"q1": 15.0, "q2": 12.0, "q3": 13.0, "bonus": 5.0}
COLUMNS = (
    "student_id,name,q1,q2,q3,q4_1,q4_2,q4_3,q4_4,q4_5,q4_6,q5_1,q5_2,q5_3,bonus,bonus_code,auto,"
    "penalty,written,oral,total,status,late,submitted_at,diagnoses,sha256"
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / NAME) as store:
        store.begin(fakes.KIT)
        yield store


@pytest.fixture
def assignment() -> Assignment:
    found = load()
    header = msgspec.structs.replace(
        found.assignment,
        deadline="2025-11-30T23:59:59+08:00",
        late_penalty=0.1,
        late_penalty_cap=0.25,
    )
    return msgspec.structs.replace(found, assignment=header)


def put(store: Store, number: int, source: str = "pass", **fields: object) -> Submission:
    """Admit one more student with a grade; fields of `Grade` go there, others to `Submission`."""
    of_grade = {key: fields.pop(key) for key in ("status", "questions") if key in fields}
    submission = replace(fakes.submission(number, source), **fields)
    store.admit([*store.submissions(), submission])
    store.record(submission, replace(fakes.made(submission), **of_grade))
    return submission


def write(store: Store, out: Path, assignment: Assignment) -> tuple[Problem, ...]:
    """Write the gradebook; give back the mistakes in people's tables."""
    book = gradebook.read(store, out, assignment)
    gradebook.write_all(book, store, out, "en")
    return book.mistakes


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


def written_csv(out: Path, *rows: str, header: str = "student_id,q1,q2,q3,bonus,comment") -> None:
    (out / scores.NAME).write_text("\n".join((header, *rows)), encoding="utf-8-sig")


def test_the_columns_are_the_agreed_ones(
    store: Store, tmp_path: Path, assignment: Assignment
) -> None:
    put(store, 1)
    write(store, tmp_path, assignment)
    data = (tmp_path / "grades.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf" + COLUMNS.encode() + b"\r\n")


def test_a_row_sums_up_a_student(store: Store, tmp_path: Path, assignment: Assignment) -> None:
    submission = put(store, 1, "xx")
    written_csv(tmp_path, "20230001,15,10.5,,2,good")
    assert write(store, tmp_path, assignment) == ()
    (row,) = table(tmp_path / "grades.csv")
    scores = [3, 1, 3, 3, 1, 3, 3, 1, 3]
    assert [float(row[name]) for name in fakes.QUESTIONS] == scores
    assert (row["auto"], row["written"], row["total"]) == ("21", "25.5", "48.5")
    assert (row["q1"], row["q2"], row["q3"], row["bonus"]) == ("15", "10.5", "", "2")
    assert (row["status"], row["late"], row["name"]) == ("graded", "0", "学生1")
    assert row["diagnoses"] == "wrong_q4_2;wrong_q4_5;wrong_q5_2"
    assert row["sha256"] == submission.sha256


@pytest.mark.parametrize(
    ("submitted_at", "days", "left"),
    [
        ("2025-11-30T23:59:59+08:00", 1, 0.9),  # the intake says late, whatever the seconds
        ("2025-12-01T00:00:00+08:00", 1, 0.9),
        ("2025-12-01T00:00:00+00:00", 1, 0.9),
        ("2025-12-02T00:00:00+08:00", 2, 0.8),
        ("2025-12-30T00:00:00+08:00", 30, 0.75),
        ("", 1, 0.9),
    ],
)
def test_lateness_costs_automatic_points_per_started_day(
    store: Store, tmp_path: Path, assignment: Assignment, submitted_at: str, days: int, left: float
) -> None:
    put(store, 1, "x", late=True, submitted_at=submitted_at)
    written_csv(tmp_path, "20230001,10,0,0,0,")
    write(store, tmp_path, assignment)
    (row,) = table(tmp_path / "grades.csv")
    assert (row["late"], row["auto"], row["written"]) == (str(days), "21", "10")
    assert float(row["total"]) == pytest.approx(21 * left + 10)


def test_the_deadline_of_the_run_goes_before_the_configured_one(
    store: Store, tmp_path: Path, assignment: Assignment
) -> None:
    put(store, 1, "x", late=True, submitted_at="2025-12-03T00:00:00+08:00")
    store.remember(gradebook.DEADLINE, "2025-12-02T12:00:00+08:00")
    write(store, tmp_path, assignment)
    assert table(tmp_path / "grades.csv")[0]["late"] == "1"


def test_no_score_is_an_empty_cell(store: Store, tmp_path: Path, assignment: Assignment) -> None:
    put(store, 1, status=Status.KIT_FAULT)
    put(store, 2, status=Status.UNREADABLE, questions=(), source=None)
    store.admit([*store.submissions(), fakes.submission(3)])  # a stopped run has not come to it
    written_csv(tmp_path, "20230001,1,1,1,1,", "20230002,15,0,0,0,")
    write(store, tmp_path, assignment)
    fault, unreadable, waiting = table(tmp_path / "grades.csv")
    assert [row["status"] for row in (fault, unreadable, waiting)] == [
        "kit_fault",
        "unreadable",
        "needs_review",
    ]
    assert {row[name] for row in (fault, unreadable, waiting) for name in fakes.QUESTIONS} == {""}
    assert [row["auto"] for row in (fault, unreadable, waiting)] == ["", "", ""]
    assert [row["total"] for row in (fault, unreadable, waiting)] == ["", "15", ""]


@pytest.mark.parametrize(
    "name",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "＝1+1",
        "＋1",
        "－1",
        "＠x",
        "  =1",
        "\n=1",
        "\x1b[31m=1",
    ],
)
def test_no_cell_is_a_formula(
    store: Store, tmp_path: Path, assignment: Assignment, name: str
) -> None:
    put(store, 1, name=name)
    write(store, tmp_path, assignment)
    (row,) = table(tmp_path / "grades.csv")
    assert row["name"].startswith("'")
    assert not set(row["name"]) & set("\t\r\n\x1b")


@pytest.mark.parametrize(
    ("value", "shown"),
    [(8.0, "8"), (7.5, "7.5"), (-1.25, "-1.25"), (1 / 3, "0.3333"), (0, "0"), (None, "")],
)
def test_numbers_stay_numbers(tmp_path: Path, value: float | None, shown: str) -> None:
    tables.write_csv(tmp_path / "t.csv", ["a", "b"], [[value, "x"]])
    assert (tmp_path / "t.csv").read_bytes().endswith(f"{shown},x\r\n".encode())


@pytest.mark.parametrize("name", ['a"b', "a,b", "a;b\nc", "张三,李四", "\ud800", "\0"])
def test_no_text_leaves_its_cell(
    store: Store, tmp_path: Path, assignment: Assignment, name: str
) -> None:
    put(store, 1, name=name)
    write(store, tmp_path, assignment)
    (row,) = table(tmp_path / "grades.csv")
    assert None not in row
    assert row["status"] == "graded"


@dataclass
class Came:
    submissions: tuple[Submission, ...] = ()
    superseded: tuple[Submission, ...] = ()
    problems: tuple[Problem, ...] = ()
    files: tuple[FileRecord, ...] = ()


def test_problems_and_superseded_submissions_are_listed(
    store: Store, tmp_path: Path, assignment: Assignment
) -> None:
    problem = Problem("=a.zip", "f" * 64, say("broken {x}", x=1), say("ask again"), "20230001")
    file = FileRecord("old.py", "e" * 64, 1, "source")
    old = fakes.submission(1, "old", late=True, files=(file,))
    store.save_intake(Came((), (old,), (problem,), (file,)))
    write(store, tmp_path, assignment)
    assert table(tmp_path / "problems.csv") == [
        {
            "file": "'=a.zip",
            "student_id": "20230001",
            "reason": "broken 1",
            "action": "ask again",
            "sha256": "f" * 64,
        }
    ]
    (row,) = table(tmp_path / "superseded.csv")
    assert (row["files"], row["late"], row["sha256"]) == ("old.py", "late", old.sha256)


# -- written.csv ---------------------------------------------------------------------------------


def read(tmp_path: Path, *rows: str, **more: str) -> scores.Written:
    written_csv(tmp_path, *rows, **more)
    return scores.read(tmp_path / scores.NAME, LIMITS, ["1", "2", "3"])


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("1,16,0,0,0,", "line 3, q1: 16 is not between 0 and 15"),
        ("1,-1,0,0,0,", "line 3, q1: -1 is not between 0 and 15"),
        ("1,0,0,0,5.5,", "line 3, bonus: 5.5 is not between 0 and 5"),
        ("1,0,good,0,0,", "line 3, q2: good is no number"),
        ("1,nan,0,0,0,", "line 3, q1: nan is no number"),
        ("1,1_0,0,0,0,", "line 3, q1: 1_0 is no number"),
        ("9,1,0,0,0,", "line 3: nobody here has the id 9"),
        (",1,0,0,0,", "line 3: there is no student id"),
        ("2,1,0,0,0,", "lines 2, 3: 2 stands there more than once"),
    ],
)
def test_a_row_that_cannot_be_believed_is_named_and_left_out(
    tmp_path: Path, row: str, reason: str
) -> None:
    found = read(tmp_path, "2,1,1,1,1,", row, "3,2,2,2,2,kept")
    (problem,) = found.problems
    assert str(problem.reason).startswith(reason)
    assert problem.file == scores.NAME
    assert "3" in found.rows
    assert "1" not in found.rows
    assert ("2" in found.rows) is ("more than once" not in reason)
    assert render(problem.reason, "zh") != str(problem.reason)


def test_a_mistake_in_one_row_costs_no_other_and_is_told(
    store: Store, tmp_path: Path, assignment: Assignment
) -> None:
    put(store, 1), put(store, 2)
    written_csv(tmp_path, "20230001,99,0,0,0,", "20230002,3,0,0,0,")
    (mistake,) = write(store, tmp_path, assignment)
    assert "99 is not between" in str(mistake.reason)
    assert [row["written"] for row in table(tmp_path / "grades.csv")] == ["", "3"]
    assert [row["file"] for row in table(tmp_path / "problems.csv")] == ["written.csv"]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("student_id;q1;q2;q3;bonus;comment", "1;7,5;0;0;0;x"),
        ("student_id\tq1\tq2\tq3\tbonus", "1\t7.5\t0\t0\t0"),
        ("comment,bonus,q3,q2,q1,Student_ID ", "x,0,0,0,７．５, 1"),
        ("student_id,name,q1,q2,q3,bonus,comment", "'1,张三,7.5,0,0,0,x"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_what_spreadsheets_write_is_read(
    tmp_path: Path, header: str, row: str, encoding: str
) -> None:
    empty = "".join(sign for sign in header if sign in ",;\t")
    text = f"{header}\r\n{row}\r\n{empty}\r\n"
    (tmp_path / scores.NAME).write_bytes(text.encode(encoding))
    found = scores.read(tmp_path / scores.NAME, LIMITS, ["1"])
    assert found.problems == ()
    assert found.rows["1"].scores == {"q1": 7.5, "q2": 0.0, "q3": 0.0}


def test_missing_columns_are_named(tmp_path: Path) -> None:
    found = read(tmp_path, "1,2", header="student_id,q1")
    assert "q2, q3, bonus" in str(found.problems[0].reason)
    assert found.rows == {}


def test_no_file_is_no_mistake(tmp_path: Path) -> None:
    assert scores.read(tmp_path / scores.NAME, LIMITS, ["1"]) == scores.Written()
