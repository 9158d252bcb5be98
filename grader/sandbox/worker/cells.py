"""A notebook's program: cells that run one by one in one namespace, as Jupyter runs them.

The intake writes a notebook as one text: `HEADER`, then every code cell under a line of its own
(`mark`). Here the cells run in the order of the page, going on after one that raises: its error
costs what that cell would have defined. Where that fails and the notebook tells in which order its
cells were run at home, that order is tried in a fresh namespace.
"""

from __future__ import annotations
import __future__

import ast
import importlib
import inspect
import re
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import CodeType
from typing import Any

from grader.sandbox.worker.schema import Fault
from grader.sandbox.worker.stand_ins import parsed

HEADER = "# [notebook] Each cell runs by itself, as in Jupyter; an error costs its own cell only."
EXPECTED = "raises-exception"  # the tag of a cell that is meant to raise
_MARK = re.compile(r"# \[cell (\d+)\](?: In \[(\d+)\])?( raises-exception)?")
_FUTURE = sum(getattr(__future__, name).compiler_flag for name in __future__.all_feature_names)

Execute = Callable[[Callable[[], None], float], Fault | None]


@dataclass(frozen=True, slots=True)
class NotebookCell:
    """One code cell. `count`: the number in `In [7]`, None where it was never run."""

    number: int
    count: int | None
    may_raise: bool
    first: int  # line of its first line of code, 1-based
    code: str

    def holds(self, line: int) -> bool:
        return self.first <= line <= self.first + self.code.count("\n")


@dataclass(slots=True)
class NotebookRun:
    """What came of running the cells in one order."""

    kernel: Kernel
    faults: list[Fault] = field(default_factory=list)

    @property
    def fault(self) -> Fault | None:
        """The one to tell: a cell that was stopped, else the first that raised."""
        late = [fault for fault in self.faults if fault.kind == "late"]
        return next(iter([*late, *self.faults]), None)


def mark(number: int, count: int | None, *, may_raise: bool) -> str:
    """The line above a cell."""
    run = f" In [{count}]" if count else ""
    return f"# [cell {number}]{run}{f' {EXPECTED}' if may_raise else ''}"


def is_notebook(text: str) -> bool:
    return text.startswith(HEADER)


def split(text: str) -> list[NotebookCell]:
    """The cells of a text, in the order of the page. What stands before the first is cell 0."""
    lines = text.split("\n")
    marks = [(n, found) for n, line in enumerate(lines) if (found := _MARK.fullmatch(line))]
    ends = [*(n for n, _ in marks[1:]), len(lines)]
    head = "\n".join(lines[: marks[0][0] if marks else len(lines)])
    cells = [NotebookCell(0, None, may_raise=False, first=1, code=head)]
    for (start, found), end in zip(marks, ends, strict=True):
        code = "\n".join(lines[start + 1 : end])
        count = int(found[2]) if found[2] else None
        cells.append(NotebookCell(int(found[1]), count, bool(found[3]), start + 2, code))
    return cells


def number_at(text: str, line: int) -> int:
    """The number of the cell that a line stands in; 0 where it stands in none."""
    return next((cell.number for cell in split(text) if cell.holds(line)), 0)


def run(
    text: str,
    fresh: Callable[[], Kernel],
    execute: Execute,
    missing: Callable[[dict[str, Any]], int],
    seconds: float,
    until: int = 0,
) -> NotebookRun:
    """Run a notebook's cells and give the better attempt.

    fresh: gives a kernel in which nothing ran. execute: runs something within some seconds, gives its fault.
    missing: how much of what the assignment asks for a namespace lacks. until: a line whose cell
    is left out, because an earlier worker was stopped there.
    """
    cells = [cell for cell in split(text) if not (until and cell.holds(until))]
    end = time.monotonic() + seconds
    page = _attempt(cells, fresh(), execute, end)
    if not page.faults and not missing(page.kernel.namespace):
        return page
    as_run = _as_run(cells)
    if as_run == cells:
        return page
    other = _attempt(as_run, fresh(), execute, end)
    return min(page, other, key=lambda one: (missing(one.kernel.namespace), len(one.faults)))


def _as_run(cells: Sequence[NotebookCell]) -> list[NotebookCell]:
    """In the order of `In [n]`; what never ran comes last, the head stays first."""
    return sorted(cells, key=lambda cell: (cell.number > 0, cell.count is None, cell.count or 0))


def _attempt(
    cells: Sequence[NotebookCell], kernel: Kernel, execute: Execute, end: float
) -> NotebookRun:
    attempt = NotebookRun(kernel)
    for cell in cells:
        # One cell that never ends leaves time to all that follow.
        left = max(0.1, (end - time.monotonic()) / 2)
        try:
            codes = kernel.compiled(cell)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            attempt.faults.append(_unreadable(error))
            continue
        fault = execute(partial(kernel.run, cell, codes), left)
        if fault is not None and not (cell.may_raise and fault.kind == "raised"):
            attempt.faults.append(fault)
    kernel.close()
    return attempt


def _unreadable(error: Exception) -> Fault:
    reason = str(getattr(error, "msg", None) or error)[:200]
    return Fault("syntax", type(error).__name__, "", reason, getattr(error, "lineno", None) or 0)


class Kernel:
    """The namespace of a notebook, and what Jupyter keeps in it: `_`, `Out`, `In`."""

    def __init__(self, namespace: dict[str, Any], path: str) -> None:
        self.namespace = namespace
        self.path = path  # that tracebacks name
        self.flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        self.loop: Any = None
        self.ran = 0
        self.last: tuple[Any, ...] = ("", "", "")
        namespace.update(zip(("_", "__", "___"), self.last, strict=True))
        namespace.update(In=[""], Out={})

    def compiled(self, cell: NotebookCell) -> list[CodeType]:
        """Its statements, and by itself a last expression, whose value is `_`."""
        text = "\n" * (cell.first - 1) + cell.code
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an invalid escape in a docstring is no error
            tree = parsed(text, self.path)
            last = [tree.body.pop()] if self._is_shown(tree.body, cell.code) else []
            codes = [self._compile(tree, "exec")]
            self.flags |= codes[0].co_flags & _FUTURE
            return [*codes, self._compile(ast.Interactive(last), "single")] if last else codes

    def _compile(self, tree: ast.Module | ast.Interactive, mode: str) -> CodeType:
        code: CodeType = compile(tree, self.path, mode, self.flags, dont_inherit=True)
        return code

    def run(self, cell: NotebookCell, codes: Sequence[CodeType]) -> None:
        """Run one cell; raises what it raises."""
        self.ran = cell.count or self.ran + 1
        self.namespace["In"].append(cell.code)
        shown, sys.displayhook = sys.displayhook, self._shown
        try:
            for code in codes:
                self._run(code)
        finally:
            sys.displayhook = shown

    def close(self) -> None:
        """No cell follows."""
        if self.loop is not None:
            self.loop.close()

    def _is_shown(self, body: list[ast.stmt], code: str) -> bool:
        return bool(body) and isinstance(body[-1], ast.Expr) and not code.rstrip().endswith(";")

    def _run(self, code: CodeType) -> None:
        awaited = eval(code, self.namespace)  # noqa: S307 - this is the job
        if code.co_flags & inspect.CO_COROUTINE:
            # Imported when a cell awaits something: 40 ms that other workers need not spend.
            self.loop = self.loop or importlib.import_module("asyncio").new_event_loop()
            self.loop.run_until_complete(awaited)

    def _shown(self, value: Any) -> None:
        """As IPython's display hook: `Out[n]`, and `_` unless the user has a `_` of their own."""
        if value is None:
            return
        names = ("_", "__", "___")
        if all(self.namespace.get(name) is old for name, old in zip(names, self.last, strict=True)):
            self.last = (value, *self.last[:2])
            self.namespace.update(zip(names, self.last, strict=True))
        self.namespace[f"_{self.ran}"] = self.namespace["Out"][self.ran] = value
