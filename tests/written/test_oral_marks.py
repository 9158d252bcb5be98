"""`oral.csv`: what counts, what is reported, and how it reaches the gradebook."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from grader.assignment import load
from grader.reports import gradebook
from grader.results.store import NAME, Store
from grader.written import oral_marks
from tests.batch import batch_fakes as fakes

HEAD = "student_id,name,1,2,3,note\n"


def read(tmp_path: Path, text: str) -> oral_marks.OralMarks:
    (tmp_path / oral_marks.NAME).write_text(text, "utf-8")
    return oral_marks.read(tmp_path / oral_marks.NAME, {"1", "2"})


def test_marks_of_what_was_asked_count(tmp_path: Path) -> None:
    found = read(tmp_path, HEAD + "1,甲,3,,2,清楚\n2,乙,,,,\n")
    assert dict(found.rows) == {"1": oral_marks.OralRow((3, 2), "清楚")}
    assert found.rows["1"].mean == 2.5
    assert not found.problems


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("1,甲,4,,,", "question 1: 4 is none of 0, 1, 2, 3."),
        ("1,甲,2,1.5,,", "question 2: 1.5 is none of"),
        ("9,丙,1,,,", "nobody here has the id 9"),
        (",丙,1,,,", "there is no student id"),
        ("1,甲,1,,,\n1,甲,2,,,", "stands there more than once"),
    ],
)
def test_what_cannot_be_believed_is_reported(tmp_path: Path, row: str, says: str) -> None:
    found = read(tmp_path, HEAD + row + "\n2,乙,1,1,1,\n")
    assert set(found.rows) == {"2"}
    assert says in str(found.problems[0].reason)


def test_no_table_is_no_exam(tmp_path: Path) -> None:
    assert oral_marks.read(tmp_path / oral_marks.NAME, {"1"}) == oral_marks.OralMarks()


@pytest.mark.parametrize(("points", "oral", "more"), [(0.0, 2.5, 0.0), (6.0, 5.0, 5.0)])
def test_the_gradebook_shows_it_and_adds_what_the_assignment_gives(
    tmp_path: Path, points: float, oral: float, more: float
) -> None:
    found = load()
    header = msgspec.structs.replace(found.assignment, oral=points)
    assignment = msgspec.structs.replace(found, assignment=header)
    with Store(tmp_path / NAME) as store:
        store.begin(fakes.KIT)
        submission = fakes.submission(1)
        store.admit([submission])
        store.record(submission, fakes.made(submission))
        (before,) = gradebook.read(store, tmp_path, assignment).rows
        table = HEAD + f"{submission.student_id},,3,,2,\n"
        (tmp_path / oral_marks.NAME).write_text(table, "utf-8")
        (row,) = gradebook.read(store, tmp_path, assignment).rows
        assert (row.oral, row.total) == (oral, before.total + more)
        written = f"student_id,q1,q2,q3,bonus,comment,oral\n{submission.student_id},,,,,,1\n"
        (tmp_path / "written.csv").write_text(written, "utf-8")
        book = gradebook.read(store, tmp_path, assignment)
    assert book.rows[0].oral is None
    assert "Neither was used" in str(book.mistakes[0].reason)
