"""A student's source, as far as messages ask about it."""

from __future__ import annotations

import ast
import sys
from contextlib import suppress
from functools import cached_property

from grader.language import Message
from grader.portability import Need, needs_newer, similar_names
from grader.portability.imported_names import is_main_block
from grader.sandbox.worker import cells, schema


class ProgramText:
    """The source and what it says about itself. Nothing is run."""

    def __init__(self, source: str, bonus: str = "") -> None:
        """bonus: the second source, of the optional questions."""
        self._source = source
        self._lines = source.splitlines()
        self._bonus = bonus

    def of(self, fault: schema.Fault) -> ProgramText:
        """The source in which a fault's line stands: this one, or the second."""
        return self.second if fault.bonus else self

    @cached_property
    def second(self) -> ProgramText:
        return ProgramText(self._bonus)

    def line(self, number: int) -> str:
        """That line; "" where there is none."""
        return self._lines[number - 1] if 0 < number <= len(self._lines) else ""

    def cell(self, number: int) -> tuple[int, int]:
        """The notebook's cell that a line stands in, and the line within it; (0, number) in a script."""
        found = next((cell for cell in self._cells if cell.holds(number)), None)
        return (found.number, number - found.first + 1) if found else (0, number)

    @cached_property
    def _cells(self) -> list[cells.NotebookCell]:
        return cells.split(self._source)[1:] if cells.is_notebook(self._source) else []

    def meant_by(self, name: str) -> Message | None:
        """What the student may have meant by a name that is missing."""
        with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            return similar_names.meant(name, ast.parse(self._source))
        return None

    @cached_property
    def newer(self) -> dict[int, Need]:
        """By line: what this Python is too old for."""
        found = needs_newer(self._source, sys.version_info[:2])
        return {need.line: need for need in reversed(found)}

    @cached_property
    def only_in_main_block(self) -> frozenset[str]:
        """Names that are set under `if __name__ == "__main__":` and nowhere else at module level."""
        with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            tree = ast.parse(self._source)
            inside = [one for one in tree.body if is_main_block(one)]
            outside = [one for one in tree.body if one not in inside]
            return frozenset(_set_by(inside) - _set_by(outside))
        return frozenset()


def _set_by(statements: list[ast.stmt]) -> set[str]:
    nodes = [node for one in statements for node in ast.walk(one)]
    names = {
        node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    defined = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    names |= {node.name for node in nodes if isinstance(node, defined)}
    aliases = (
        alias
        for node in nodes
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    )
    return names | {(alias.asname or alias.name).partition(".")[0] for alias in aliases}
