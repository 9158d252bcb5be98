"""`rnn.ipynb`, made of `rnn.py`, `bonus.py` and `report.md`: stubs and headings, with check cells.

Never edited by hand: `python -m grader handout --notebook-only` writes it, a test compares. The
cells ask otter in its own convention; `notebook_cells` only makes the answers readable.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

from grader import contract
from grader.handout import template

Cell = dict[str, Any]

TESTS = "kit/tests"
OPTIONAL_TESTS = "kit/optional"  # apart, so that `check_all` asks nobody for what is optional
SETUP = f"""\
# 先运行这一格 / run this cell first
import otter
from grader.handout import notebook_cells

grader = otter.Notebook("rnn.ipynb", tests_dir="{TESTS}")
optional = otter.Notebook("rnn.ipynb", tests_dir="{OPTIONAL_TESTS}")"""
PROGRAM = "## 第四、五部分：编程与实验 · Parts 4 and 5: programming and experiment"
OPTIONAL = "## 第六部分（选做）：加分的编程题 · Part 6 (optional): more to build"
SHARED = "import numpy as np"  # stands above already
CLOSING = """\
## 检查全部，打包 · Check everything, pack

运行下面一格检查所有题目，然后在终端运行 `make pack NAME=张三 ID=2023001 SOURCE=rnn.ipynb`。
公开测试全部通过不等于满分：老师评分时还有隐藏测试。

The next cell checks all questions; then pack in a terminal. Passing all public tests is not yet
full marks: hidden tests follow when your teacher grades."""
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
HEADING = re.compile(r"(?m)^(?=#{1,4} )")


def build() -> str:
    """The notebook as JSON text; the same text for the same sources."""
    import nbformat  # noqa: PLC0415  # 0.3 s, for builders only

    cells = [*_report_cells(), *_program_cells(), *_optional_cells(), *_closing_cells()]
    for number, cell in enumerate(cells, start=1):
        cell["id"] = f"ml6-{number:02d}"
    text = json.dumps(
        {"cells": cells, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5},
        ensure_ascii=False,
    )
    notebook = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]  # untyped there
    nbformat.validate(notebook)
    return str(nbformat.writes(notebook)) + "\n"  # type: ignore[no-untyped-call]  # untyped there


def _report_cells() -> Iterator[Cell]:
    """One cell a heading, the set-up cell after the first."""
    parts = [part.strip() for part in HEADING.split(template.report()) if part.strip()]
    yield _markdown(parts[0])
    yield _code(SETUP, "setup")
    yield from (_markdown(part) for part in parts[1:])


def _program_cells() -> Iterator[Cell]:
    source = template.skeleton()
    tree = ast.parse(source)
    yield _markdown(f"{PROGRAM}\n\n{ast.get_docstring(tree)}")
    for chunk, name in _chunks(source, tree):
        yield _code(chunk)
        yield from (
            _code(f'grader.check("{question.name}")', "check")
            for question in contract.QUESTIONS
            if question.definition == name
        )


def _optional_cells() -> Iterator[Cell]:
    source = template.bonus()
    tree = ast.parse(source)
    yield _markdown(f"{OPTIONAL}\n\n{ast.get_docstring(tree)}")
    for chunk, name in _chunks(source, tree):
        if name or not all(
            line.startswith("#") or line in ("", SHARED) for line in chunk.splitlines()
        ):
            yield _code(chunk)
        yield from (
            _code(f'optional.check("{question.name}")', "check")
            for question in contract.OPTIONAL_QUESTIONS
            if question.definition == name
        )


def _chunks(source: str, tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Each definition with its name, and what stands between definitions, named ""."""
    lines = source.splitlines()
    position = (tree.body[0].end_lineno or 0) if ast.get_docstring(tree) is not None else 0
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            first = min(part.lineno for part in (node, *node.decorator_list))
            yield from _between(lines[position : first - 1])
            position = node.end_lineno or first
            yield "\n".join(lines[first - 1 : position]), node.name
    yield from _between(lines[position:])


def _between(lines: list[str]) -> Iterator[tuple[str, str]]:
    text = "\n".join(lines).strip()
    if text:
        yield text, ""


def _closing_cells() -> Iterator[Cell]:
    yield _markdown(CLOSING)
    yield _code("grader.check_all()", "check")


def _markdown(source: str) -> Cell:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def _code(source: str, *tags: str) -> Cell:
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {"tags": list(tags)} if tags else {},
        "outputs": [],
        "source": source,
    }
