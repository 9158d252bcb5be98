"""`python -m grader dossier OUT`: pages of a class, a table for marks, and one student's alone."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grader.__main__ import cli
from grader.faults import KitFault
from grader.integrity.dossier import class_dossiers
from grader.integrity.dossier.student_dossier import Dossier, DossierTask
from grader.records import Submission
from grader.results.store import NAME, Store
from tests.batch import batch_fakes as fakes
from tests.integrity.dossier.programs import source

SAME = source("broken/skeleton")


def run(out: Path, *options: str) -> Result:
    return CliRunner().invoke(cli, ["dossier", str(out), "--lang", "en", *options])


def filled(out: Path, *programs: str) -> Path:
    with Store(out / NAME) as store:
        store.begin(fakes.KIT)
        everybody = [
            Submission(f"20230{n}", f"学生{n}", text) for n, text in enumerate(programs, 1)
        ]
        store.admit(everybody)
        for one in everybody:
            store.record(one, fakes.made(one))
        store.finish()
    return out


def test_a_class_gets_its_pages_and_the_class_page_links_them(tmp_path: Path) -> None:
    out = filled(tmp_path, source("variants/coursera"), SAME, SAME, "def broken(:")
    done = run(out)
    assert done.exit_code == 0, done.output
    assert "Dossiers written: 4" in done.output
    assert sorted(path.name for path in (out / "dossier").iterdir()) == [
        "202301.html", "202302.html", "202303.html", "202304.html"
    ]  # fmt: skip
    whole = (out / "dossier.html").read_text("utf-8")
    assert "2 programs are the same text: 202302, 202303." in whole
    assert 'href="dossier.html"' in (out / "report.html").read_text("utf-8")
    with (out / "oral.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["student_id"] for row in rows] == ["202301", "202302", "202303", "202304"]
    assert list(rows[0])[2:14] == [str(number) for number in range(1, 13)]


def test_marks_that_somebody_gave_stay_and_reach_the_gradebook(tmp_path: Path) -> None:
    out = filled(tmp_path, SAME)
    (out / "oral.csv").write_text("student_id,1,2\n202301,3,2\n", "utf-8")
    done = run(out)
    assert "oral.csv is there already" in done.output
    assert "Only one student" in (out / "dossier.html").read_text("utf-8")
    assert (out / "oral.csv").read_text("utf-8") == "student_id,1,2\n202301,3,2\n"
    with (out / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["oral"] for row in csv.DictReader(file)] == ["2.5"]


def test_one_student_alone(tmp_path: Path) -> None:
    out = filled(tmp_path, SAME, SAME)
    assert run(out, "--student", "202302").exit_code == 0
    assert [path.name for path in (out / "dossier").iterdir()] == ["202302.html"]
    assert not (out / "dossier.html").exists()
    wrong = run(out, "--student", "nobody")
    assert wrong.exit_code == 2
    assert "nobody here has the id nobody" in wrong.output


def test_an_out_without_a_store_is_a_fault(tmp_path: Path) -> None:
    assert isinstance(run(tmp_path).exception, KitFault)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_two_runs_give_the_same_page(tmp_path: Path, language: str) -> None:
    out = filled(tmp_path, source("strangers/javaish"))
    page = out / "dossier" / "202301.html"
    assert run(out, "--lang", language).exit_code == 0
    first = page.read_bytes()
    assert run(out, "--lang", language).exit_code == 0
    assert page.read_bytes() == first


def test_a_kit_that_fails_at_one_program_says_so_and_makes_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_task: DossierTask) -> Dossier:
        raise ZeroDivisionError("by us")

    monkeypatch.setattr(class_dossiers, "dossier", fails)
    out = filled(tmp_path, SAME, "x = 1")
    done = run(out)
    assert done.exit_code == 2
    assert "The kit itself failed at 2 programs: 202301, 202302." in done.output
    assert "ZeroDivisionError: by us" in (out / "dossier" / "202301.html").read_text("utf-8")


def test_pages_of_students_who_are_gone_go_too(tmp_path: Path) -> None:
    out = filled(tmp_path, SAME)
    (out / "dossier").mkdir()
    (out / "dossier" / "2022999.html").write_text("old", "utf-8")
    assert run(out).exit_code == 0
    assert [path.name for path in (out / "dossier").iterdir()] == ["202301.html"]
