"""Values in another order: of sister statements, or of the elements of one tuple."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import permutations

from grader.diagnosis.repair.edits import Edit, Ground, Splice
from grader.diagnosis.repair.operators.statements import blocks

MOST = 4  # values whose orders are all tried; of more the pairs
COST = 1.75
MORE = 0.5  # what it costs that several lines change: names exchanged in one may do the same


def edits(ground: Ground) -> Iterator[Edit]:
    for block in blocks(ground.unit.node):
        for sisters in by_form(block).values():
            yield from _targets(ground, sisters)
    for site in ground.sites:
        if isinstance(site.node, ast.Tuple | ast.List) and site.field != "slice":
            yield from _elements(ground, site.node)


def by_form(block: Sequence[ast.stmt]) -> dict[str, list[ast.stmt]]:
    """The sister statements of a block."""
    found: dict[str, list[ast.stmt]] = {}
    for statement in block:
        if name := _form(statement):
            found.setdefault(name, []).append(statement)
    return found


def _form(statement: ast.stmt) -> str:
    """What sister statements have in common: i = a[:, :H] and f = a[:, H:]."""
    if isinstance(statement, ast.Expr):
        return _kind(statement.value)
    if isinstance(statement, ast.AugAssign):
        return f"{type(statement.op).__name__}= {_kind(statement.value)}"
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        return "" if isinstance(statement.targets[0], ast.Tuple) else _kind(statement.value)
    return ""


def _kind(value: ast.expr) -> str:
    if isinstance(value, ast.BinOp):
        return type(value.op).__name__
    if isinstance(value, ast.Call):
        return ast.dump(value.func)
    return ast.dump(value.value) if isinstance(value, ast.Subscript) else ""


def _targets(ground: Ground, sisters: Sequence[ast.stmt]) -> Iterator[Edit]:
    """The targets of sister statements in other orders."""
    targets = [_target(one) for one in sisters if not isinstance(one, ast.Expr)]
    for order in _orders(len(targets)):
        pairs = [(targets[at], targets[other]) for at, other in enumerate(order) if at != other]
        first, *others = sorted({mine.lineno for mine, _ in pairs})
        changes = tuple(ground.change(mine, ground.of(its)) for mine, its in pairs)
        yield Edit("order", COST + MORE, first, ground.unit, changes, tuple(others))


def _target(statement: ast.stmt) -> ast.expr:
    assert isinstance(statement, ast.Assign | ast.AugAssign)  # noqa: S101 - see `_form`
    return statement.target if isinstance(statement, ast.AugAssign) else statement.targets[0]


def _elements(ground: Ground, node: ast.Tuple | ast.List) -> Iterator[Edit]:
    """The elements of a tuple in other orders; for neighbours see `statements`."""
    if any(isinstance(one, ast.Starred) for one in node.elts):
        return
    for order in _orders(len(node.elts)):
        changes: tuple[Splice, ...] = tuple(
            ground.change(node.elts[at], ground.closed(node.elts[other]))
            for at, other in enumerate(order)
            if at != other
        )
        yield ground.edit("order", COST, node, changes)


def _orders(count: int) -> Iterator[tuple[int, ...]]:
    """All other orders of a few things, of more those with two exchanged."""
    whole = tuple(range(count))
    if count <= MOST:
        yield from list(permutations(whole))[1:]
        return
    for first in whole:
        for second in whole[first + 1 :]:
            order = list(whole)
            order[first], order[second] = second, first
            yield tuple(order)
