"""Who did nothing optional hears nothing of it, in the terminal, on any page or in any table."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import PROGRAMS, ROOT

PROGRAM = PROGRAMS / "variants" / "own-helpers" / "rnn.py"  # has an Adam and a GRUCell of its own


def graded(*arguments: str | Path) -> str:
    command = [sys.executable, "-m", "grader", "grade", *map(str, arguments), "--lang", "en"]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


@pytest.mark.slow
@pytest.mark.parametrize("stub", [False, True], ids=["alone", "bonus as handed out"])
def test_nothing_of_the_optional_questions_is_shown(tmp_path: Path, *, stub: bool) -> None:
    inbox, out = tmp_path / "inbox", tmp_path / "out"
    inbox.mkdir()
    shutil.copy(PROGRAM, inbox / "ml-6-张三-2023001.py")
    if stub:
        shutil.copy(ROOT / "student" / "bonus.py", inbox / "ml-6-张三-2023001-bonus.py")
    told = graded(inbox, "--out", out, "--workers", "1")
    grade = json.loads((out / "results" / "2023001.json").read_text(encoding="utf-8"))
    (row,) = csv.DictReader((out / "grades.csv").read_text(encoding="utf-8-sig").splitlines())
    assert row["auto"] == "60"
    assert row["bonus_code"] == ""
    assert [one["name"] for one in grade["questions"]][-1] == "q5_3"
    pages = [out / "report.html", out / "feedback" / "2023001.html"]
    for text in (told, *(page.read_text(encoding="utf-8") for page in pages)):
        assert "q6_" not in text
        assert "Optional:" not in text


@pytest.mark.slow
def test_ones_own_run_is_silent_as_well(tmp_path: Path) -> None:
    shutil.copy(PROGRAM, tmp_path / "rnn.py")
    shutil.copy(ROOT / "student" / "bonus.py", tmp_path / "bonus.py")
    told = graded(tmp_path, "--local")
    assert "60 / 60" in told
    assert "q6_" not in told
