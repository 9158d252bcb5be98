"""The handout as a new student meets it: unzip, `make grade`; nothing there but Python and an index.

Slow: each Python installs the handout's packages into a `.venv` of its own.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from grader.assignment import load
from grader.handout import build
from grader.intake.collect import collect
from grader.intake.collection import IntakeRules
from tests import ROOT
from tests.pack.reports import model_report

# What a shell has anyway; nothing of this checkout or of its environment.
KEPT = ("PATH", "HOME", "TMPDIR", "SSL_CERT_FILE", "http_proxy", "https_proxy", "no_proxy")


def interpreter(version: str) -> str:
    """An interpreter of this version that starts; a pyenv shim alone does not."""
    installed = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    for candidate in (shutil.which(f"python{version}"), *map(str, installed)):
        if candidate is None:
            continue
        asked = [candidate, "-c", "import sys, venv; print('%d.%d' % sys.version_info[:2])"]
        if (
            subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
            == version
        ):
            return candidate
    pytest.fail(f"no Python {version} starts here")


class Student:
    """A student's terminal in the unpacked folder."""

    def __init__(self, folder: Path, python: str, language: str = "en_US.UTF-8") -> None:
        self.folder = folder
        self.python = python
        # pip's own settings say where the index is; they come along.
        pip = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
        self.environment = {name: os.environ[name] for name in KEPT if name in os.environ} | pip
        # Compiling thousands of modules that are never imported takes half of an installation.
        self.environment |= {"LC_ALL": language, "COLUMNS": "100", "PIP_NO_COMPILE": "1"}

    def make(self, *words: str, ok: bool = True) -> str:
        done = subprocess.run(
            ["make", *words, f"PYTHON={self.python}"],
            cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=900, check=False,
        )  # fmt: skip
        assert (done.returncode == 0) == ok, done.stdout + done.stderr
        return done.stdout + done.stderr


@pytest.fixture(scope="class")
def student(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Student:
    assert request.cls is not None
    archive = build.build(tmp_path_factory.mktemp("dist"))
    home = tmp_path_factory.mktemp("学生 folder")
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(home)
    return Student(home / "ml-6", interpreter(request.cls.version))


def possible() -> str:
    from grader.questions.guide import public_cases

    return f"{sum(case.points for question in load().automatic for case in public_cases(question.name)):g}"


def write(student: Student, source: str) -> None:
    (student.folder / "rnn.py").write_text(source, encoding="utf-8")


def reference() -> str:
    return (ROOT / "solutions" / "rnn.py").read_text(encoding="utf-8")


class Fresh:
    """From the first run on, in this order."""

    version = ""

    def test_the_first_run_installs_and_grades_the_skeleton(self, student: Student):
        first = student.make("grade")
        assert "first run" in first
        assert f"public: 0/{possible()};" in first
        assert "hidden tests add" in first
        second = student.make("grade")
        assert "first run" not in second
        assert "SimpleRNN.__init__ is not implemented yet." in second

    def test_installed_is_what_the_list_names(self, student: Student):
        listed = (student.folder / "kit" / "requirements.txt").read_text()
        frozen = subprocess.run(
            [student.folder / ".venv/bin/python", "-m", "pip", "freeze"],
            env=student.environment, capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        installed = re.findall(r"(?m)^([\w.-]+)==(\S+)", frozen)
        assert 30 < len(installed) <= 45
        for name, version in installed:
            assert re.search(
                rf"(?mi)^{re.escape(name).replace('_', '[-_.]')}=={re.escape(version)}\b", listed
            ), name

    def test_a_finished_program_gets_all_public_points(self, student: Student):
        write(student, reference())
        shown = student.make("grade")
        assert f"public: {possible()}/{possible()};" in shown
        assert "all tests passed" not in shown.lower()

    def test_one_question_alone(self, student: Student):
        write(student, reference())
        shown = student.make("grade", "Q=q4_3")
        assert "q4_3" in shown
        assert "q4_2" not in shown

    def test_a_mistake_is_diagnosed_first(self, student: Student):
        source = reference()
        lines = re.sub(
            r"(?m)^(\s*)def update_parameters\(self, learning_rate[^\n]*$",
            r"\1def update_parameters(self, learning_rate):\n\1    return",
            source,
        )
        assert lines != source
        write(student, lines)
        shown = student.make("grade", "Q=q4_4")
        assert shown.index("public:") < shown.index("Fix this first")

    def test_an_error_shows_the_students_own_line(self, student: Student):
        write(
            student,
            re.sub(
                r"(?m)^(\s*)def forward\(self, inputs[^\n]*$",
                r"\1def forward(self, inputs):\n\1    return inputs @ undefined_name",
                reference(),
            ),
        )
        shown = student.make("grade", "Q=q4_2")
        assert "return inputs @ undefined_name" in shown

    def test_plots_are_written(self, student: Student):
        write(student, reference())
        student.make("grade", "PLOTS=1")
        assert len(list((student.folder / "plots").iterdir())) >= 3

    def test_explain_in_chinese(self, student: Student):
        shown = Student(student.folder, student.python, "zh_CN.UTF-8").make("explain", "Q=q4_3")
        assert "公开测试" in shown
        assert "常见误解" in shown
        assert "讲义" in shown

    def test_a_packed_mail_reaches_the_teacher(self, student: Student, tmp_path: Path):
        write(student, reference())
        assert "not answered yet" in student.make("pack", "NAME=张三", "ID=2023001", ok=False)
        report = model_report(student.folder)
        (student.folder / "report.md").write_text(report, encoding="utf-8")
        shown = student.make("pack", "NAME=张三", "ID=2023001")
        shutil.copy(student.folder / "to-send" / "ml-6-张三-2023001.eml", tmp_path)
        (found,) = collect([tmp_path], IntakeRules()).submissions
        assert (found.name, found.student_id) == ("张三", "2023001")
        assert found.sha256 in shown


@pytest.mark.slow
class TestPython311(Fresh):
    version = "3.11"


@pytest.mark.slow
@pytest.mark.needs("python3.13")
class TestPython313(Fresh):
    version = "3.13"
