"""Notebooks: magics go, lines stay."""

from __future__ import annotations

import ast
import json
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.intake.reading.magics import without_magics
from grader.intake.reading.notebooks import read_notebook
from tests.intake.build import notebook

MAGICS = """%matplotlib inline
!pip install numpy \\
    pandas
?print
print?
np.dot??
files = !ls
x, y = %magic
get_ipython().run_line_magic('time', '')
import otter
grader = otter.Notebook("rnn.ipynb")
grader.check("q4_1")
keep = 1"""


def test_magics_become_pass_line_by_line() -> None:
    kept = without_magics(MAGICS)
    assert len(kept.split("\n")) == len(MAGICS.split("\n"))
    names = {node.id for node in ast.walk(ast.parse(kept)) if isinstance(node, ast.Name)}
    assert names == {"files", "x", "y", "get_ipython", "keep"}
    assert "files = []" in kept
    assert "x, y = None" in kept


@pytest.mark.parametrize(
    "code",
    [
        'text = """\n%s and\n!shell\nimport otter\n"""',
        "x = (7\n     % 3)",
        "x = 7 \\\n    % 3",
        "s = '''a\\'''\n%b\n'''",
        'f("(")\ny = [1,\n!= 2]'.replace("\n!= 2", "\n2]").replace("2]]", "2]"),
        "# (\nx = 1  # [\ny = '#'",
        "percent = '%d' % 3",
        "d = {\n'%': 1,\n}",
    ],
)
def test_what_only_looks_like_a_magic_stays(code: str) -> None:
    assert without_magics(code) == code


def test_blocks_stay_whole() -> None:
    kept = without_magics("if True:\n    %matplotlib inline\nx = 1")
    ast.parse(kept)
    assert kept.split("\n")[2] == "x = 1"


@pytest.mark.parametrize(
    ("magic", "runs"),
    [("%%time", 1), ("%%capture out", 1), ("%%writefile rnn.py", 1), ("%%bash", 0),
     ("%%writefile notes.txt", 0), ("%%html", 0)],
)  # fmt: skip
def test_cells_of_python_stay(magic: str, runs: int) -> None:
    kept = without_magics(f"{magic}\nx = 1\n%ls")
    assert len(kept.split("\n")) == 3
    assert bool(ast.parse(kept).body) == bool(runs)


def test_program_and_report() -> None:
    made = read_notebook(
        notebook(
            [
                ("markdown", "# 第一部分"),
                ("code", "%time\nimport numpy as np"),
                ("raw", "nothing"),
                ("code", "this is no python"),
                ("code", "class SimpleRNN:\n    pass"),
                ("markdown", "答：记忆"),
            ]
        ).decode()
    )
    assert made.report == "# 第一部分\n\n答：记忆"
    names = [node.name for node in ast.parse(made.program).body if isinstance(node, ast.ClassDef)]
    assert names == ["SimpleRNN"]
    assert "# [cell 5]\nclass SimpleRNN" in made.program
    (note,) = made.notes
    assert "Cell 4" in str(note)


@settings(deadline=None)
@given(st.lists(st.text("ab%!?=(['\"\\#\n \t\0)]", max_size=40), max_size=4))
def test_any_cells_keep_their_lines_and_parse(sources: list[str]) -> None:
    for source in sources:
        assert len(without_magics(source).split("\n")) == len(source.split("\n"))
    made = read_notebook(notebook([("code", source) for source in sources]).decode())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # invalid escapes are the student's own
        ast.parse(made.program)


def test_future_imports_and_stray_statements_of_later_cells() -> None:
    cells = [
        ("code", "x = 1"),
        ("code", "from __future__ import annotations\ny = 2"),
        ("code", "return 3"),
    ]
    made = read_notebook(notebook(cells).decode())
    compile(made.program, "program", "exec")
    assert "y = 2" in made.program
    assert len(made.notes) == 1


@pytest.mark.parametrize(
    ("sources", "counts", "told"),
    [
        (("class LSTMCell: a = 1", "class LSTMCell: a = 2"), (9, 5), 1),
        (("class LSTMCell: a = 1", "class LSTMCell: a = 2"), (5, 9), 0),
        (("class LSTMCell: a = 1", "class LSTMCell: a = 2"), (9, None), 0),
        (("class LSTMCell: a = 1", "class LSTMCell: a = 1"), (9, 5), 0),
        (("class LSTMCell: a = 1", "class LSTMCell(LSTMCell): b = 2"), (9, 5), 0),
        (("class Other: a = 1", "class Other: a = 2"), (9, 5), 0),
    ],
)
def test_a_definition_that_was_run_last_and_stands_above_another_is_told(
    sources: tuple[str, str], counts: tuple[int | None, int | None], told: int
) -> None:
    cells = [
        {"cell_type": "code", "execution_count": n, "metadata": {}, "outputs": [], "source": text}
        for text, n in zip(sources, counts, strict=True)
    ]
    made = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})
    notes = read_notebook(made).notes
    assert [note.values["upper"] for note in notes] == [1] * told
