"""Matrix products: transposes, the order of the operands, the letters of einsum."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.diagnosis.repair.edits import Edit, Ground, Site, called, is_method_call

PRODUCTS = {"dot", "matmul", "outer"}


def edits(ground: Ground) -> Iterator[Edit]:
    for site in ground.loads():
        if is_product(site.node):
            yield from _product(ground, site)
        elif isinstance(site.node, ast.Attribute) and site.node.attr == "T":
            yield ground.put("transpose", 1, site.node, ground.closed(site.node.value))
        elif isinstance(site.node, ast.Constant) and isinstance(site.node.value, str):
            yield from _letters(ground, site.node, site.node.value)


def is_product(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.MatMult)
    return isinstance(node, ast.Call) and called(node) in PRODUCTS


def operands(node: ast.expr) -> list[ast.expr]:
    """What is multiplied; a chain of three matrices is two products."""
    if isinstance(node, ast.BinOp):
        return [node.left, node.right]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and is_method_call(node):
        return [node.func.value, *node.args[:1]]
    return node.args[:2] if isinstance(node, ast.Call) else []


def _product(ground: Ground, site: Site) -> Iterator[Edit]:
    parts = operands(site.node)
    for part in parts:
        if not (isinstance(part, ast.Attribute) and part.attr == "T"):
            yield ground.put("transpose", 1, part, f"{ground.closed(part)}.T")
        yield ground.put("drop operand", 1, site.node, ground.closed(part))
    if len(parts) == 2:  # noqa: PLR2004
        first, second = parts
        changes = (
            ground.change(first, ground.closed(second)),
            ground.change(second, ground.closed(first)),
        )
        yield ground.edit("swap operands", 1.25, site.node, changes)
        yield ground.put(
            "elementwise", 1.5, site.node, f"({ground.closed(first)} * {ground.closed(second)})"
        )
        for part in parts:
            yield from _bracketed(ground, site.node, part)


def _bracketed(ground: Ground, product: ast.expr, part: ast.expr) -> Iterator[Edit]:
    """(a + b) @ W as a @ W + b and as b @ W + a."""
    if not (isinstance(part, ast.BinOp) and isinstance(part.op, ast.Add)):
        return
    for inner, outer in ((part.left, part.right), (part.right, part.left)):
        text = ground.with_part(product, part, ground.closed(inner))
        yield ground.put("brackets", 1.25, product, f"({text} + {ground.closed(outer)})")


def _letters(ground: Ground, node: ast.Constant, text: str) -> Iterator[Edit]:
    """Neighbouring letters of one term of an einsum exchanged."""
    if "->" not in text:
        return
    for at in range(len(text) - 1):
        if text[at].isalpha() and text[at + 1].isalpha():
            swapped = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
            yield ground.put("einsum", 1, node, repr(swapped))
