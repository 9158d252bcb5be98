"""The notebook: the same as the program and the report, and it runs from top to bottom."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from grader import contract
from grader.assignment import load
from grader.handout import build, notebook
from grader.intake.collect import collect
from grader.intake.collection import IntakeRules
from grader.intake.reading.notebooks import read_notebook
from grader.written import checklist
from grader.written.checklist import State
from tests import ROOT

STUDENT = ROOT / "student"
REFERENCE = (ROOT / "solutions" / "rnn.py").read_text(encoding="utf-8")


def cells(text: str) -> list[Any]:
    return list(nbformat.reads(text, as_version=4).cells)


def test_the_notebook_is_up_to_date():
    assert (STUDENT / "rnn.ipynb").read_text(encoding="utf-8") == notebook.build(), (
        "run `python -m grader handout --notebook-only`"
    )


def test_the_notebook_says_what_program_and_report_say():
    read = read_notebook(notebook.build())
    assert read.notes == ()
    given = [(STUDENT / name).read_text(encoding="utf-8") for name in ("rnn.py", "bonus.py")]
    # The notebook imports NumPy once.
    given[1] = given[1].replace("import numpy as np", "", 1)
    assert definitions(read.program) == definitions("\n".join(given))
    for line in (STUDENT / "report.md").read_text(encoding="utf-8").splitlines():
        assert line.rstrip() in read.report


def definitions(source: str) -> dict[str, str]:
    nodes = ast.parse(source).body
    kept = [node for node in nodes if not isinstance(node, ast.Expr | ast.Pass)]
    return {getattr(node, "name", f"import {n}"): ast.dump(node) for n, node in enumerate(kept)}


def test_every_automatic_question_has_its_cell_after_what_it_checks():
    sources = [cell.source for cell in cells(notebook.build()) if cell.cell_type == "code"]
    asked = [
        found[1]
        for source in sources
        if (found := re.fullmatch(r'grader\.check\("(\w+)"\)', source))
    ]
    assert asked == [question.name for question in load().automatic]
    defined: set[str] = set()
    for source in sources:
        defined |= {node.name for node in ast.parse(source).body if hasattr(node, "name")}
        if found := re.fullmatch(r'grader\.check\("(\w+)"\)', source):
            assert contract.BY_NAME[found[1]].definition in defined


def test_the_template_in_the_notebook_is_no_answer():
    report = read_notebook(notebook.build()).report
    assert {section.state for section in checklist.collect(report).sections} == {State.TEMPLATE}


def test_write_notebook_writes_what_is_compared(monkeypatch, tmp_path: Path):
    (tmp_path / "student").mkdir()
    monkeypatch.setattr("grader.handout.wheel.ROOT", tmp_path)
    assert build.write_notebook().read_text(encoding="utf-8") == notebook.build()


def solved(text: str, source: str = REFERENCE) -> Any:
    """The notebook with the reference's definitions pasted over the stubs, its helpers above."""
    opened = nbformat.reads(text, as_version=4)
    tree = ast.parse(source)
    parts = {
        node.name: ast.get_source_segment(source, node)
        for node in tree.body
        if getattr(node, "name", "") in contract.NAMES
    }
    lines = source.splitlines()
    for node in reversed(tree.body):
        if getattr(node, "name", "") in contract.NAMES:
            del lines[node.lineno - 1 : node.end_lineno]
    helpers = "\n".join(lines)
    for cell in opened.cells:
        found = re.match(r"(?:class|def) (\w+)", cell.source)
        if found and cell.cell_type == "code" and found[1] in parts:
            cell.source = parts[found[1]]
        elif cell.source == "import numpy as np":
            # Names of the student's own that mean something else to the examiner.
            cell.source = f"{helpers}\nseed = 42\noutcomes = printed = exhibits = language = 1\n"
    return opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The handout's folder, as far as a notebook looks."""
    for place in (notebook.TESTS, notebook.OPTIONAL_TESTS):
        shutil.copytree(ROOT / "grader/questions/public", tmp_path / place)
    for optional in (tmp_path / notebook.TESTS).glob("q6_*.py"):
        optional.unlink()
    (tmp_path / "rnn.ipynb").write_text(notebook.build(), encoding="utf-8")
    return tmp_path


def executed(
    opened: Any, folder: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> dict[str, Any]:
    """Outputs of the check cells by question, after running everything in a fresh kernel."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("LC_ALL", language)
    monkeypatch.setenv(
        "PYTHONPATH", os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    )
    NotebookClient(
        opened, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    ).execute()
    found = {}
    for cell in opened.cells:
        if cell.cell_type == "code" and cell.source.startswith("grader.check"):
            (output,) = (one for one in cell.outputs if one.output_type == "execute_result")
            key = re.search(r'"(\w+)"', cell.source)
            found[key[1] if key else "all"] = output.data
    return found


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of Jupyter's own event loop
def test_the_skeleton_runs_from_top_to_bottom(folder: Path, monkeypatch):
    opened = nbformat.reads(notebook.build(), as_version=4)
    shown = executed(opened, folder, monkeypatch, "zh_CN.UTF-8")
    for question in load().automatic:
        text = shown[question.name]["text/plain"]
        assert text.startswith(f"{question.name}：公开测试 0 / ")
        assert "还没有" in text
        assert "Error at line" not in text + shown[question.name]["text/html"]
    assert not (folder / ".OTTER_LOG").exists()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_reference_runs_from_top_to_bottom_with_all_points(folder: Path, monkeypatch):
    shown = executed(solved(notebook.build()), folder, monkeypatch, "en_US.UTF-8")
    for question in load().automatic:
        first = shown[question.name]["text/plain"].splitlines()[0]
        got, possible = re.fullmatch(
            rf"{question.name}: (\S+) of (\S+) public points", first
        ).groups()
        assert got == possible
    assert "✗" not in shown["all"]["text/html"]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_misconception_is_diagnosed_in_the_notebook(folder: Path, monkeypatch):
    opened = solved(notebook.build())
    cell = next(cell for cell in opened.cells if cell.source.startswith("class SimpleRNN"))
    broken = re.sub(
        r"(?m)^(\s+)def update_parameters.*?:$",
        r"\1def update_parameters(self, learning_rate):\n\1    return",
        cell.source,
    )
    assert broken != cell.source
    cell.source = broken
    text = executed(opened, folder, monkeypatch, "en_US.UTF-8")["q4_4"]["text/plain"]
    assert "✗" in text
    assert "Error at line" not in text


def test_a_submitted_notebook_is_read_like_the_script(tmp_path: Path):
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    opened = solved(notebook.build())
    for cell in opened.cells:
        if cell.cell_type == "markdown" and "your answer here" in cell.source:
            cell.source = re.sub(
                r"(?m)^> .*your answer here.*$",
                "隐藏状态概括了到目前为止读到的全部内容。",
                cell.source,
            )
    (inbox / "ml-6-张三-2023001.ipynb").write_text(json.dumps(opened), encoding="utf-8")
    (found,) = collect([inbox], IntakeRules()).submissions
    assert (found.student_id, found.name) == ("2023001", "张三")
    namespace: dict[str, Any] = {"__name__": "rnn"}
    exec(compile(found.source, "rnn.py", "exec"), namespace)
    assert set(contract.NAMES) <= set(namespace)
    states = {section.state for section in checklist.collect(found.report).sections}
    assert states == {State.FILLED}
