"""A notebook is packed like the script: its code cells the program, its text cells the report."""

from __future__ import annotations

from pathlib import Path

import nbformat
from click.testing import CliRunner

from grader.assignment import load
from grader.commands.pack import pack as command
from grader.pack.packing import Request, pack
from tests import ROOT
from tests.pack.reports import model_report


def request(folder: Path) -> Request:
    notebook = folder / "rnn.ipynb"
    return Request("张三", "2023001", notebook, notebook, folder / "out")


def test_a_notebook_becomes_program_and_report(tmp_path: Path) -> None:
    program = (ROOT / "solutions" / "rnn.py").read_text(encoding="utf-8")
    report = model_report(tmp_path)
    cells = [
        nbformat.v4.new_markdown_cell(report),
        nbformat.v4.new_code_cell("%matplotlib inline\n" + program),
    ]
    book = nbformat.v4.new_notebook(cells=cells)
    (tmp_path / "rnn.ipynb").write_text(nbformat.writes(book), encoding="utf-8")
    packed = pack(request(tmp_path), "zh")
    assert packed.findings == ()
    sent = packed.files["ml-6-张三-2023001.py"].decode()
    assert "class SimpleRNN" in sent
    assert "\n%matplotlib" not in sent
    assert "class SimpleRNN" not in packed.files["ml-6-张三-2023001.md"].decode()


def test_what_is_no_notebook_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "rnn.ipynb").write_text("no notebook", encoding="utf-8")
    packed = pack(request(tmp_path), "zh")
    assert packed.files == {}
    assert any("no notebook" in str(finding.message) for finding in packed.findings)
    assert not (tmp_path / "out").exists()


def solved(folder: Path, *cells: str) -> Path:
    """A notebook with the reference and its report, and further cells."""
    program = (ROOT / "solutions" / "rnn.py").read_text(encoding="utf-8")
    report = model_report(folder)
    code = [nbformat.v4.new_code_cell(cell) for cell in (program, *cells)]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(report), *code])
    path = folder / "rnn.ipynb"
    path.write_text(nbformat.writes(book), encoding="utf-8")
    return path


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(
        command,
        [
            "--name",
            "张三",
            "--id",
            "2023001",
            "--into",
            str(folder / "out"),
            "--lang",
            "en",
            *arguments,
        ],
    )
    return done.exit_code, done.output


def test_the_command_of_the_notebooks_last_cell_takes_the_report_from_it(tmp_path: Path) -> None:
    code, said = run(tmp_path, "--source", str(solved(tmp_path)))
    assert code == 0, said
    assert "Report: " + str(tmp_path / "rnn.ipynb") in said
    assert f"To: {load().mail.recipient}" in said
    names = {path.suffix for path in (tmp_path / "out").iterdir()}
    assert names == {".py", ".md", ".eml", ".txt"}


def test_a_failed_pack_leaves_no_old_files_behind(tmp_path: Path) -> None:
    path = solved(tmp_path)
    assert run(tmp_path, "--source", str(path))[0] == 0
    mine = tmp_path / "out" / "ml-6-notes.md"
    mine.write_text("my own")
    edited = tmp_path / "out" / "ml-6-张三-2023001.md"
    edited.write_text("edited by hand")
    path.write_text("no notebook")
    assert run(tmp_path, "--source", str(path))[0] == 1
    left = {each.name for each in (tmp_path / "out").iterdir()}
    assert left == {mine.name, edited.name}


def test_what_the_grading_machine_lacks_is_said_at_home(tmp_path: Path) -> None:
    cells = (
        "import pandas",
        "from multiprocessing import Pool\ndef many():\n    with Pool(2) as pool:\n        pool.map(abs, [1])",
    )
    code, said = run(tmp_path, "--source", str(solved(tmp_path, *cells)))
    assert code == 0, said
    assert "nothing that is asked for uses it" in said
    assert "no other processes" in said
