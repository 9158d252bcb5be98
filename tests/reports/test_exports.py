"""Exports, read back as the systems read them: no grade to the wrong student, none lost unsaid."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.assignment import load
from grader.faults import BadFile
from grader.language import render
from grader.records import Status, Submission
from grader.reports import exports, gradebook
from grader.reports.exports import Export
from grader.results import course
from grader.results.course import CourseSettings
from grader.results.store import NAME, Store
from tests.batch import batch_fakes as fakes
from tests.reports.importers import (
    CanvasCourse,
    CanvasUser,
    ImportStopped,
    moodle_gradebook,
    moodle_worksheet,
    php_csv,
)

WRITTEN = "student_id,q1,q2,q3,bonus,comment\n"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / NAME) as store:
        store.begin(fakes.KIT)
        yield store


def put(store: Store, number: int, source: str = "x", **fields: Any) -> Submission:
    """One more student with a grade of 21 of 27, or with other fields of `Grade`."""
    of_grade = {key: fields.pop(key) for key in ("status", "questions") if key in fields}
    submission = replace(fakes.submission(number, source), **fields)
    store.admit([*store.submissions(), submission])
    store.record(submission, replace(fakes.made(submission), **of_grade))
    return submission


def export(store: Store, name: str, given: CourseSettings | None = None) -> list[str]:
    """Write one export; give back what the person is told, in English."""
    course.keep(store, given or CourseSettings())
    out = store.path.parent
    book = gradebook.read(store, out, load())
    return [render(note, "en") for note in exports.write(name, Export(store, out, "en", book))]


def roster(*numbers: int) -> CourseSettings:
    rows = tuple((f"2023{n:04}", f"学生{n}", f"s{n}@example.edu") for n in numbers)
    return CourseSettings(roster=rows)


def left_out(path: Path) -> dict[str, str]:
    text = path.read_text(encoding="utf-8-sig")
    return {row["student_id"]: row["reason"] for row in csv.DictReader(io.StringIO(text))}


# -- Canvas --------------------------------------------------------------------------------------


def test_canvas_takes_every_grade_and_gives_none_to_a_namesake(
    store: Store, tmp_path: Path
) -> None:
    put(store, 1), put(store, 2, status=Status.KIT_FAULT), put(store, 3, name="=cmd")
    # No id was found for this one; its name is a classmate's.
    put(store, 4, "y", student_id="unknown-0123abcd", name="王芳")
    put(store, 5, "z", name="Points Possible")
    (tmp_path / "written.csv").write_text(f"{WRITTEN}20230001,10,10,10,5,good\n", "utf-8")
    notes = export(store, "canvas", CourseSettings(assignment_id="4711"))
    canvas = CanvasCourse(
        {
            n: CanvasUser(name, f"2023{n:04}")
            for n, name in ((1, "学生1"), (2, "学生2"), (3, "x"), (5, "y"), (6, "王芳"))
        },
        {4711: "Homework 6", 6: "Another"},
    )
    canvas.import_csv((tmp_path / "canvas.csv").read_bytes())
    assert canvas.new_assignments == []
    assert canvas.new_students == []
    assert canvas.points == {4711: "67"}  # 27 of the fakes' own cases, and 40 written
    assert canvas.grades == {(1, 4711): "56", (3, 4711): "21", (5, 4711): "21"}
    assert left_out(tmp_path / "canvas-unknown.csv") == {
        "20230002": "There is no score yet.",
        "unknown-0123abcd": "No id was found for this work.",
    }
    assert any("1 scores could not be exported" in note for note in notes)


def test_an_id_that_canvas_does_not_know_meets_nobody_of_the_same_name(
    store: Store, tmp_path: Path
) -> None:
    put(store, 7, name="王芳")
    export(store, "canvas", CourseSettings(assignment_id="4711"))
    canvas = CanvasCourse({1: CanvasUser("王芳", "20239999")}, {4711: "Homework 6"})
    canvas.import_csv((tmp_path / "canvas.csv").read_bytes())
    assert canvas.grades == {("20230007 王芳", 4711): "21"}  # Canvas asks who that is


def test_without_a_number_canvas_makes_an_assignment_of_its_own(
    store: Store, tmp_path: Path
) -> None:
    put(store, 1)
    notes = export(store, "canvas")
    assert any("--assignment-id" in note for note in notes)
    canvas = CanvasCourse({1: CanvasUser("x", "20230001")}, {6: "Another"})
    canvas.import_csv((tmp_path / "canvas.csv").read_bytes())
    assert canvas.new_assignments == [load().assignment.title["en"]]


def test_points_possible_are_of_what_was_scored(store: Store, tmp_path: Path) -> None:
    put(store, 1), put(store, 2)
    export(store, "canvas")
    canvas = CanvasCourse({}, {})
    canvas.import_csv((tmp_path / "canvas.csv").read_bytes())
    assert list(canvas.points.values()) == ["27"]
    (tmp_path / "written.csv").write_text(f"{WRITTEN}20230001,,,,2,bonus only\n", "utf-8")
    export(store, "canvas")
    canvas.import_csv((tmp_path / "canvas.csv").read_bytes())
    assert list(canvas.points.values()) == ["27"]
    (tmp_path / "written.csv").write_text(f"{WRITTEN}20230001,1,,,2,\n", "utf-8")
    notes = export(store, "canvas")
    canvas.import_csv((tmp_path / "canvas.csv").read_bytes())
    assert list(canvas.points.values()) == ["67"]
    assert any("2 students have written answers without a score" in note for note in notes)


def test_who_is_excused_is_excused_in_canvas(store: Store, tmp_path: Path) -> None:
    put(store, 1, status=Status.MISSING, questions=(), source=None)
    (tmp_path / "overrides.csv").write_text(
        "student_id,what,value,reason\n20230001,excuse,,ill\n", "utf-8"
    )
    export(store, "canvas", CourseSettings(assignment_id="4711"))
    canvas = CanvasCourse({1: CanvasUser("x", "20230001")}, {4711: "Homework 6"})
    canvas.import_csv((tmp_path / "canvas.csv").read_bytes())
    assert canvas.grades == {(1, 4711): "EX"}


# -- Moodle --------------------------------------------------------------------------------------


def test_moodle_imports_the_whole_file(store: Store, tmp_path: Path) -> None:
    put(store, 1), put(store, 2, status=Status.KIT_FAULT), put(store, 3)
    put(store, 8, student_id="20230088")  # not on the roster: Moodle would stop there
    comment = 'so, "good" \\'
    quoted = comment.replace('"', '""')
    (tmp_path / "written.csv").write_text(
        f'{WRITTEN}20230001,15,12,13,5,"{quoted}"\n20230003,15,12,13,5,x\n', "utf-8"
    )
    notes = export(store, "moodle", roster(1, 2, 3))
    users = {f"2023{n:04}": f"user {n}" for n in (1, 2, 3)}
    data = (tmp_path / "moodle.csv").read_bytes()
    grades = moodle_gradebook(data, users)
    assert {user: grade for user, (grade, _) in grades.items()} == {"user 1": 66, "user 3": 66}
    assert grades["user 1"][1].endswith('so, "good" \\ .')
    assert left_out(tmp_path / "moodle-unknown.csv") == {
        "20230002": "There is no score yet.",
        "20230088": "This id is not on the roster.",
    }
    assert any("moodle-unknown.csv" in note for note in notes)
    # The importer that this was read back with does stop where Moodle stops.
    with pytest.raises(ImportStopped):
        moodle_gradebook(data.replace(b"20230003", b"20230999"), users)


def test_a_total_above_a_hundred_is_cut_and_the_feedback_says_so(
    store: Store, tmp_path: Path
) -> None:
    (put(store, 1),)
    grade = store.grade("20230001")
    assert grade is not None
    question = replace(grade.questions[0], score=60.0, possible=60.0)
    store.record(fakes.submission(1, "x"), replace(grade, questions=(question,)))
    (tmp_path / "written.csv").write_text(f"{WRITTEN}20230001,15,12,13,5,\n", "utf-8")
    export(store, "moodle", roster(1))
    grades = moodle_gradebook((tmp_path / "moodle.csv").read_bytes(), {"20230001": "u"})
    assert grades["u"][0] == 100
    assert "105 points in all; Moodle takes at most 100" in grades["u"][1]


def test_without_a_roster_the_person_is_told_that_ids_were_not_checked(store: Store) -> None:
    put(store, 1)
    assert any("--roster" in note for note in export(store, "moodle"))


SHEETS = {
    "en": (
        "Identifier,Full name,ID number,Email address,Status,Grade,Maximum Grade,Grade can be changed,Last modified (submission),Last modified (grade),Feedback comments",
        "Participant ",
    ),
    "zh": (
        "标识符,全名,编号,电子邮件地址,状态,成绩,最高成绩,允许更改成绩,最后修改（学生）,最后修改（教师）,评语反馈",
        "参与者",
    ),
}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_moodles_worksheet_comes_back_filled_in(
    store: Store, tmp_path: Path, language: str
) -> None:
    put(store, 1), put(store, 2, status=Status.KIT_FAULT), put(store, 3), put(store, 4)
    header, prefix = SHEETS[language]
    worksheet = (
        f"{header}\n"
        f'{prefix}17,张三,20230001,a@x,Submitted,,100.00,Yes,"Sunday, 1 June",-,\n'
        f"{prefix}18,李四,20230002,b@x,Submitted,5,100.00,Yes,-,-,old\n"
        f"{prefix}19,王五,777,c@x,No submission,,100.00,Yes,-,-,\n"
        f"{prefix}20,赵六,,s3@example.edu,Submitted,,20.00,Yes,-,-,\n"
    )
    (tmp_path / "written.csv").write_text(f"{WRITTEN}20230001,1,2,3,0,well done\n", "utf-8")
    given = replace(roster(1, 2, 3, 4), worksheet=worksheet)
    notes = export(store, "moodle", given)
    data = (tmp_path / "moodle-worksheet.csv").read_bytes()
    grades = moodle_worksheet(data, {"17", "18", "19", "20"}, 100.0, language)
    assert grades == {"17": 27, "18": 5, "20": 20}  # 21 of 20 would be passed over in silence
    header_row, *rows = php_csv(data)
    assert ",".join(header_row) == header
    assert rows[0][8] == "Sunday, 1 June"
    assert rows[0][10].endswith("q3 3 | well done")
    assert rows[1][10] == "old"
    assert "21 points in all; Moodle takes at most 20" in rows[3][10]
    assert any("2 of 4 rows have a grade; 1 students of it are not" in note for note in notes)
    # Everything anew from the store: the next report fills it in again.
    (tmp_path / "moodle-worksheet.csv").unlink()
    export(store, "moodle")
    assert (tmp_path / "moodle-worksheet.csv").read_bytes() == data


def test_an_id_with_marks_goes_out_as_the_roster_writes_it(store: Store, tmp_path: Path) -> None:
    put(store, 1, student_id="21110042")
    put(store, 2, student_id="21110043", status=Status.MISSING, questions=())
    rows = (("21-110-042", "学生1", "a@x"), ("21.110.043", "学生2", "b@x"))
    worksheet = (
        f"{SHEETS['en'][0]}\n{SHEETS['en'][1]}17,学生1,21-110-042,a@x,Submitted,,100.00,Yes,-,-,\n"
    )
    export(store, "moodle", CourseSettings(roster=rows, worksheet=worksheet))
    grades = moodle_gradebook((tmp_path / "moodle.csv").read_bytes(), {"21-110-042": "u"})
    assert grades["u"][0] == 21
    sheet = (tmp_path / "moodle-worksheet.csv").read_bytes()
    assert moodle_worksheet(sheet, {"17"}, 100.0, "en") == {"17": 21}
    export(store, "canvas")
    canvas = list(csv.reader(io.StringIO((tmp_path / "canvas.csv").read_text("utf-8"))))
    assert [row[2] for row in canvas[2:]] == ["21-110-042"]


@pytest.mark.parametrize(
    ("header", "missing"),
    [
        ("Nummer,Name,Note", "Identifier, Grade, Last modified (grade), ID number"),
        ("Identifier,Full name,Grade,Last modified (grade)", "ID number"),
    ],
)
def test_what_is_no_worksheet_is_refused_in_one_line(header: str, missing: str) -> None:
    from grader.reports.exports.to_moodle import read_worksheet

    with pytest.raises(BadFile) as refused:
        read_worksheet(f"{header}\n1,2,3\n", "sheet.csv")
    text = str(refused.value.reason)
    assert text.startswith(f"sheet.csv, line 1: there is no column {missing}.")
    assert "Download the grading worksheet" in text


# -- Gradescope ----------------------------------------------------------------------------------


def test_gradescope_gets_a_test_for_every_case(store: Store, tmp_path: Path) -> None:
    put(store, 1, "xx"), put(store, 2, status=Status.UNREADABLE, questions=())
    export(store, "gradescope")
    folder = tmp_path / "gradescope"
    assert [path.parent.name for path in folder.rglob("results.json")] == ["20230001"]
    found = json.loads((folder / "20230001" / "results.json").read_text(encoding="utf-8"))
    assert found["score"] == sum(test["score"] for test in found["tests"]) == 21
    assert len(found["tests"]) == 18
    assert found["tests"][2] == {
        "name": "q4_2 shape",
        "name_format": "text",
        "number": "4_2.1".replace("_", "."),
        "score": 1.0,
        "max_score": 1.0,
        "status": "passed",
        "output": "passed",
        "output_format": "text",
        "tags": ["q4_2"],
        "visibility": "visible",
    }
    hidden = found["tests"][3]
    assert hidden["name"] == "q4_2 hidden case 1"
    assert hidden["visibility"] == "after_published"
    assert (hidden["status"], hidden["score"]) == ("failed", 0.0)
    assert "inf" not in hidden["output"].replace("information", "")
    assert found["stdout_visibility"] == "hidden"
