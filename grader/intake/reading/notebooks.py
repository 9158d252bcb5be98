"""Notebooks: code cells become the program, Markdown cells the report.

The program keeps the cells apart (`grader.sandbox.worker.cells`): they run one by one, as in
Jupyter. A cell that is no Python costs itself only; it is kept as comments, so that the lines below
keep their distance and the whole still reads as Python.
"""

from __future__ import annotations

import ast
import warnings
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from grader.contract import NAMES
from grader.intake.reading.magics import without_magics
from grader.language import Message, say
from grader.sandbox.worker import cells as cells_format

_FUTURE = "from __future__ import annotations"


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook as a submission needs it; empty parts are ""."""

    program: str
    report: str
    notes: tuple[Message, ...] = ()


def read_notebook(text: str) -> Notebook:
    """Program and report of a notebook's JSON. Raises what nbformat finds wrong with it."""
    import nbformat  # noqa: PLC0415 - slow to load

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # missing cell ids and the like do not matter here
        cells = nbformat.reads(text, as_version=4).cells  # type: ignore[no-untyped-call]  # nbformat is half typed
    code = [(n, cell) for n, cell in enumerate(cells, start=1) if cell.cell_type == "code"]
    parts = [_program_of(number, cell) for number, cell in code]
    future = [_FUTURE] if any("from __future__" in cell.source for _, cell in code) else []
    head = [cells_format.HEADER, *future] if any(cell.source.strip() for _, cell in code) else []
    return Notebook(
        program="\n".join([*head, *(part for part, _ in parts)]) if head else "",
        report="\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown"),
        notes=(*(note for _, note in parts if note is not None), *_overtaken(code)),
    )


def _overtaken(code: Sequence[tuple[int, Any]]) -> Iterator[Message]:
    """Names that two cells define, of which the upper was run last: at home that one counted."""
    found: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for number, cell in code:
        count = cell.get("execution_count")
        for name in _defined(cell.source) if isinstance(count, int) else ():
            found[name].append((number, count, cell.source))
    for name, places in found.items():
        lowest, count, text = places[-1]
        later = [number for number, run, other in places if run > count and other != text]
        if later:
            yield say(
                "Cells {upper} and {lower} of the notebook both define {name}. The lower one counts, "
                "as when all cells are run from the top; at home the upper one was run last.",
                upper=later[-1], lower=lowest, name=name,
            )  # fmt: skip


def _defined(source: str) -> Iterator[str]:
    """The names of the assignment that a cell defines anew; `class SimpleRNN(SimpleRNN)` goes on."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = ast.parse(without_magics(source)).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name in NAMES:
            grows = isinstance(node, ast.ClassDef) and any(
                isinstance(base, ast.Name) and base.id == node.name for base in node.bases
            )
            if not grows:
                yield node.name


def _program_of(number: int, cell: Any) -> tuple[str, Message | None]:
    """One code cell, line by line as it was, under a comment with its number."""
    may_raise = cells_format.EXPECTED in cell.get("metadata", {}).get("tags", ())
    count = cell.get("execution_count")
    mark = cells_format.mark(
        number, count if isinstance(count, int) else None, may_raise=bool(may_raise)
    )
    body = without_magics(cell.source.replace("\r\n", "\n").replace("\r", "\n"))
    complaint = _complaint(body)
    if complaint:
        commented = "\n".join(f"# {line}" for line in body.replace("\0", "").split("\n"))
        note = say(
            "Cell {number} of the notebook is no valid Python ({error}) and was left out.",
            number=number,
            error=complaint,
        )
        return f"{mark}\n# left out\n{commented}\n", note
    return f"{mark}\n{body}\n", None


def _complaint(body: str) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # Compiling executes nothing, and unlike parsing it finds a stray `return`.
            compile(body, "cell", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    except SyntaxError as error:
        return f"{error.msg}, line {error.lineno}"
    except (ValueError, RecursionError, MemoryError) as error:  # NUL bytes; nesting too deep
        return type(error).__name__
    return ""
