"""A notebook whose own checks are all green gets in class what it got at home."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader import grading
from grader.intake.reading.notebooks import read_notebook
from grader.records import Status, Submission
from tests import ROOT
from tests.home.habits import CHECKED, ELSEWHERE, HABITS, as_run, cells_of, notebook

PUBLIC = grading.Settings(secret=b"", public_only=True)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[float, list[str]]]:
    """What each notebook's `grader.check` gives in a real IPython."""
    folder = tmp_path_factory.mktemp("home")
    shutil.copytree(ROOT / "grader" / "questions" / "public", folder / "kit" / "tests")
    shutil.rmtree(folder / "kit" / "tests" / "__pycache__", ignore_errors=True)
    (folder / "rnn.ipynb").write_text(notebook([]))
    asked = {
        habit: [(cell.source, bool(cell.tags)) for cell in as_run(cells_of(habit))]
        for habit in HABITS
    }
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("at_home.py")), str(ROOT), str(folder)],
        input=json.dumps(asked), capture_output=True, text=True, check=False,
        env={**os.environ, "IPYTHONDIR": str(folder / "ipython"), "PIP_NO_INDEX": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


@pytest.mark.slow
@pytest.mark.parametrize("habit", HABITS)
def test_class_gives_what_home_gave(habit: str, home: dict[str, tuple[float, list[str]]]) -> None:
    points, errors = home[habit]
    assert not errors
    read = read_notebook(notebook(cells_of(habit)))
    grade = grading.grade(Submission("1", "", read.program), PUBLIC)
    checked = [question for question in grade.questions if question.name in CHECKED]
    assert sum(question.score for question in checked) == pytest.approx(points)
    assert grade.auto == grade.auto_possible
    assert (grade.status, grade.loaded) == (Status.GRADED, True)


@pytest.mark.slow
@pytest.mark.parametrize("habit", ELSEWHERE)
def test_libraries_that_nothing_uses_cost_nothing(habit: str) -> None:
    read = read_notebook(notebook(cells_of(habit)))
    grade = grading.grade(Submission("1", "", read.program), PUBLIC)
    assert grade.auto == grade.auto_possible
    assert (grade.status, grade.loaded) == (Status.GRADED, True)


def test_there_are_enough_habits() -> None:
    assert len(HABITS) >= 15
