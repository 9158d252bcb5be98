"""The part of a program that its classes need: nothing else is run where repairs are tried.

Training at import, plots and tests at the end of a file cost seconds and are no part of the
network. What is left out is blanked, so that every line keeps its number.
"""

from __future__ import annotations

import ast

from grader.diagnosis.repair.program import SUBJECTS, Program


def sliced(program: Program) -> str:
    """The source with every top-level statement blanked that the classes do not need."""
    needed = set(SUBJECTS)
    kept: set[ast.stmt] = set()
    while new := [node for node in program.tree.body if node not in kept and _gives(node, needed)]:
        kept.update(new)
        for node in new:
            needed |= {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    text = bytearray(program.text)
    for node in program.tree.body:
        if node not in kept:
            start, end = _with_decorators(program, node)
            text[start:end] = b"".join(
                b"\n" if byte == ord("\n") else b" " for byte in text[start:end]
            )
    words = text.decode()
    try:
        ast.parse(words)
    except SyntaxError:  # several statements on one line
        return program.text.decode()
    return words


def _gives(node: ast.stmt, needed: set[str]) -> bool:
    """Whether a statement binds any of these names."""
    if isinstance(node, ast.ImportFrom) and (
        node.module == "__future__" or node.names[0].name == "*"
    ):
        return True
    return bool(bound(node) & needed)


def bound(node: ast.stmt) -> set[str]:
    """The names that a top-level statement binds, or whose parts it sets."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
        return {node.name}
    found = set()
    for each in ast.walk(node):
        if isinstance(each, ast.alias):
            found.add((each.asname or each.name).partition(".")[0])
        elif isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
            found.add(each.id)
        elif isinstance(each, ast.FunctionDef | ast.ClassDef):
            found.add(each.name)
        elif isinstance(each, ast.Attribute | ast.Subscript) and isinstance(each.ctx, ast.Store):
            found |= {name.id for name in ast.walk(each.value) if isinstance(name, ast.Name)}
    return found


def _with_decorators(program: Program, node: ast.stmt) -> tuple[int, int]:
    start, end = program.span(node)
    for decorator in getattr(node, "decorator_list", ()):
        start = min(start, program.text.rfind(b"\n", 0, program.span(decorator)[0]) + 1)
    return start, end
