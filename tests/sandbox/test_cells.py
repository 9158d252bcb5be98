"""Cells of a notebook: one namespace, an error costs its own cell, the order of the page or of the run."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from grader.contract import NAMES
from grader.intake.reading.notebooks import read_notebook
from grader.sandbox.worker import cells, source, stand_ins
from tests.home.habits import ELSEWHERE, HABITS, Cell, cells_of, notebook


@pytest.fixture(autouse=True)
def _kept_modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = dict(sys.modules)
    monkeypatch.chdir(tmp_path)  # some write files
    monkeypatch.syspath_prepend("")
    yield
    for name in set(sys.modules) - set(before):
        written = "written" in name or "rnn_model" in name
        if written or isinstance(sys.modules[name], stand_ins._Module):
            del sys.modules[name]
    sys.modules["__main__"] = before["__main__"]
    sys.modules.pop(source.MODULE, None)
    stand_ins.LIBRARIES.texts.clear()
    stand_ins.LIBRARIES.loading = True


def run(made: Sequence[str | Cell], until: int = 0, seconds: float = 20.0) -> tuple[Any, Any]:
    listed = [cell if isinstance(cell, Cell) else Cell(cell) for cell in made]
    read = read_notebook(notebook(listed))
    module, fault = source.run(read.program, seconds, until, asked=NAMES)
    return module.__dict__, fault


QUICK = set(HABITS | ELSEWHERE) - {"time with assignment", "trained and plotted"}  # they train


@pytest.mark.parametrize("habit", sorted(QUICK))
def test_a_right_notebook_runs_without_a_fault(habit: str) -> None:
    namespace, fault = run(cells_of(habit))
    assert fault is None
    assert all(callable(namespace[name]) for name in NAMES)


def test_an_error_costs_what_its_own_cell_defines() -> None:
    namespace, fault = run(["a = 1", "b = 2\n1 / 0\nc = 3", "d = a + b"])
    assert (namespace["a"], namespace["b"], namespace["d"]) == (1, 2, 3)
    assert "c" not in namespace
    assert (fault.kind, fault.builtin) == ("raised", "ZeroDivisionError")


def test_an_error_that_is_meant_is_no_fault() -> None:
    _, fault = run([Cell("1 / 0", tags=("raises-exception",)), "a = 1"])
    assert fault is None


@pytest.mark.parametrize("counts", [(3, 1, 2), (2, 1, None)])
def test_cells_that_ran_in_another_order_are_tried_in_it(counts: tuple[int | None, ...]) -> None:
    texts = ("c = b + 1", "a = 1", "b = a + 1")
    made = [Cell(text, count) for text, count in zip(texts, counts, strict=True)]
    namespace, fault = run(made)
    assert namespace.get("b") == 2
    assert (fault is None) == (counts == (3, 1, 2))


def test_the_order_of_the_page_counts_where_it_works() -> None:
    namespace, fault = run([Cell("a = 1", 2), Cell("a = 2", 1)])
    assert fault is not None or namespace["a"] == 2


def test_a_cell_that_never_ends_leaves_time_to_the_others() -> None:
    namespace, fault = run(["a = 1", "while True: pass", "b = 2"], seconds=0.6)
    assert (namespace["a"], namespace["b"], fault.kind) == (1, 2, "late")
    again, fault = run(["a = 1", "while True: pass", "b = 2"], until=fault.line)
    assert (again["b"], fault) == (2, None)


def test_a_line_knows_its_cell() -> None:
    text = read_notebook(notebook([Cell("a = 1\nb = 2"), Cell("c = 3")])).program
    lines = text.split("\n")
    assert [cells.number_at(text, lines.index(code) + 1) for code in ("b = 2", "c = 3")] == [1, 2]


def test_underscore_and_out_are_jupyters() -> None:
    namespace, fault = run(
        [Cell("40 + 2", 7), "x = _ + 1", "y = Out[7]", "z = _7", "_ = 0", "5", "w = _"]
    )
    assert fault is None
    assert [namespace[name] for name in "xyzw"] == [43, 42, 42, 0]


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ("%time x = 3", "x", 3),
        ("x = %time 2 + 1", "x", 3),
        ("%time x = max(1, \\\n    3)", "x", 3),
        ("time x = 3", "x", 3),
        ("%prun x = 3", "x", 3),
        ("x = !ls", "x", []),
        ("x = %pwd", "x", None),
        ("%%time\nx = 3", "x", 3),
        ("%%capture y\nx = 3", "x", 3),
        ("get_ipython().run_line_magic('time', 'x = 3')", "x", 3),
        ("get_ipython().run_cell_magic('time', '', 'x = 3\\n')", "x", 3),
        ("!ls \\\n  -l\nx = 3", "x", 3),
        ("pip install numpy\nx = 3", "x", 3),
        ("matplotlib inline\nx = 3", "x", 3),
        ("ls = 4\ncd = ls\nx = cd - 1", "x", 3),
        ("%pylab inline\nx = int(np.add(1, 2))", "x", 3),
        ("x = 3\nx?", "x", 3),
    ],
)
def test_magics_that_run_python_run_it(line: str, name: str, value: object) -> None:
    namespace, fault = run([line])
    assert fault is None
    assert namespace[name] == value


def test_a_missing_library_does_no_harm_until_it_is_used() -> None:
    text = (
        "import nowhere as no\nfrom nowhere.part import thing\nno.set_seed(0)\nno.options.x = 1\n"
        "@no.compiled\ndef f(): return 3\nclass C(no.Base): pass\ndef g(): return no.answer()\n"
        "def h(): return thing()\n"
        "try:\n    import elsewhere\nexcept ImportError:\n    elsewhere = None\n"
    )
    module, fault = source.run(text, 20.0, 0)
    assert fault is None
    assert module.f() == 3
    assert module.elsewhere is None
    assert module.C()
    for function in (module.g, module.h):
        with pytest.raises(ModuleNotFoundError, match="nowhere"):
            function()


def test_a_missing_part_of_a_library_that_is_there_is_missing() -> None:
    _, fault = source.run("import numpy.nowhere\n", 20.0, 0)
    assert fault.builtin == "ModuleNotFoundError"
