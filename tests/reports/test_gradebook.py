"""The gradebook: every column, every total, every cell that a spreadsheet might misread."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import pytest

from grader.assignment import Assignment, load
from grader.faults import KitFault
from grader.language import render, say
from grader.records import FileRecord, Problem, Status, Submission
from grader.reports import exports, gradebook, tables
from grader.results.store import NAME, Store
from grader.written import scores
from tests.batch import batch_fakes as fakes

LIMITS = {"q1": 15.0, "q2": 12.0, "q3": 13.0, "bonus": 5.0}
COLUMNS = (
    "student_id,name,q1,q2,q3,q4_1,q4_2,q4_3,q4_4,q4_5,q4_6,q5_1,q5_2,q5_3,bonus,auto,written,total,"
    "status,late,submitted_at,diagnoses,sha256"
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


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


def written_csv(out: Path, *rows: str, header: str = "student_id,q1,q2,q3,bonus,comment") -> None:
    (out / scores.NAME).write_text("\n".join((header, *rows)), encoding="utf-8-sig")


def test_the_columns_are_the_agreed_ones(
    store: Store, tmp_path: Path, assignment: Assignment
) -> None:
    put(store, 1)
    gradebook.write_all(store, tmp_path, "en", assignment)
    data = (tmp_path / "grades.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf" + COLUMNS.encode() + b"\r\n")


def test_a_row_sums_up_a_student(store: Store, tmp_path: Path, assignment: Assignment) -> None:
    submission = put(store, 1, "xx")
    written_csv(tmp_path, "20230001,15,10.5,,2,good")
    assert gradebook.write_all(store, tmp_path, "en", assignment) == []
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
    gradebook.write_all(store, tmp_path, "en", assignment)
    (row,) = table(tmp_path / "grades.csv")
    assert (row["late"], row["auto"], row["written"]) == (str(days), "21", "10")
    assert float(row["total"]) == pytest.approx(21 * left + 10)


def test_the_deadline_of_the_run_goes_before_the_configured_one(
    store: Store, tmp_path: Path, assignment: Assignment
) -> None:
    put(store, 1, "x", late=True, submitted_at="2025-12-03T00:00:00+08:00")
    store.remember(gradebook.DEADLINE, "2025-12-02T12:00:00+08:00")
    gradebook.write_all(store, tmp_path, "en", assignment)
    assert table(tmp_path / "grades.csv")[0]["late"] == "1"


def test_no_score_is_an_empty_cell(store: Store, tmp_path: Path, assignment: Assignment) -> None:
    put(store, 1, status=Status.KIT_FAULT)
    put(store, 2, status=Status.UNREADABLE, questions=(), source=None)
    store.admit([*store.submissions(), fakes.submission(3)])  # a stopped run has not come to it
    written_csv(tmp_path, "20230001,1,1,1,1,", "20230002,15,0,0,0,")
    gradebook.write_all(store, tmp_path, "en", assignment)
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
    gradebook.write_all(store, tmp_path, "en", assignment)
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
    gradebook.write_all(store, tmp_path, "en", assignment)
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
    gradebook.write_all(store, tmp_path, "en", assignment)
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
    (mistake,) = gradebook.write_all(store, tmp_path, "en", assignment)
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


# -- exports -------------------------------------------------------------------------------------


def test_canvas_gets_what_its_importer_asks_for(
    store: Store, tmp_path: Path, assignment: Assignment
) -> None:
    put(store, 1, "x"), put(store, 2, status=Status.KIT_FAULT), put(store, 3, name="=cmd")
    path = exports.write("canvas", store, tmp_path, "en", assignment)
    assert path.read_bytes()[:7] == b"Student"  # no BOM
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    title = assignment.assignment.title["en"]
    assert rows[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", title]
    assert rows[1] == ["Points Possible", "", "", "", "", "60"]
    assert rows[2] == ["学生1", "", "20230001", "20230001", "", "21"]
    assert rows[3][-1] == ""  # no score: Canvas keeps what it has
    assert rows[4][0] == "'=cmd"


def test_points_possible_count_the_written_part_once_it_is_scored(
    store: Store, tmp_path: Path, assignment: Assignment
) -> None:
    put(store, 1, "x")
    written_csv(tmp_path, "20230001,10,10,10,5,")
    path = exports.write("canvas", store, tmp_path, "en", assignment)
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    assert (rows[1][-1], rows[2][-1]) == ("100", "56")


def test_moodle_gets_its_worksheet_back_filled_in(
    store: Store, tmp_path: Path, assignment: Assignment
) -> None:
    put(store, 1, "x"), put(store, 2, status=Status.KIT_FAULT)
    header = (
        "Identifier,Full name,ID number,Email address,Status,Grade,Maximum Grade,"
        "Grade can be changed,Last modified (submission),Last modified (grade),Feedback comments"
    )
    (tmp_path / exports.WORKSHEET).write_text(
        f"{header}\n"
        'Participant 17,张三,20230001,a@x,Submitted,,100.00,Yes,"Sunday, 1 June",-,\n'
        "Participant 18,李四,20230002,b@x,Submitted,5,100.00,Yes,-,-,old\n"
        "Participant 19,王五,777,c@x,No submission,,100.00,Yes,-,-,\n",
        encoding="utf-8-sig",
    )
    written_csv(tmp_path, "20230001,1,2,3,0,well done")
    rows = table(exports.write("moodle", store, tmp_path, "en", assignment))
    assert ",".join(rows[0]) == header
    assert [row["Identifier"] for row in rows] == [
        "Participant 17",
        "Participant 18",
        "Participant 19",
    ]
    assert [row["Grade"] for row in rows] == ["27", "5", ""]
    assert rows[0]["Last modified (submission)"] == "Sunday, 1 June"
    assert rows[0]["Feedback comments"].endswith("q3 3 | well done")
    assert rows[1]["Feedback comments"] == "old"


def test_moodle_without_a_worksheet_finds_users_by_id_number(
    store: Store, tmp_path: Path, assignment: Assignment
) -> None:
    put(store, 1, "x", submitted_at="2025-11-01T00:00:00+08:00")
    (row,) = table(exports.write("moodle", store, tmp_path, "en", assignment))
    assert tuple(row) == exports.MOODLE_COLUMNS
    assert (row["ID number"], row["Grade"], row["Maximum Grade"]) == ("20230001", "21", "60")


def test_a_worksheet_in_another_language_is_refused(
    store: Store, tmp_path: Path, assignment: Assignment
) -> None:
    (tmp_path / exports.WORKSHEET).write_text("编号,全名,成绩\n1,2,3\n", encoding="utf-8")
    with pytest.raises(KitFault, match="no column Identifier"):
        exports.write("moodle", store, tmp_path, "en", assignment)


def test_gradescope_gets_public_and_hidden_cases_apart(
    store: Store, tmp_path: Path, assignment: Assignment
) -> None:
    put(store, 1, "xx"), put(store, 2, status=Status.UNREADABLE, questions=())
    folder = exports.write("gradescope", store, tmp_path, "en", assignment)
    assert [path.parent.name for path in folder.rglob("results.json")] == ["20230001"]
    found = json.loads((folder / "20230001" / "results.json").read_text(encoding="utf-8"))
    assert found["score"] == sum(test["score"] for test in found["tests"]) == 21
    assert found["tests"][2] == {
        "name": "q4_2 - Public",
        "name_format": "text",
        "number": "4.2.1",
        "score": 1.0,
        "max_score": 1.0,
        "status": "passed",
        "output": "shape: passed",
        "output_format": "text",
        "visibility": "visible",
    }
    hidden = found["tests"][3]
    assert (hidden["visibility"], hidden["status"], hidden["score"]) == ("hidden", "failed", 0.0)
    assert hidden["output"] == "values: failed\n  error inf in your q4_2"
    # Values that Gradescope's specification allows.
    assert {test["visibility"] for test in found["tests"]} == {"hidden", "visible"}
    assert found["stdout_visibility"] == "hidden"
