"""What may be missing: a summand, a factor, a derivative, a copy, a sum, a squashing function."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.diagnosis.repair.edits import NUMERIC, Edit, Ground, Site, called, is_atom, root
from grader.diagnosis.repair.operators.calls import UNTOUCHED, one_argument_functions
from grader.diagnosis.repair.operators.relatives import relatives
from grader.diagnosis.repair.operators.scope import Scope, module_names, scope_of

USE = 0.5  # what it costs that a value is changed where it is used, not where it comes to be
FEW = 12  # values of a function in which pairs of them are tried
BARE = 0.5  # what it is worth that a statement only copies a value: b = a
MOST = 80  # summands, and factors, that are tried in one place


def edits(ground: Ground) -> Iterator[Edit]:
    known = scope_of(ground)
    terms, multiples = summands(ground, known), factors(ground)
    squashes = one_argument_functions(ground)
    top = module_names(ground.program.tree)
    for site in ground.loads():
        if isinstance(site.node, ast.Tuple | ast.List) and site.field != "slice":
            yield from _longer(ground, site.node, known)
        if _holds_a_value(site) and root(site.node) not in NUMERIC | top:
            yield from _grown(ground, site, terms, multiples)
            yield from _wrapped(ground, site, squashes)
            if is_atom(site.node) or not isinstance(site.parent, ast.BinOp):
                yield from _reduced(ground, site)
                yield from _multiplied(ground, site, known, squashes)
                yield from _transformed(ground, site, known)
            if site.defines and len(known.atoms) <= FEW:
                yield from _stepped(ground, site, known)


def _longer(ground: Ground, node: ast.Tuple | ast.List, known: Scope) -> Iterator[Edit]:
    """One more attribute in a list of them."""
    own = [ground.of(one) for one in node.elts if isinstance(one, ast.Attribute)]
    if len(own) == len(node.elts) > 1 and all(text.startswith("self.") for text in own):
        last = node.elts[-1]
        for name in known.attributes.get("self", ()):
            if (text := f"self.{name}") not in own:
                yield ground.put("element", 1.75, last, f"{own[-1]}, {text}")


def _holds_a_value(site: Site) -> bool:
    """Right-hand sides, operands, arguments and elements."""
    node, parent = site.node, site.parent
    if isinstance(node, ast.Constant | ast.Slice | ast.Starred | ast.Tuple | ast.Dict | ast.Lambda):
        return False
    if isinstance(parent, ast.Call):
        return site.field == "args" and (
            called(parent) not in UNTOUCHED | {"reversed"} or site.is_set
        )
    if isinstance(parent, ast.BinOp):
        return isinstance(parent.op, ast.Add | ast.Sub | ast.Mult | ast.MatMult)
    if isinstance(parent, ast.Assign | ast.AugAssign | ast.Return | ast.Lambda):
        return site.field in ("value", "body")
    if isinstance(parent, ast.Attribute):
        return parent.attr == "T"
    return isinstance(parent, ast.Tuple | ast.List | ast.Dict | ast.keyword) and site.field in (
        "elts",
        "values",
        "value",
    )


def _use(site: Site) -> float:
    """What it costs, or is worth, that a value is changed here."""
    if site.is_bare:
        return -BARE
    return 0 if site.defines else USE


def _grown(ground: Ground, site: Site, terms: list[str], multiples: list[str]) -> Iterator[Edit]:
    node, text, bare = site.node, ground.closed(site.node), ground.place(site)
    use = _use(site)
    yield ground.put("sign", 2 + use, node, f"(-{text})")
    for wrapped in (f"(1 / {text})", f"(1 - {text})"):
        yield ground.put("inverse", 2.5 + use, node, wrapped)
    for factor in multiples:
        if ground.fits(bare, factor):
            yield ground.put("factor", 2.25 + use, node, f"({text} * {factor})")
    # Adding to one operand of a sum is adding to the sum.
    if not (isinstance(site.parent, ast.BinOp) and isinstance(site.parent.op, ast.Add | ast.Sub)):
        for summand in terms:
            if summand != text and ground.fits(bare, summand):
                yield ground.put("summand", 2.5 + use, node, f"({text} + {summand})")


def _wrapped(ground: Ground, site: Site, squashes: list[str]) -> Iterator[Edit]:
    whole = isinstance(site.parent, ast.Assign | ast.AugAssign | ast.Return | ast.BinOp)
    if whole or site.is_kept:
        for function in squashes:
            text = f"{function}({ground.of(site.node)})"
            yield ground.put("function around", 2 + _use(site), site.node, text)


def _reduced(ground: Ground, site: Site) -> Iterator[Edit]:
    node, text = site.node, ground.closed(site.node)
    if is_atom(node):
        yield ground.put("copy", 2, node, f"{text}.copy()")
        yield ground.put("square", 2.25, node, f"({text} ** 2)")
    for arguments in ("axis=0", "axis=1", ""):
        yield ground.put("sum", 2.25, node, f"{text}.sum({arguments})")


def _multiplied(ground: Ground, site: Site, known: Scope, squashes: list[str]) -> Iterator[Edit]:
    node, text, place = site.node, ground.closed(site.node), ground.place(site)
    use = _use(site)
    scalar = ground.shapes.get(place) == ()  # a learning rate without its gradient
    for atom in known.atoms:
        fits = ground.fits(place, atom)
        if fits:
            derivative = f"({text} * (1 - {atom} ** 2))"
            yield ground.put("derivative", 2.75 + use, node, derivative)
        if fits or scalar:
            yield ground.put("product", 2.75 + use, node, f"({text} * {atom})")
        if fits and site.defines:
            for function in squashes:
                yield ground.put("product", 3 + use, node, f"({text} * {function}({atom}))")
    for item in known.shifted:
        if item not in known.atoms and item in ground.shapes and ground.fits(place, item):
            yield ground.put("product", 3 + use, node, f"({text} * {item})")


def _transformed(ground: Ground, site: Site, known: Scope) -> Iterator[Edit]:
    """A matrix product with a weight of the right shape, where shapes are known."""
    text, mine = ground.closed(site.node), ground.shapes.get(ground.of(site.node), ())
    attributes = (f"self.{name}" for name in known.attributes.get("self", ()))
    for weight in dict.fromkeys((*known.atoms, *known.shifted, *attributes)):
        its = ground.shapes.get(weight, ())
        if len(mine) == len(its) == 2:  # noqa: PLR2004  # matrices
            for turned, shape in (("", its), (".T", its[::-1])):
                if mine[1] == shape[0]:
                    yield ground.put(
                        "matrix", 2.75 + _use(site), site.node, f"({text} @ {weight}{turned})"
                    )
                if shape[1] == mine[0]:
                    yield ground.put(
                        "matrix", 2.75 + _use(site), site.node, f"({weight}{turned} @ {text})"
                    )


def _stepped(ground: Ground, site: Site, known: Scope) -> Iterator[Edit]:
    """What is missing of old - rate * gradient: tried in functions that have few values."""
    text, place = ground.closed(site.node), ground.place(site)
    for first in known.atoms:
        if ground.alike(place, first) and not is_atom(site.node):
            yield ground.put("step", 2.75 + _use(site), site.node, f"({first} - {text})")
        for second in known.atoms:
            if first < second and ground.fits(place, first) and ground.fits(place, second):
                yield ground.put(
                    "step", 3 + _use(site), site.node, f"({text} - {first} * {second})"
                )


def factors(ground: Ground) -> list[str]:
    """What this function multiplies by, with other indexes and exponents as well."""
    found: dict[str, None] = {}
    for site in ground.loads():
        node = site.node
        sides: list[ast.expr] = []
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            sides = [node.left, node.right]
        elif isinstance(node, ast.Call) and called(node) == "multiply":
            sides = node.args
        for side in sides:
            found[ground.closed(side)] = None
    return list(found)[:MOST]


def summands(ground: Ground, known: Scope) -> list[str]:
    """What this function adds, the same with names of the same kind, and all named values."""
    found: dict[str, None] = {}
    for site in ground.loads():
        if isinstance(site.node, ast.BinOp) and isinstance(site.node.op, ast.Add):
            for side in (site.node.left, site.node.right):
                if not (isinstance(side, ast.BinOp) and isinstance(side.op, ast.Add)):
                    found[ground.closed(side)] = None
    for text in list(found):
        found |= dict.fromkeys(relatives(text, known))
    atoms = dict.fromkeys(known.atoms)
    atoms |= {f"self.{name}": None for name in known.attributes.get("self", ())}
    return list(found)[:MOST] + [text for text in atoms if text not in found]
