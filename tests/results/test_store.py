"""The store: what goes in comes out, keys, history, and files that are not its own."""

from __future__ import annotations

import json
import multiprocessing
import os
import sqlite3
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from grader.faults import KitFault
from grader.language import render, say
from grader.records import (
    CaseResult,
    FileRecord,
    Grade,
    Problem,
    Status,
    Submission,
    Verdict,
)
from grader.results import changes, codec, documents
from grader.results.files import file_names, is_plain, write_atomically
from grader.results.lock import only_run
from grader.results.store import NAME, Store
from tests.batch import batch_fakes as fakes


@dataclass
class Came:
    """An intake, as the store sees one."""

    submissions: tuple[Submission, ...] = ()
    superseded: tuple[Submission, ...] = ()
    problems: tuple[Problem, ...] = ()
    files: tuple[FileRecord, ...] = ()


@pytest.fixture
def store(tmp_path: Path):
    with Store(tmp_path / NAME) as store:
        store.begin(fakes.KIT)
        yield store


def graded(store: Store, submission: Submission, **fields: object) -> Grade:
    grade = replace(fakes.made(submission), **fields)
    store.admit([submission])
    store.record(submission, grade)
    return grade


def without_nan(grade: Grade) -> Grade:
    return replace(grade, exhibits=grade.exhibits[:1])


def test_a_grade_comes_back_as_it_went_in(store: Store) -> None:
    grade = graded(store, fakes.submission(1, "x"))
    found = store.grade(grade.student_id)
    assert found is not None
    assert without_nan(found) == without_nan(grade)
    assert repr(found.exhibits[1]) == repr(grade.exhibits[1])  # NaN included
    assert [replace(each, exhibits=()) for each in store.grades()] == [replace(grade, exhibits=())]
    assert store.grade("nobody") is None


def test_messages_stay_structured_so_that_either_language_can_be_read(store: Store) -> None:
    grade = graded(store, fakes.submission(1, "xx"))
    failed = next(
        case for each in grade.questions for case in each.cases if case.verdict is Verdict.FAILED
    )
    found = next(iter(store.grades()))
    assert failed.message in [case.message for each in found.questions for case in each.cases]
    assert render(failed.message, "zh").startswith("error inf in your q")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (True, "True"),
        (None, "None"),
        (np.float64(0.5), "0.5"),
        (np.int64(3), "3"),
        ("\ud800 lone", "\ud800 lone"),
        (float("nan"), "nan"),
        (say("inner {x}", x=1.0), "inner 1.0"),
    ],
)
def test_whatever_a_message_quotes_survives(value: object, shown: str) -> None:
    message = say("{value}", value=value)  # type: ignore[arg-type]
    case = CaseResult(
        "c", hidden=False, verdict=Verdict.FAILED, points=0, possible=1, message=message
    )
    assert str(codec.decode(codec.encode(case), CaseResult).message) == shown


def test_an_unreadable_report_text_survives(store: Store) -> None:
    submission = Submission("7", "名\udcff", "x = '\ud83d'\0", None)
    store.admit([submission])
    assert list(store.submissions()) == [submission]
    assert list(store.submissions(store.run)) == [submission]
    assert list(store.waiting()) == [replace(submission, source=None)]


def test_a_graded_submission_is_settled_by_content_and_kit(store: Store) -> None:
    first, other = fakes.submission(1, "a"), fakes.submission(1, "b")
    graded(store, first)
    assert store.settle(first)
    assert not store.settle(other)
    assert not store.settle(replace(first, student_id="9"))
    store.finish()
    store.begin("another kit")
    assert not store.settle(first)
    store.finish()
    store.begin(fakes.KIT, variant="public")
    assert not store.settle(first)
    store.finish()
    store.begin(fakes.KIT)
    assert store.settle(first)


def test_old_content_gets_its_old_grade_back(store: Store) -> None:
    first, other = fakes.submission(1, "a"), fakes.submission(1, "bb")
    old = graded(store, first)
    graded(store, other)
    store.admit([first])
    assert list(store.waiting()) == [replace(first, source=None, report=None)]
    assert store.settle(first)
    assert [each.sha256 for each in store.grades()] == [old.sha256]


def test_a_kit_fault_is_tried_again(store: Store) -> None:
    submission = fakes.submission(1)
    graded(store, submission, status=Status.KIT_FAULT, questions=())
    assert not store.settle(submission)
    store.record(submission, fakes.made(submission))
    assert store.settle(submission)
    assert [each.status for each in store.grades()] == [Status.GRADED]


def test_a_regrade_keeps_the_old_grade_and_tells_what_changed(store: Store) -> None:
    submission = fakes.submission(1, "xx")
    old = graded(store, submission)
    store.finish()
    run = store.begin(fakes.KIT, regrade=True)
    store.admit([submission])
    assert not store.settle(submission)
    new = fakes.made(submission, bonus=1.5)
    store.record(submission, new)
    assert store.settle(submission)  # a resumed regrade does not do it again
    assert [each.auto for each in store.history(submission.student_id)] == [old.auto, new.auto]
    assert list(changes.rows(store.replaced(run))) == [
        (
            submission.student_id,
            "学生1",
            name,
            "values",
            "failed",
            "failed",
            0.0,
            1.5,
            f"wrong_{name}",
            f"wrong_{name}",
        )
        for name in ("q4_2", "q4_5", "q5_2")
    ]


def test_a_run_that_was_stopped_goes_on_under_its_number(store: Store) -> None:
    first = store.run
    assert store.begin(fakes.KIT) == first
    assert store.begin(fakes.KIT, regrade=True).id == first.id + 1
    store.finish()
    assert store.begin(fakes.KIT, regrade=True).id == first.id + 2


def test_the_same_content_sent_again_is_shown_as_it_came(store: Store) -> None:
    submission = fakes.submission(1)
    graded(store, submission)
    again = replace(
        submission, name="新名", late=True, submitted_at="2025-01-02T00:00:00+08:00", files=(FILE,)
    )
    store.admit([again])
    (found,) = store.grades()
    assert (found.name, found.late, found.files) == ("新名", True, (FILE,))
    assert found.submitted_at == again.submitted_at


FILE = FileRecord("a/ml-6-张三-1.py", "f" * 64, 3, "source")
OTHER = FileRecord("b.bin", "e" * 64, 4, "ignored")
UNREADABLE = Problem("b.bin", "e" * 64, say("unreadable"), say("ask {who}", who="them"))


def test_an_intake_is_accounted_for(store: Store) -> None:
    old = fakes.submission(1, "old", late=True)
    store.save_intake(Came((fakes.submission(1),), (old,), (UNREADABLE,), (FILE, OTHER)))
    assert list(store.files()) == [FILE, OTHER]
    assert list(store.problems()) == [UNREADABLE]
    assert list(store.superseded()) == [old]
    assert store.count(store.run) == 1


def test_another_inbox_adds_and_the_same_one_replaces(store: Store) -> None:
    store.save_intake(Came((fakes.submission(1),), (), (UNREADABLE,), (OTHER,)))
    store.finish()
    store.begin(fakes.KIT)
    store.save_intake(Came((fakes.submission(2),), (), (), (FILE,)))
    assert store.student_ids() == ("20230001", "20230002")
    assert list(store.problems()) == [UNREADABLE]
    assert [each.student_id for each in store.submissions(store.run)] == ["20230002"]
    store.save_intake(Came((), (), (), (replace(OTHER, name="mended.py"),)))
    assert list(store.problems()) == []
    assert len(list(store.files())) == 3


def test_a_renamed_file_leaves_no_ghost(store: Store) -> None:
    nameless = replace(fakes.submission(1), student_id="unknown-abc")
    store.save_intake(Came((nameless,)))
    store.finish()
    store.begin(fakes.KIT)
    store.save_intake(Came((fakes.submission(1),)))
    assert store.student_ids() == ("20230001",)


def test_a_grade_is_recorded_whole_or_not_at_all(store: Store) -> None:
    submission = fakes.submission(1)
    store.admit([submission])
    grade = fakes.made(submission)
    broken = replace(grade, exhibits=(*grade.exhibits, "no exhibit"))  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        store.record(submission, broken)
    assert store.history(submission.student_id) == ()
    assert not store.settle(submission)
    store.record(submission, grade)
    assert store.settle(submission)


def test_pages_of_submissions_are_in_order_while_grades_are_written(store: Store) -> None:
    submissions = [fakes.submission(number) for number in reversed(range(30))]
    store.admit(submissions)
    seen = []
    for submission in store.submissions(store.run):
        seen.append(submission)
        store.record(submission, fakes.made(submission))
    assert seen == submissions


@pytest.mark.parametrize(
    "query",
    [
        "SELECT id FROM grades WHERE student_id = ? AND sha256 = ? AND kit = ?",
        "SELECT id FROM grades WHERE student_id = ? AND run_id <> ? ORDER BY id DESC",
        "UPDATE students SET grade_id = ? WHERE student_id = ?",
        "SELECT card FROM students WHERE run_id = ? AND position > ? ORDER BY position LIMIT 8",
    ],
)
def test_no_write_looks_at_every_row(tmp_path: Path, query: str) -> None:
    """So the cost of a submission stays flat, whatever the store holds."""
    with Store(tmp_path / NAME):
        pass
    connection = sqlite3.connect(tmp_path / NAME)
    plan = connection.execute(f"EXPLAIN QUERY PLAN {query}", (1,) * query.count("?")).fetchall()
    connection.close()
    assert any("SEARCH" in row[3] for row in plan), plan
    assert not any("SCAN" in row[3] for row in plan), plan


@pytest.mark.parametrize(
    ("damage", "word"),
    [
        (lambda path: path.write_bytes(b"not a database" * 100), "damaged"),
        (lambda path: foreign(path, "CREATE TABLE theirs (x)"), "not a result store"),
        (lambda path: foreign(path, "PRAGMA user_version = 99"), "newer kit"),
        (lambda path: path.mkdir(), "cannot be used"),
    ],
)
def test_a_file_that_is_not_its_own_is_refused_and_kept(tmp_path: Path, damage, word: str) -> None:
    path = tmp_path / NAME
    if "newer" in word:
        Store(path).close()
    damage(path)
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(KitFault, match=word) as caught:
        Store(path)
    assert render(caught.value.args[0], "zh") != render(caught.value.args[0], "en")
    assert before == (path.read_bytes() if path.is_file() else b"")


def foreign(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()


def test_damage_inside_is_told_when_it_is_met(store: Store) -> None:
    for number in range(50):
        graded(store, fakes.submission(number))
    store.close()
    data = bytearray(store.path.read_bytes())
    data[8192:] = b"\xff" * (len(data) - 8192)
    store.path.write_bytes(data)
    with pytest.raises(KitFault, match=r"damaged|cannot be used"), Store(store.path) as broken:
        list(broken.grades())


def test_reading_needs_a_store(tmp_path: Path) -> None:
    with pytest.raises(KitFault, match=NAME):
        Store.existing(tmp_path)
    assert list(tmp_path.iterdir()) == []


def hold(out: Path, held, done) -> None:
    with only_run(out):
        held.set()
        done.wait(20)


def test_one_run_at_a_time(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    held, done = context.Event(), context.Event()
    holder = context.Process(target=hold, args=(tmp_path, held, done))
    holder.start()
    assert held.wait(20)
    with pytest.raises(KitFault, match="Another run"), only_run(tmp_path):
        pass
    holder.kill()  # however it ends, the lock goes with it
    holder.join()
    with only_run(tmp_path):
        pass


def test_documents_have_the_agreed_form(store: Store, tmp_path: Path) -> None:
    graded(store, fakes.submission(1, "xx", files=(FILE,)), notes=(say("look at {x}", x="\ud800"),))
    documents.write_all(store, tmp_path, "en")
    text = (tmp_path / "results" / "20230001.json").read_text(encoding="utf-8")
    found = json.loads(text, parse_constant=pytest.fail)
    assert list(found) == (
        [
            "student_id",
            "name",
            "status",
            "auto",
            "auto_possible",
            "kit",
            "sandbox",
            "seconds",
            "files",
            "questions",
            "notes",
        ]
    )
    assert (found["name"], found["status"], found["auto_possible"]) == ("学生1", "graded", 27.0)
    assert found["notes"] == ["look at \ud800"]
    assert found["files"][0]["name"] == FILE.name
    case = found["questions"][1]["cases"][1]
    assert case == {
        "name": "values",
        "hidden": True,
        "verdict": "failed",
        "points": 0.0,
        "possible": 2.0,
        "message": "error inf in your q4_2",
        "hint": "",
        "diagnosis": "wrong_q4_2",
        "review": "",
    }


@pytest.mark.parametrize(
    "student_id",
    [
        "../../etc/passwd",
        "a/b",
        "a\\b",
        "",
        ".",
        "..",
        "CON",
        "nul",
        "a:b",
        "x" * 300,
        "张三",
        "a\0b",
        "-rf",
    ],
)
def test_no_id_becomes_a_dangerous_name(student_id: str) -> None:
    (name,) = file_names([student_id]).values()
    assert name != student_id
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-~")
    assert 0 < len(name) < 64


def test_no_two_ids_share_a_file_even_where_case_does_not_count() -> None:
    ids = ["S1", "s1", "a/b", "ab", "a:b", "张三", "李四", "2023001"]
    names = file_names(ids)
    assert len({name.lower() for name in names.values()}) == len(ids)
    assert names["2023001"] == "2023001"
    assert not any(is_plain(names[each]) for each in ("S1", "s1", "a/b", "张三"))


def test_a_file_that_holds_the_same_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    write_atomically(path, b"one")
    os.utime(path, (1, 1))
    write_atomically(path, b"one")
    assert path.stat().st_mtime == 1
    write_atomically(path, b"two")
    assert path.read_bytes() == b"two"
    assert path.stat().st_mtime > 1


def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "grades.csv"
    write_atomically(path, b"old")

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
