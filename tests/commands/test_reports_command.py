"""`python -m grader report OUT`: everything again from the store, without grading."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grader.__main__ import cli
from grader.faults import KitFault
from grader.records import Grade, Submission
from grader.results.store import NAME, Store
from tests.reports.reports_samples import (
    awful,
    good,
    hostile,
    middling,
)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    with Store(tmp_path / NAME) as store:
        store.begin("kit")
        for grade in (good(), middling(), awful(), hostile()):
            submission = came(grade)
            store.admit([submission])
            store.record(submission, grade)
        store.finish()
    return tmp_path


def came(grade: Grade) -> Submission:
    return Submission(
        grade.student_id,
        grade.name,
        "pass",
        files=grade.files,
        submitted_at=grade.submitted_at,
        late=grade.late,
    )


def report(out: Path, *options: str) -> Result:
    return CliRunner().invoke(cli, ["report", str(out), *options])


def test_pages_and_tables_are_built_again(out: Path) -> None:
    done = report(out, "--lang", "zh")
    assert done.exit_code == 0, done.output
    assert "提交：4 份" in done.output
    assert {"report.html", "grades.csv"} <= {path.name for path in out.iterdir()}
    pages = sorted((out / "feedback").glob("*.html"))
    assert len(pages) == 4
    assert "欧阳晓明" in (out / "feedback" / "2023014.html").read_text("utf-8")
    first = {path.name: path.read_bytes() for path in (*pages, out / "report.html")}
    for path in (*pages, out / "report.html"):
        path.unlink()
    assert report(out, "--lang", "zh").exit_code == 0
    assert {path.name: path.read_bytes() for path in (*pages, out / "report.html")} == first


def test_the_other_language_needs_no_grading(out: Path) -> None:
    assert report(out, "--lang", "en").exit_code == 0
    assert '<html lang="en">' in (out / "report.html").read_text("utf-8")
    assert report(out, "--lang", "zh").exit_code == 0
    assert '<html lang="zh-CN">' in (out / "report.html").read_text("utf-8")
    assert "automatic points" not in (out / "feedback" / "2023001.html").read_text("utf-8")


def test_an_out_without_a_store_is_a_fault_that_says_what_to_do(tmp_path: Path) -> None:
    done = report(tmp_path)
    assert isinstance(done.exception, KitFault)
    assert "results.sqlite" in str(done.exception)


def test_a_mistake_in_written_csv_is_named_and_everything_else_is_written(out: Path) -> None:
    (out / "written.csv").write_text("student_id,q1\n2023001,99\n", "utf-8")
    done = report(out, "--lang", "en")
    assert done.exit_code == 2
    assert "written.csv" in done.output
    assert (out / "report.html").is_file()
