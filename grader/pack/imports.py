"""Which packages a program asks for that the grading machine does not have. Reads, never runs."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass

# What the assignment allows besides the standard library.
ALLOWED = frozenset({"numpy", "matplotlib", "mpl_toolkits"})


@dataclass(frozen=True, slots=True)
class Import:
    """One import of a package that will be missing. `caught`: the program goes on without it."""

    package: str
    line: int
    caught: bool


def foreign_imports(tree: ast.Module) -> tuple[Import, ...]:
    """All imports of anything but the standard library, NumPy and matplotlib, functions' too."""
    return tuple(dict.fromkeys(_walk(tree, caught=False)))


def _walk(node: ast.AST, *, caught: bool) -> Iterator[Import]:
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
        yield from (found for name in names for found in _foreign(name, node.lineno, caught=caught))
    elif isinstance(node, ast.ImportFrom):
        name = "." if node.level else node.module or ""
        yield from _foreign(name, node.lineno, caught=caught)
    elif isinstance(node, ast.Try | ast.TryStar):
        yield from _walk_try(node, caught=caught)
    elif not isinstance(node, ast.expr):  # no import hides in an expression; they nest deeply
        for child in ast.iter_child_nodes(node):
            yield from _walk(child, caught=caught)


def _walk_try(node: ast.Try | ast.TryStar, *, caught: bool) -> Iterator[Import]:
    body_caught = caught or any(_catches_import_errors(handler) for handler in node.handlers)
    for child in node.body:
        yield from _walk(child, caught=body_caught)
    for part in (*node.handlers, *node.orelse, *node.finalbody):
        yield from _walk(part, caught=caught)


def _catches_import_errors(handler: ast.ExceptHandler) -> bool:
    names = {getattr(name, "id", "") for name in ast.walk(handler.type)} if handler.type else {""}
    return bool(names & {"", "ImportError", "ModuleNotFoundError", "Exception", "BaseException"})


def _foreign(name: str, line: int, *, caught: bool) -> Iterator[Import]:
    package = name.partition(".")[0] or name
    if package not in ALLOWED and package not in sys.stdlib_module_names:
        yield Import(package, line, caught)
