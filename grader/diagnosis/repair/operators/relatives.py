"""Expressions like one that the program has, with one name of it exchanged, or both of a product."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.diagnosis.repair.edits import Edit, Ground, Site, is_atom, placed
from grader.diagnosis.repair.operators.products import is_product, operands
from grader.diagnosis.repair.operators.scope import Scope, akin, scope_of

MOST = 3000  # products of one function: of most the operands do not fit


def edits(ground: Ground) -> Iterator[Edit]:
    """A matrix product added to what is assigned, returned or squashed."""
    known = scope_of(ground)
    every = products(ground, known)
    terms = [one for one in every if one in ground.shapes] if ground.shapes else every
    for site in ground.loads():
        if _is_whole(site):
            text = ground.closed(site.node)
            for product in terms:
                if ground.fits(ground.place(site), product):
                    yield ground.put(
                        "product added",
                        2.5 if site.is_bare else 3,
                        site.node,
                        f"({text} + {product})",
                    )


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


def products(ground: Ground, known: Scope) -> list[str]:
    """Every product of the function with a value and a parameter exchanged."""
    found: dict[str, None] = {}
    for site in ground.loads():
        if is_product(site.node):
            for part in operands(site.node):
                found |= dict.fromkeys(_exchanged_twice(ground, site.node, part, known))
    return list(found)[:MOST]


def _exchanged_twice(
    ground: Ground, product: ast.expr, part: ast.expr, known: Scope
) -> Iterator[str]:
    """The product with any atom for one operand, and a relative of the other."""
    if not is_atom(part):
        return
    for atom in {**known.atoms, **known.shifted}:
        yield from relatives(f"({ground.with_part(product, part, atom)})", known)


def relatives(text: str, known: Scope) -> Iterator[str]:
    """The expression with one of its names, attributes or keys exchanged for one of its kind."""
    try:
        tree = ast.parse(text, mode="eval").body
    except SyntaxError:
        return
    octets = text.encode()
    for node in placed(tree):
        name = _name(node)
        if isinstance(node, ast.expr) and name and "\n" not in text:
            end = node.end_col_offset or 0
            start = end - len(name.encode())
            for other, _, _ in akin(name.strip("'\""), _kind(node, known)):
                new = repr(other) if isinstance(node, ast.Constant) else other
                yield (octets[:start] + new.encode() + octets[end:]).decode()


def _name(node: ast.AST) -> str:
    """The text at the end of a node that another may stand for; "" where there is none."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return "" if name in ("T", "self", "np", "numpy") else name
        case ast.Constant(value=str() as value):
            return repr(value)
    return ""


def _kind(node: ast.AST, known: Scope) -> dict[str, None]:
    if isinstance(node, ast.Constant):
        return known.keys
    if isinstance(node, ast.Attribute):
        return known.attributes.get("self", {})
    return {name: None for name, kind in known.atoms.items() if kind is ast.Name}
