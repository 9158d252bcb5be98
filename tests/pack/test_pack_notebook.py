"""A notebook is packed like the script: its code cells the program, its text cells the report."""

from __future__ import annotations

from pathlib import Path

import nbformat

from grader.pack.packing import Request, pack
from tests import ROOT


def request(folder: Path) -> Request:
    notebook = folder / "rnn.ipynb"
    return Request("张三", "2023001", notebook, notebook, folder / "out")


def test_a_notebook_becomes_program_and_report(tmp_path: Path) -> None:
    program = (ROOT / "solutions" / "rnn.py").read_text(encoding="utf-8")
    report = (ROOT / "solutions" / "report.md").read_text(encoding="utf-8")
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
