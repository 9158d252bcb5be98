"""What a student may have meant by a name that the grader misses: told from the text, never run."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from grader import contract
from grader.language import Message, say

ALIKE = 0.6  # of difflib; updata_parameters and update_parameters have 0.94

Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def meant(name: str, tree: ast.Module) -> Message | None:
    """A sentence about `SimpleRNN`, `SimpleRNN.forward`, ...; None where nothing is alike."""
    owner, _, method = name.rpartition(".")
    if not owner:
        return _top_level(name, tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name == owner:
            return _method(node, method, tree)
    return None


def _top_level(name: str, tree: ast.Module) -> Message | None:
    kind = ast.ClassDef if name in contract.ALL_CLASSES else ast.FunctionDef
    nodes = [node for node in _defined(tree) if isinstance(node, kind)]
    if any(node.name == name for node in nodes):  # there, but never reached
        return None
    others = [node for node in nodes if node.name not in contract.ALL_NAMES]
    found = _alike(name, others) or _by_methods(name, others)
    return _renamed(found, name) if found else None


def _by_methods(name: str, nodes: Iterable[Definition]) -> Definition | None:
    """A class that defines most of what is asked of this one."""
    asked = set(contract.ALL_CLASSES.get(name, ())) - {"__init__", "forward"}
    for node in nodes:
        if asked and len(asked & {part.name for part in _defined(node)}) == len(asked):
            return node
    return None


def _method(owner: ast.ClassDef, method: str, tree: ast.Module) -> Message | None:
    parts = [part for part in _defined(owner) if not isinstance(part, ast.ClassDef)]
    if nested := next((node for node in _nested(owner) if node.name == method), None):
        return say(
            "{found} (line {line}) stands inside of another method: indent it like the others.",
            found=method,
            line=nested.lineno,
        )
    outside = [node for node in _defined(tree) if node.name == method and _takes_self(node)]
    if outside:
        return say(
            "{found} (line {line}) stands outside of the class: indent it like the other methods.",
            found=method,
            line=outside[0].lineno,
        )
    asked = contract.ALL_CLASSES.get(owner.name, ())
    found = _alike(method, [part for part in parts if part.name not in asked])
    return _renamed(found, method) if found else None


def _nested(owner: ast.ClassDef) -> Iterator[Definition]:
    for part in _defined(owner):
        if not isinstance(part, ast.ClassDef):
            yield from _defined(part)


def _takes_self(node: Definition) -> bool:
    return not isinstance(node, ast.ClassDef) and [a.arg for a in node.args.args[:1]] == ["self"]


def _defined(node: ast.AST) -> Iterator[Definition]:
    """Classes and functions that stand in a body, also under `if`, `try` or `with`."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Definition):
            yield child
        elif isinstance(child, ast.stmt | ast.ExceptHandler):
            yield from _defined(child)


def _alike(name: str, nodes: Iterable[Definition]) -> Definition | None:
    by_key = {node.name.lower(): node for node in nodes}
    found = get_close_matches(name.lower(), by_key, n=1, cutoff=ALIKE)
    return by_key[found[0]] if found else None


def _renamed(found: Definition, name: str) -> Message:
    return say(
        "Did you mean {found} (line {line})? Rename it to {name}.",
        found=found.name,
        line=found.lineno,
        name=name,
    )
