"""Sums, products, signs and constants."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.diagnosis.repair.edits import Edit, Ground, Site

SIGNS: dict[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.MatMult: "@", ast.Pow: "**",
}  # fmt: skip
OTHERS: dict[type[ast.operator], tuple[str, ...]] = {
    ast.Add: ("-", "*"), ast.Sub: ("+",), ast.Mult: ("@", "/", "+"), ast.Div: ("*",),
    ast.MatMult: (), ast.Pow: ("*",),
}  # fmt: skip


def edits(ground: Ground) -> Iterator[Edit]:
    for site in ground.loads():
        node = site.node
        if isinstance(node, ast.BinOp):
            yield from _binary(ground, node)
        elif isinstance(node, ast.UnaryOp):
            yield ground.put("drop sign", 1, node, ground.closed(node.operand))
        elif isinstance(node, ast.Constant):
            yield from _constant(ground, site, node.value)
    for statement in ast.walk(ground.unit.node):
        if isinstance(statement, ast.AugAssign):
            yield from _augmented(ground, statement)


def _binary(ground: Ground, node: ast.BinOp) -> Iterator[Edit]:
    left, right = ground.closed(node.left), ground.closed(node.right)
    if not isinstance(node.op, ast.MatMult):  # see `products`
        yield ground.put("drop operand", 1, node, left)
        yield ground.put("drop operand", 1 if not isinstance(node.op, ast.Div) else 2, node, right)
    yield from _bracketed(ground, node)
    for sign in OTHERS.get(type(node.op), ()):
        yield ground.put("operator", 1.5, node, f"({left} {sign} {right})")
    if isinstance(node.op, ast.Sub | ast.Div | ast.Pow):
        sign = SIGNS[type(node.op)]
        yield ground.put("swap operands", 1.5, node, f"({right} {sign} {left})")


def _bracketed(ground: Ground, node: ast.BinOp) -> Iterator[Edit]:
    """(1 - h) ** 2 as 1 - h ** 2 and back; a + b * c as (a + c) * b and back."""
    left, right = node.left, node.right
    if isinstance(left, ast.BinOp) and _matters(left.op, node.op):
        inside = _joined(ground.closed(left.right), node.op, ground.closed(right))
        yield ground.put("brackets", 1.25, node, _joined(ground.closed(left.left), left.op, inside))
    if isinstance(right, ast.BinOp) and _matters(node.op, right.op):
        inside = _joined(ground.closed(left), node.op, ground.closed(right.left))
        yield ground.put(
            "brackets", 1.25, node, _joined(inside, right.op, ground.closed(right.right))
        )
    for inner, other in ((left, right), (right, left)):
        if isinstance(inner, ast.BinOp):
            yield from _crosswise(ground, node, inner, other)


def _matters(one: ast.operator, other: ast.operator) -> bool:
    """Whether it makes a difference which of the two is carried out first."""
    free = type(one) is type(other) and isinstance(one, ast.Add | ast.Mult | ast.MatMult)
    return not free and type(one) in SIGNS and type(other) in SIGNS


def _joined(left: str, operator: ast.operator, right: str) -> str:
    return f"({left} {SIGNS[type(operator)]} {right})"


def _crosswise(
    ground: Ground, node: ast.BinOp, inner: ast.BinOp, other: ast.expr
) -> Iterator[Edit]:
    outside = ground.closed(other)
    for one, two in ((inner.left, inner.right), (inner.right, inner.left)):
        near, far = ground.closed(one), ground.closed(two)
        if isinstance(node.op, ast.Add) and isinstance(inner.op, ast.Mult):
            yield ground.put("brackets", 1.25, node, f"(({outside} + {near}) * {far})")
        elif isinstance(node.op, ast.Mult) and isinstance(inner.op, ast.Add):
            yield ground.put("brackets", 1.25, node, f"({far} + {near} * {outside})")


def _augmented(ground: Ground, node: ast.AugAssign) -> Iterator[Edit]:
    target, value = ground.of(node.target), ground.closed(node.value)
    for sign in OTHERS.get(type(node.op), ()):
        if sign in "+-":
            yield ground.put("operator", 1.5, node, f"{target} {sign}= {value}")


def _constant(ground: Ground, site: Site, value: object) -> Iterator[Edit]:
    node = site.node
    if isinstance(value, bool):
        yield ground.put("constant", 1, node, str(not value))
    elif isinstance(value, int):
        yield ground.put("constant", 1, node, str(value + 1))
        less = f"({value - 1})" if value <= 0 else str(value - 1)
        yield ground.put("constant", 1, node, less)
        if isinstance(site.parent, ast.keyword) and site.parent.arg == "axis":
            yield ground.put("constant", 1.25, node, "None")
    elif isinstance(value, float):
        for other in ("1.0", "0.5", "2.0", "0.0"):
            if float(other) != value:
                yield ground.put("constant", 1.5, node, other)
