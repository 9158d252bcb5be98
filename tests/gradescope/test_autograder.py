"""The autograder for Gradescope: unpacked, set up and run as their harness does."""

from __future__ import annotations

import json
import stat
import zipfile
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from grader import grading
from grader.__main__ import cli
from grader.gradescope import autograder_zip
from grader.gradescope.failures import FAILURES, failure
from grader.gradescope.grade_upload import Metadata, read_metadata
from grader.records import Grade, Submission, Verdict
from grader.sandbox import start_command
from tests import PROGRAMS, ROOT
from tests.gradescope.harness import Container

SECRET = b"\x05" * 32
DUE = "2026-11-11T23:00:00.000000-07:00"
METADATA = {
    "id": 123456,
    "created_at": "2026-11-11T14:22:32.365935-07:00",
    "assignment": {"due_date": DUE, "id": 1, "title": "HW6", "total_points": "60.0"},
    "users": [{"email": "s@example.edu", "id": 1234, "name": "Student User"}],
    "previous_submissions": [],
}
SLOW = (
    *("variants/fused-xh", "wrong/softmax", "wrong/two-bugs"),
    *("wrong/zeros", "broken/wrong-class-name", "broken/raises-in-the-middle"),
    *("attacks/read-tree", "experiments/shifted-forecast"),
)
VISIBILITY = {"enum": ["hidden", "after_due_date", "after_published", "visible"]}
FORMAT = {"enum": ["text", "html", "simple_format", "md", "ansi"]}
# "Autograder Specifications", output format.
SCHEMA = {
    "type": "object",
    "required": ["score", "tests"],
    "additionalProperties": False,
    "properties": {
        "score": {"type": "number"},
        "execution_time": {"type": "number", "minimum": 0},
        "output": {"type": "string"},
        "output_format": FORMAT,
        "test_output_format": FORMAT,
        "test_name_format": FORMAT,
        "visibility": VISIBILITY,
        "stdout_visibility": VISIBILITY,
        "extra_data": {"type": "object"},
        "leaderboard": {"type": "array"},
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "score": {"type": "number"},
                    "max_score": {"type": "number"},
                    "status": {"enum": ["passed", "failed"]},
                    "name": {"type": "string"},
                    "name_format": FORMAT,
                    "number": {"type": "string"},
                    "output": {"type": "string"},
                    "output_format": FORMAT,
                    "tags": {"type": "array", "items": {"type": "string"}},
                    "visibility": VISIBILITY,
                    "extra_data": {"type": "object"},
                },
            },
        },
    },
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    (folder / "secret").write_bytes(SECRET)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(autograder_zip, "SECRET", folder / "secret")
        done = CliRunner().invoke(
            cli, ["gradescope", "--out", str(folder / "autograder.zip"), "--lang", "en"]
        )
    assert done.exit_code == 0, done.output
    return folder / "autograder.zip"


@pytest.fixture(scope="module")
def container(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Container:
    made = Container.built(archive, tmp_path_factory.mktemp("image"))
    done = made.setup()
    assert done.returncode == 0, done.stdout + done.stderr
    return made


def checked(found: dict[str, Any]) -> dict[str, Any]:
    jsonschema.validate(found, SCHEMA)
    return found


def expected(source: str) -> Grade:
    """The kit's own grade, in the same sandbox, with the same secret."""
    how = grading.Settings(secret=SECRET, tier=start_command.SELF_CONFINED)
    return grading.grade(Submission("1", "", source), how)


def agree(found: dict[str, Any], grade: Grade) -> None:
    """Every case, in order, with its points, its verdict and whom it is shown to."""
    cases = [case for question in grade.questions for case in question.cases]
    tests = [test for test in found["tests"] if "late" not in test["tags"]]
    assert [
        (test["score"], test["max_score"], test["status"], test["visibility"]) for test in tests
    ] == [
        (
            round(case.points, 4),
            round(case.possible, 4),
            "passed" if case.verdict is Verdict.PASSED else "failed",
            "after_published" if case.hidden else "visible",
        )
        for case in cases
    ]
    assert found["score"] == pytest.approx(sum(test["score"] for test in found["tests"]))


def test_the_zip_holds_both_scripts_at_its_root_and_keeps_them_executable(archive: Path) -> None:
    with zipfile.ZipFile(archive) as found:
        names = found.namelist()
        modes = {entry.filename: entry.external_attr >> 16 for entry in found.infolist()}
    assert {"setup.sh", "run_autograder", "requirements.txt", "kit/.secret"} <= set(names)
    assert stat.S_IMODE(modes["setup.sh"]) == stat.S_IMODE(modes["run_autograder"]) == 0o755
    assert stat.S_IMODE(modes["kit/.secret"]) == 0o600
    assert not [name for name in names if "__pycache__" in name or name.startswith("/")]


def test_everything_that_is_installed_is_pinned_with_its_hash(archive: Path) -> None:
    with zipfile.ZipFile(archive) as found:
        lines = found.read("requirements.txt").decode().splitlines()
    entries = [line for line in lines if line and not line.startswith((" ", "#"))]
    assert len(entries) > 10
    assert all("==" in entry for entry in entries)
    assert sum("--hash=sha256:" in line for line in lines) >= len(entries)
    assert not [line for line in lines if "://" in line]


def test_the_same_sources_give_the_same_bytes(archive: Path, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(autograder_zip, "SECRET", archive.parent / "secret")
        done = CliRunner().invoke(
            cli, ["gradescope", "--out", str(tmp_path / "again.zip"), "--lang", "en"]
        )
    assert done.exit_code == 0
    assert (tmp_path / "again.zip").read_bytes() == archive.read_bytes()


def test_a_right_program_gets_full_marks_there_too(container: Container) -> None:
    source = (ROOT / "solutions" / "rnn.py").read_text(encoding="utf-8")
    report = (ROOT / "solutions" / "report.md").read_text(encoding="utf-8")
    found = checked(container.grade({"rnn.py": source, "report.md": report}, METADATA))
    assert found["score"] == 60
    assert found["extra_data"]["sandbox"] == start_command.SELF_CONFINED
    assert (found["extra_data"]["late_days"], found["extra_data"]["penalty"]) == (0, 0)
    assert found["stdout_visibility"] == "hidden"


def test_a_wrong_and_late_program_gets_what_the_kit_gives_it(container: Container) -> None:
    source = program("wrong/mean-over-batch")
    late = METADATA | {"created_at": "2026-11-13T08:00:00-07:00"}
    found = checked(container.grade({"my work/rnn.py": source}, late))
    grade = expected(source)
    agree(found, grade)
    assert found["extra_data"]["late_days"] == 2
    assert found["extra_data"]["penalty"] == pytest.approx(0.2 * grade.auto)
    assert found["score"] == pytest.approx(0.8 * grade.auto)
    assert found["tests"][-1]["score"] == -found["extra_data"]["penalty"]


def program(name: str) -> str:
    return (PROGRAMS / name / "rnn.py").read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("name", SLOW)
def test_eight_more_programs_get_what_the_kit_gives_them(container: Container, name: str) -> None:
    source = program(name)
    agree(checked(container.grade({"rnn.py": source}, METADATA)), expected(source))


@pytest.mark.slow
def test_the_real_setup_installs_all_that_grading_needs(archive: Path, tmp_path: Path) -> None:
    real = Container.built(archive, tmp_path, real=True)
    done = real.setup()
    assert done.returncode == 0, done.stdout + done.stderr
    source = (ROOT / "solutions" / "rnn.py").read_text(encoding="utf-8")
    found = checked(real.grade({"rnn.py": source}, METADATA))
    assert found["score"] == 60
    assert found["extra_data"]["sandbox"] == start_command.SELF_CONFINED


@pytest.mark.parametrize("files", [{}, {"rnn.py": "def ("}])
def test_whatever_is_handed_in_gets_a_results_file(
    container: Container, files: dict[str, str]
) -> None:
    found = checked(container.grade(files, METADATA))
    assert found["score"] == 0
    assert found["extra_data"]["status"] != "kit_fault"


@pytest.mark.parametrize(
    "text", ["", "no json", "[]", "3", '{"users": 3, "assignment": null}', '{"users": [4]}']
)
def test_strange_metadata_is_no_reason_to_fail(tmp_path: Path, text: str) -> None:
    (tmp_path / "metadata.json").write_text(text, encoding="utf-8")
    assert read_metadata(tmp_path / "metadata.json") == Metadata()
    assert read_metadata(tmp_path / "nowhere.json") == Metadata()


def test_a_students_own_due_date_goes_before_the_classs(tmp_path: Path) -> None:
    user = {"id": 1, "name": "A", "assignment": {"due_date": "2026-12-01T00:00:00-07:00"}}
    text = json.dumps(METADATA | {"created_at": "2026-11-20T00:00:00-07:00", "users": [user]})
    (tmp_path / "metadata.json").write_text(text, encoding="utf-8")
    assert not read_metadata(tmp_path / "metadata.json").late


def test_a_setup_that_failed_is_said_to_have(archive: Path, tmp_path: Path) -> None:
    broken = Container.built(archive, tmp_path, pip=1)
    assert broken.setup().returncode != 0
    found = checked(broken.grade({"rnn.py": "pass"}, METADATA))
    assert found == failure("setup")
    assert "没有安装完整" in found["output"]


def test_a_fault_of_the_kit_is_said_to_be_one(archive: Path, tmp_path: Path) -> None:
    broken = Container.built(archive, tmp_path)
    assert broken.setup().returncode == 0
    (broken.root / "source" / "kit" / ".secret").write_bytes(b"too short")
    assert checked(broken.grade({"rnn.py": "pass"}, METADATA)) == failure("kit")


def test_running_out_of_time_is_said(archive: Path, tmp_path: Path) -> None:
    slow = Container.built(archive, tmp_path)
    assert slow.setup().returncode == 0
    (slow.root / "source" / "kit" / "grader" / "__main__.py").write_text(
        "import time\ntime.sleep(60)"
    )
    script = slow.root / "run_autograder"
    script.write_text(script.read_text().replace("--kill-after=10 240", "--kill-after=1 1"))
    assert checked(slow.grade({"rnn.py": "pass"}, METADATA)) == failure("time")


@pytest.mark.parametrize("kind", FAILURES)
def test_what_stands_in_for_a_grade_is_valid_and_speaks_both_languages(kind: str) -> None:
    found = checked(failure(kind))
    assert "not graded" in found["output"]
    assert "没有给你的作业评分" in found["output"]
