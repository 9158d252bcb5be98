"""Expressions like one that the program has, with one name of it exchanged, or both of a product."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator

from grader.diagnosis.repair.edits import Edit, Ground, Site, is_atom
from grader.diagnosis.repair.operators.products import is_product, operands
from grader.diagnosis.repair.operators.words import Words, akin, words

MOST = 160  # products that are tried in one place


def edits(ground: Ground) -> Iterator[Edit]:
    """A matrix product added to what is assigned, returned or squashed."""
    known = words(ground)
    products = _products(ground, known)
    for site in ground.loads():
        if _is_whole(site):
            text = ground.closed(site.node)
            for product in products:
                yield ground.put("product added", 3.25, site.node, f"({text} + {product})")


def _is_whole(site: Site) -> bool:
    """The right-hand side of a statement, or the only argument of a function."""
    if isinstance(site.node, ast.Constant | ast.Tuple | ast.Dict | ast.List | ast.Lambda):
        return False
    if isinstance(site.parent, ast.Assign | ast.Return):
        return site.field == "value"
    return (
        isinstance(site.parent, ast.Call)
        and len(site.parent.args) == 1
        and isinstance(site.node, ast.BinOp)
    )


def _products(ground: Ground, known: Words) -> list[str]:
    """Every product of the function with a value and a parameter exchanged."""
    found: dict[str, None] = {}
    for site in ground.loads():
        if is_product(site.node):
            for part in operands(site.node):
                found |= dict.fromkeys(_exchanged_twice(ground, site.node, part, known))
    return list(found)[:MOST]


def _exchanged_twice(
    ground: Ground, product: ast.expr, part: ast.expr, known: Words
) -> Iterator[str]:
    """The product with any atom for one operand, and a relative of the other."""
    first, second = ground.program.span(product)
    start, end = ground.program.span(part)
    text = ground.program.text
    if not is_atom(part):
        return
    for atom in known.atoms:
        changed = text[first:start].decode() + atom + text[end:second].decode()
        for other in relatives(f"({changed})", known):
            if other.count(atom):
                yield other


def relatives(text: str, known: Words) -> Iterator[str]:
    """The expression with one of its names, attributes or keys exchanged for one of its kind."""
    try:
        tree = ast.parse(text, mode="eval").body
    except SyntaxError:
        return
    for number, node in enumerate(ast.walk(tree)):
        field = _FIELDS.get(type(node), "")
        name = getattr(node, field, None)
        if isinstance(name, str) and name not in ("T", "self", "np", "numpy"):
            for other, _, _ in akin(name, _kind(node, known)):
                changed = copy.deepcopy(tree)
                setattr(list(ast.walk(changed))[number], field, other)
                yield f"({ast.unparse(changed)})"


_FIELDS = {ast.Name: "id", ast.Attribute: "attr", ast.Constant: "value"}


def _kind(node: ast.AST, known: Words) -> dict[str, None]:
    if isinstance(node, ast.Constant):
        return known.keys
    if isinstance(node, ast.Attribute):
        return known.attributes.get("self", {})
    return {name: None for name, kind in known.atoms.items() if kind is ast.Name}
