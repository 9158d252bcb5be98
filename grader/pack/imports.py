"""Which packages a program asks for that the grading machine does not have. Reads, never runs."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

# What the assignment allows besides the standard library.
ALLOWED = frozenset({"numpy", "matplotlib", "mpl_toolkits"})
# Jupyter's own are stood in for (grader.sandbox.worker.stand_ins).
STOOD_IN = frozenset({"IPython", "ipykernel", "ipywidgets", "matplotlib_inline", "otter"})


@dataclass(frozen=True, slots=True)
class Import:
    """One import of a package that will be missing.

    `caught`: the program goes on without it. `idle`: no function or class looks at it, so that
    only what runs at the top level does without.
    """

    package: str
    line: int
    caught: bool
    idle: bool = False


def foreign_imports(tree: ast.Module) -> tuple[Import, ...]:
    """All imports of anything but the standard library, NumPy and matplotlib, functions' too."""
    used, written = _used_inside(tree), _written(tree)
    found = dict.fromkeys(one for one in _walk(tree, caught=False) if one.package not in written)
    return tuple(
        replace(one, idle=one.package != "." and _is_idle(one, tree.body, used)) for one in found
    )


def _written(tree: ast.Module) -> frozenset[str]:
    """Modules that a notebook writes itself: `%%writefile utils.py` is a call of `write_cell`."""
    calls = (node.value for node in tree.body if isinstance(node, ast.Expr))
    return frozenset(
        PurePosixPath(call.args[0].value.replace("\\", "/")).stem
        for call in calls
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "write_cell"
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    )


def _is_idle(found: Import, top: Iterable[ast.AST], used: frozenset[str]) -> bool:
    """Whether a top-level import binds names that no function and no class looks at."""
    for node in top:
        if isinstance(node, ast.Import | ast.ImportFrom) and node.lineno == found.line:
            bound = {(each.asname or each.name).partition(".")[0] for each in node.names}
            return not bound & used and "*" not in bound
    return False


def _used_inside(tree: ast.Module) -> frozenset[str]:
    """Names that functions and classes of the program look at."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    inside = [node for node in ast.walk(tree) if isinstance(node, kinds)]
    return frozenset(
        part.id for node in inside for part in ast.walk(node) if isinstance(part, ast.Name)
    )


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
    if package not in ALLOWED | STOOD_IN | sys.stdlib_module_names:
        yield Import(package, line, caught)
