"""Names exchanged: another variable, attribute or key of the same kind."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.diagnosis.repair.edits import NUMERIC, Edit, Ground, Site, is_atom, root
from grader.diagnosis.repair.operators.scope import Scope, module_names, scope_of

FOREIGN = 2.75  # what a name costs whose value has another shape


def edits(ground: Ground) -> Iterator[Edit]:
    known = scope_of(ground)
    callees = {id(site.node.func) for site in ground.sites if isinstance(site.node, ast.Call)}
    modules = NUMERIC | module_names(ground.program.tree) | {"self"}
    for site in ground.sites:
        node = site.node
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from _key(ground, node, node.value, known)
        elif id(node) not in callees and _is_value(site, modules):
            yield from _renamed(ground, site, known)
    yield from _everywhere(ground, known, callees, modules)
    for statement in ast.walk(ground.unit.node):
        if isinstance(statement, ast.Assign | ast.AugAssign | ast.Return):
            yield from _exchanged(ground, statement, known)


def _is_value(site: Site, modules: set[str]) -> bool:
    node = site.node
    if not is_atom(node) or _is_part(site):
        return False
    return isinstance(node, ast.Attribute | ast.Subscript) or root(node) not in modules


def _is_part(site: Site) -> bool:
    """Whether it is only the beginning of a longer name: self in self.W."""
    return (
        isinstance(site.parent, ast.Attribute)
        and site.parent.attr != "T"
        and is_atom(site.parent)
        and not isinstance(site.node, ast.Subscript | ast.Attribute)
    )


def _key(ground: Ground, node: ast.Constant, value: str, known: Scope) -> Iterator[Edit]:
    if value in known.keys:
        for other in known.keys:
            if other != value:
                yield ground.put("key", 1.5, node, repr(other))


def _renamed(ground: Ground, site: Site, known: Scope) -> Iterator[Edit]:
    node, text = site.node, ground.of(site.node)
    like = [text]
    if isinstance(site.parent, ast.AugAssign) and site.field == "target":
        like.append(ground.of(site.parent.value))  # of a wrong target the value's shape is another
    for other in _of_its_kind(node, known):
        if other != text:
            cost = 1.5 if any(ground.alike(each, other) for each in like) else FOREIGN
            yield ground.put("name", cost, node, other)
    is_base = isinstance(site.parent, ast.Subscript) and site.field == "value"
    if site.stores or is_base:
        return
    for other, kind in known.atoms.items():
        if kind is not type(node) and ground.alike(text, other):
            yield ground.put("other value", 2.5, node, other)


def _of_its_kind(node: ast.expr, known: Scope) -> list[str]:
    """Attributes of the same object for an attribute, else values that are named alike."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        base = node.value.id
        return [f"{base}.{name}" for name in known.attributes.get(base, ())]
    return [other for other, kind in known.atoms.items() if kind is type(node)]


def _everywhere(
    ground: Ground, known: Scope, callees: set[int], modules: set[str]
) -> Iterator[Edit]:
    """A variable read under another name wherever it is read."""
    places: dict[str, list[ast.Name]] = {}
    for site in ground.loads():
        if isinstance(site.node, ast.Name) and id(site.node) not in callees:
            places.setdefault(site.node.id, []).append(site.node)
    for name, nodes in places.items():
        if len(nodes) < 2 or name in modules:  # noqa: PLR2004
            continue
        for other, kind in known.atoms.items():
            if kind is ast.Name and other != name:
                changes = tuple(ground.change(node, other) for node in nodes)
                yield ground.edit("name everywhere", 2.25, nodes[0], changes)


def _exchanged(ground: Ground, statement: ast.stmt, known: Scope) -> Iterator[Edit]:
    """Two names of one statement exchanged."""
    places: dict[str, list[ast.expr]] = {}
    for site in ground.loads():
        if site.statement is statement and ground.of(site.node) in known.atoms:
            places.setdefault(ground.of(site.node), []).append(site.node)
    names = sorted(places)
    for at, first in enumerate(names):
        for second in names[at + 1 :]:
            nodes = [*places[first], *places[second]]
            if type(nodes[0]) is type(nodes[-1]) and not _nested(first, second):
                changes = tuple(
                    ground.change(node, second if node in places[first] else first)
                    for node in nodes
                )
                yield ground.edit("exchange names", 1.75, statement, changes)


def _nested(first: str, second: str) -> bool:
    return first in second or second in first
