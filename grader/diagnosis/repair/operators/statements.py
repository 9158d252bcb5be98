"""Whole statements: left out, moved, their assignment or condition changed, results exchanged."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.diagnosis.repair.edits import Edit, Ground, Splice

COMPOUND = (ast.For, ast.While, ast.If, ast.With, ast.Try, ast.FunctionDef, ast.ClassDef)
COMPARISONS: dict[type[ast.cmpop], tuple[str, ...]] = {
    ast.Lt: ("<=", ">"), ast.LtE: ("<", ">="), ast.Gt: (">=", "<"), ast.GtE: (">", "<="),
    ast.Eq: ("!=",), ast.NotEq: ("==",), ast.Is: ("is not",), ast.IsNot: ("is",),
}  # fmt: skip


def edits(ground: Ground) -> Iterator[Edit]:
    for block in blocks(ground.unit.node):
        for at, statement in enumerate(block):
            if not _is_docstring(statement):
                yield from _statement(ground, block, at)
    for site in ground.sites:
        node = site.node
        if isinstance(node, ast.IfExp):
            yield from _branches(ground, node)
        elif isinstance(node, ast.Compare) and len(node.ops) == 1:
            left, right = ground.closed(node.left), ground.closed(node.comparators[0])
            for sign in COMPARISONS.get(type(node.ops[0]), ()):
                yield ground.put("comparison", 1.25, node, f"{left} {sign} {right}")
        elif isinstance(node, ast.Tuple | ast.List) and site.field != "slice":
            yield from _neighbours(ground, node)


def _branches(ground: Ground, node: ast.IfExp) -> Iterator[Edit]:
    """One of the two whatever the condition, be it with another index."""
    for branch in (node.body, node.orelse):
        yield ground.put("condition", 1, node, ground.closed(branch))
        for text in _shifted(ground, branch):
            yield ground.put("condition", 1.75, node, f"({text})")


def blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for each in ast.walk(node):
        for name in ("body", "orelse"):
            block = getattr(each, name, None)
            if isinstance(block, list) and block:
                yield block


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _statement(ground: Ground, block: list[ast.stmt], at: int) -> Iterator[Edit]:
    statement = block[at]
    yield ground.put("delete", 1, statement, "pass")
    if isinstance(statement, ast.If | ast.While):
        for value in ("True", "False"):
            yield ground.put("condition", 1, statement.test, value)
        yield from _always_true(ground, statement.test)
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        yield from _assigned(ground, statement)
    elif isinstance(statement, ast.AugAssign):
        target, value = ground.of(statement.target), ground.closed(statement.value)
        yield ground.put("= for +=", 1, statement, f"{target} = {value}")
        sign = "-" if isinstance(statement.op, ast.Sub) else "+"
        yield ground.put("rebind", 1.5, statement, f"{target} = {target} {sign} {value}")
    if at + 1 < len(block):
        yield from _swapped(ground, statement, block[at + 1])


def _always_true(ground: Ground, test: ast.expr) -> Iterator[Edit]:
    """What is not empty is true, whatever stands in it: if [x is None]."""
    if isinstance(test, ast.List | ast.Tuple) and len(test.elts) == 1:
        yield ground.put("unwrap", 1, test, ground.closed(test.elts[0]))


def _shifted(ground: Ground, branch: ast.expr) -> Iterator[str]:
    """A branch with another index: x[t] for x[t - 1]."""
    for node in ast.walk(branch):
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.BinOp):
            yield ground.with_part(branch, node.slice, ground.of(node.slice.left))
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Name):
            for shift in (" + 1", " - 1"):
                yield ground.with_part(branch, node.slice, ground.of(node.slice) + shift)


def _assigned(ground: Ground, statement: ast.Assign) -> Iterator[Edit]:
    target, value = statement.targets[0], ground.closed(statement.value)
    text = ground.of(target)
    if isinstance(target, ast.Tuple | ast.List):
        return
    doubles = text in ground.of(statement.value)  # h = h + x, which adds already
    yield ground.put("+= for =", 2 if doubles else 1, statement, f"{text} += {value}")
    yield ground.put("-= for =", 1.25, statement, f"{text} -= {value}")
    if isinstance(target, ast.Name):
        yield ground.put("into", 2, target, f"{text}[:]")
    elif isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
        yield ground.put("whole target", 1.75, target, ground.of(target.value))


def _swapped(ground: Ground, first: ast.stmt, second: ast.stmt) -> Iterator[Edit]:
    if isinstance(first, COMPOUND) or isinstance(second, COMPOUND) or _is_docstring(first):
        return
    changes = (ground.change(first, ground.of(second)), ground.change(second, ground.of(first)))
    yield ground.edit("move", 1.5, first, changes)


def _neighbours(ground: Ground, node: ast.Tuple | ast.List) -> Iterator[Edit]:
    for first, second in zip(node.elts, node.elts[1:], strict=False):
        changes: tuple[Splice, ...] = (
            ground.change(first, ground.closed(second)),
            ground.change(second, ground.closed(first)),
        )
        below = () if second.lineno == first.lineno else (second.lineno,)
        yield Edit("swap elements", 1, first.lineno, ground.unit, changes, below)
