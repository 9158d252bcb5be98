"""`overrides.csv`: each kind does what it says, each mistake is one line, the history forgets none."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.language import render
from grader.records import FileRecord
from grader.results import overrides
from grader.results.overrides import Context, Override, Overrides
from grader.results.store import NAME, Store

DEADLINE = "2025-11-30T23:59:59+08:00"
SHA = "ab" * 32
FILES = (FileRecord("inbox/作业/rnn_v2.py", SHA, 9, "source"),)
CONTEXT = Context(DEADLINE, {"2023001", "2023002"}, FILES)


def read(folder: Path, *rows: str, header: str = "student_id,what,value,reason") -> Overrides:
    (folder / overrides.NAME).write_text("\n".join((header, *rows)) + "\n", encoding="utf-8-sig")
    return overrides.read(folder / overrides.NAME, CONTEXT)


def test_every_kind_is_read(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "2023001,extension,2 days,ill",
        "2023001,Waived penalty,,our server was down",
        "2023001,file,rnn_v2.py,her mail says so",
        "2023002,免交,,",
        f"2023009,owner,{SHA[:10]},asked by phone",
        "2023002,merge,unknown-12345678,same person",
    )
    assert found.problems == ()
    assert found.deadline("2023001", DEADLINE) == "2025-12-02T23:59:59+08:00"
    assert found.deadline("2023002", DEADLINE) == DEADLINE
    assert found.has("2023001", "waive")
    assert found.has("2023002", "excuse")
    assert found.values("2023001", "file") == ("rnn_v2.py",)
    assert found.owner("any/where.py", SHA) == "2023009"
    assert found.owner("inbox/作业/rnn_v2.py", "0" * 64) == ""
    assert found.merged("unknown-12345678") == "2023002"
    assert found.merged("2023001") == "2023001"
    assert found.rows[0].reason == "ill"


def test_an_id_may_be_written_as_the_roster_has_it(tmp_path: Path) -> None:
    found = read(tmp_path, "202-3001,excuse,,ill", "2023002,merge,202.3001,one person")
    assert found.problems == ()
    assert found.has("2023001", "excuse")
    assert found.merged("2023001") == "2023002"


def test_headings_may_be_chinese(tmp_path: Path) -> None:
    found = read(tmp_path, "2023001,延期,3天,病假", header="学号,事项,值,原因")
    assert found.problems == ()
    assert found.rows == (Override("2023001", "extension", "3天", "病假"),)


@pytest.mark.parametrize(
    ("value", "deadline"),
    [
        (
            "2025-12-05",
            "2025-12-05T23:59:59+08:00",
        ),  # a day is meant to its end, in the class' time
        ("2025-12-05T18:00", "2025-12-05T18:00:00+08:00"),
        ("2025/12/5", "2025-12-05T23:59:59+08:00"),  # as Excel rewrites it
        ("2025/12/5 8:30", "2025-12-05T08:30:00+08:00"),
        ("2025年12月5日", "2025-12-05T23:59:59+08:00"),
        ("2025-12-05T18:00+00:00", "2025-12-05T18:00:00+00:00"),
        ("3", "2025-12-03T23:59:59+08:00"),
        ("３天", "2025-12-03T23:59:59+08:00"),
        ("+36 hours", "2025-12-02T11:59:59+08:00"),
        ("1.5d", "2025-12-02T11:59:59+08:00"),
    ],
)
def test_extensions_are_times_or_periods(tmp_path: Path, value: str, deadline: str) -> None:
    found = read(tmp_path, f"2023001,extension,{value},x")
    assert found.problems == ()
    assert found.deadline("2023001", DEADLINE) == deadline


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",excuse,,x", "line 3: there is no student id."),
        ("2023009,excuse,,x", "line 3: nobody here has the id 2023009."),
        ("2023001,extention,3 days,x", "line 3, what: there is no extention; write extension."),
        ("2023001,bonus,3,x", "line 3, what: there is no bonus; write extension, excuse,"),
        ("2023001,extension,soon,x", "line 3, value: soon is no time like 2025-12-05"),
        ("2023001,extension,,x", "line 3, value: “” is no time like"),
        ("2023001,extension,9999 days,x", "line 3, value: 9999 days is no time like"),
        ("2023001,extension,2025-13-01,x", "line 3, value: 2025-13-01 is no time like"),
        ("2023001,file,nowhere.py,x", "line 3, value: no file nowhere.py came in; copy its name"),
        ("2023001,file,,x", "line 3, value: name the file, or give its SHA-256."),
        ("2023001,merge,2023001,x", "line 3, value: give the other id of the same student."),
        ("2023001,waive,half,x", "line 3, value: leave it empty for waive."),
        ("2023002,waive,,again", "line 3: 2023002 has one waive already; keep one."),
        ("2023001,excuse,,ill, really", "line 3: it has more cells than columns; put a reason"),
    ],
)
def test_a_mistake_is_one_line_and_costs_no_other_row(
    tmp_path: Path, row: str, reason: str
) -> None:
    found = read(tmp_path, "2023002,waive,,first", row)
    (problem,) = found.problems
    assert problem.file == "overrides.csv"
    assert str(problem.reason).startswith(reason)
    assert "\n" not in str(problem.reason)
    assert render(problem.reason, "zh") != str(problem.reason)
    assert [one.reason for one in found.rows] == ["first"]


def test_a_period_needs_a_deadline(tmp_path: Path) -> None:
    (tmp_path / overrides.NAME).write_text("student_id,what,value\n1,extension,3 days\n", "utf-8")
    found = overrides.read(tmp_path / overrides.NAME, Context())
    assert "there is no deadline to extend by 3 days" in str(found.problems[0].reason)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("student,what,value\n1,excuse,\n", "line 1: these columns are missing: student_id."),
        (
            "student_id,what,value,what\n1,excuse,,\n",
            "line 1: these columns stand there twice: what",
        ),
        ('student_id,what,value\n1,excuse,"open\n2,excuse,\n', "the quotes do not match"),
        ("", "line 1: these columns are missing"),
        ("\x00\x01\x02", "line 1: these columns are missing"),
    ],
)
def test_a_file_that_is_no_table_is_said_to_be_none(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / overrides.NAME).write_text(text, "utf-8")
    found = overrides.read(tmp_path / overrides.NAME, CONTEXT)
    assert found.rows == ()
    assert str(found.problems[0].reason).startswith(reason)


def test_the_history_keeps_what_no_longer_holds(tmp_path: Path) -> None:
    first, second = Override("1", "excuse", "", "ill"), Override("1", "waive", "", "late train")
    with Store(tmp_path / NAME) as store:
        store.decide([first])
        store.decide([first, second])
        store.decide([second])
        decisions = list(store.decisions())
    assert [each.override for each in decisions] == [first, second]
    assert decisions[0].until
    assert not decisions[1].until


def test_a_store_of_the_first_format_is_taken_over(tmp_path: Path) -> None:
    with Store(tmp_path / NAME) as store:
        store._connection.execute("DROP TABLE overrides")
        store._connection.execute("PRAGMA user_version = 1")
    with Store(tmp_path / NAME) as store:
        store.decide([Override("1", "excuse", "", "")])
        assert len(list(store.decisions())) == 1
