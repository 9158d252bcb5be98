"""A student's source, as far as messages ask about it."""

from __future__ import annotations

import ast
import sys
from contextlib import suppress
from functools import cached_property

from grader.portability import Need, needs_newer
from grader.portability.imported_names import is_main_block


class ProgramText:
    """The source and what it says about itself. Nothing is run."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._lines = source.splitlines()

    def line(self, number: int) -> str:
        """That line; "" where there is none."""
        return self._lines[number - 1] if 0 < number <= len(self._lines) else ""

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
