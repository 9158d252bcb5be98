"""The names that a function and its neighbours have for values."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

from grader.diagnosis.repair.edits import NUMERIC, Ground, is_atom, root

LONGEST = 8  # letters in which two names of one kind may differ


@dataclass
class Scope:
    """Texts of values in scope, in the order in which they are seen."""

    atoms: dict[str, type[ast.expr]] = field(default_factory=dict)  # of this function
    attributes: dict[str, dict[str, None]] = field(default_factory=dict)  # by object: self.W_hh
    shifted: dict[str, None] = field(default_factory=dict)  # h[t - 1] for h[t], p['b'] for p['W']
    keys: dict[str, None] = field(default_factory=dict)  # strings that stand for parameters
    identifiers: dict[str, None] = field(default_factory=dict)  # all names, however used


def scope_of(ground: Ground) -> Scope:
    """What an edit of this function may mention."""
    found = Scope()
    functions = {unit.name for unit in ground.program.units}
    for unit in (ground.unit, *ground.siblings):
        for node in ast.walk(unit.node):
            _note(node, found, functions)
    callees = {id(site.node.func) for site in ground.sites if isinstance(site.node, ast.Call)}
    top = module_names(ground.program.tree)
    for site in ground.sites:
        node = site.node
        if id(node) in callees or not is_atom(node) or root(node) in NUMERIC | top:
            continue
        text = ground.of(node)
        if text != "self":
            found.atoms.setdefault(text, type(node))
            found.shifted |= dict.fromkeys(_shifted(ground, node, found.keys))
    for argument in ast.walk(ground.unit.node):
        if isinstance(argument, ast.arg) and argument.arg != "self":
            found.atoms.setdefault(argument.arg, ast.Name)
    return found


def _shifted(ground: Ground, node: ast.expr, keys: Iterable[str]) -> list[str]:
    """h[t - 1], h[t] and h[t + 1] for any of them; p["W"] for every key."""
    if not isinstance(node, ast.Subscript):
        return []
    base = ground.of(node.value)
    index = node.slice.left if isinstance(node.slice, ast.BinOp) else node.slice
    if isinstance(index, ast.Name):
        return [f"{base}[{index.id}{shift}]" for shift in ("", " + 1", " - 1")]
    if isinstance(index, ast.Constant) and str(index.value) in keys:
        return [f"{base}[{key!r}]" for key in keys]
    return []


def _note(node: ast.AST, found: Scope, functions: set[str]) -> None:
    match node:
        case ast.Attribute(value=ast.Name(id=base), attr=name):
            found.identifiers[name] = None
            if base not in NUMERIC and name not in functions | {"T", "shape"}:
                found.attributes.setdefault(base, {})[name] = None
        case ast.Attribute(attr=name) | ast.Name(id=name) | ast.arg(arg=name):
            found.identifiers[name] = None
        case ast.Constant(value=str() as name) if name.isidentifier():
            found.keys[name] = None
            found.identifiers[name] = None


def module_names(tree: ast.Module) -> set[str]:
    """Names of functions, classes and modules: no values."""
    found = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
    return found


def akin(name: str, others: dict[str, None]) -> list[tuple[str, str, str]]:
    """Names that differ from `name` in one short stretch, and the stretch: W_f, W_i: f, i."""
    found = []
    for other in others:
        head = _common(name, other)
        tail = min(_common(name[::-1], other[::-1]), min(len(name), len(other)) - head)
        old, new = name[head : len(name) - tail], other[head : len(other) - tail]
        near = 2 * (head + tail) >= min(len(old), len(new))
        if other != name and head + tail and near and max(len(old), len(new)) <= LONGEST:
            found.append((other, old, new))
    return found


def _common(one: str, other: str) -> int:
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count
