"""From marks to the gradebook and the student: whole questions only, differences shown and not guessed."""

from __future__ import annotations

import csv
from pathlib import Path

import msgspec
import pytest

from grader.assignment import load
from grader.reports import gradebook
from grader.reports.written_sources import with_page
from grader.results.reader import StoreReader
from grader.scoring import page_scores, rubric
from grader.scoring.marks import Mark
from grader.scoring.score_store import ScoreStore
from grader.written.scores import Written, WrittenRow
from tests.scoring.desks import MODEL, make_out

RUBRIC = rubric.load()
WHO = "20230000"


def marked(out: Path, *marks: Mark) -> None:
    store = ScoreStore(out, RUBRIC)
    for mark in marks:
        store.put(mark)
    store.close()


def full(question: str, reader: str = "ann", **values: object) -> list[Mark]:
    return [
        Mark(
            WHO, each.number, reader, done=True,
            items=tuple(item.key for item in each.items if item.points > 0), **values,  # type: ignore[arg-type]
        )
        for each in RUBRIC.section
        if each.question == question
    ]  # fmt: skip


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return make_out(tmp_path, [MODEL])


def test_a_question_counts_once_all_its_sections_are_done(out: Path) -> None:
    assert page_scores.read(out) == {}
    marked(out, *full("q3")[:2])
    assert page_scores.read(out)[WHO].scores == {}
    marked(out, full("q3")[2])
    found = page_scores.read(out)[WHO]
    assert found.scores == {"q3": 13.0}
    assert [each.number for each in found.sections] == ["3.1", "3.2", "3.3"]
    assert found.sections[0].reasons[0][1]["en"].startswith("the Jacobian")


def test_two_readers_near_count_as_their_mean_and_far_apart_not_at_all(out: Path) -> None:
    marked(out, *full("q3"), *full("q3", "bob", free=-0.5))
    assert page_scores.read(out)[WHO].scores == {"q3": 12.25}
    marked(out, *(Mark(WHO, each.section, "cy", done=True) for each in full("q3")[:1]))
    assert page_scores.read(out)[WHO].scores == {}


def test_what_the_table_and_the_page_say_differently_is_a_problem_and_no_score(out: Path) -> None:
    marked(out, *full("q3"), *full("q2"), Mark(WHO, "bonus", "ann", free=2.0, done=True))
    table = Written({WHO: WrittenRow({"q1": 9.0, "q2": 12.0, "q3": 5.0}, comment="ok")})
    joined = with_page(table, page_scores.read(out))
    row = joined.rows[WHO]
    assert (row.scores, row.bonus, row.comment) == ({"q1": 9.0, "q2": 12.0}, 2.0, "ok")
    (problem,) = joined.problems
    assert (problem.file, problem.student_id) == ("written.csv", WHO)
    assert "q3: written.csv gives 5.0, the scoring page 13.0" in str(problem.reason)


def test_the_gradebook_and_the_students_account_show_it(out: Path) -> None:
    marked(out, *full("q3", comment="很好"))
    with StoreReader.existing(out) as store:
        book = gradebook.read(store, out, load())
    row = book.by_id[WHO]
    assert row.scores["q3"] == 13.0
    assert row.unscored == ("q1", "q2")
    assert {each.comment for each in row.sections} == {"很好"}


def test_the_pages_points_go_out_as_a_table_that_comes_back_in(out: Path) -> None:
    marked(out, *full("q3", comment="=好"), Mark(WHO, "bonus", "ann", free=2.0, done=True))
    page_scores.write_table(out, out / "written.csv")
    assert "oral" not in (out / "written.csv").read_text(encoding="utf-8")
    with StoreReader.existing(out) as store:
        book = gradebook.read(store, out, load())
    assert not book.scored.problems
    assert (book.by_id[WHO].scores["q3"], book.by_id[WHO].bonus) == (13.0, 2.0)


@pytest.mark.parametrize(("worth", "shown"), [(0.0, 2.5), (6.0, 5.0)])
def test_the_interview_goes_out_in_the_gradebooks_measure(
    out: Path, worth: float, shown: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = msgspec.structs.replace(
        load(), assignment=msgspec.structs.replace(load().assignment, oral=worth)
    )
    monkeypatch.setattr(page_scores.assignment, "load", lambda: given)
    marked(out, Mark(WHO, "oral", "ann", items=("1:3", "2:2"), done=True))
    page_scores.write_table(out, out / "written.csv")
    with StoreReader.existing(out) as store:
        book = gradebook.read(store, out, given)
    assert not book.scored.problems
    assert book.by_id[WHO].oral == shown
    text = (out / "written.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    assert [row["oral"] for row in rows] == [str(shown)]
