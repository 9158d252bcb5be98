"""Names of the standard library that came with a newer Python: vermin's table, by whole names.

vermin's own detection is not used: it takes guarded imports for required ones.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache

from grader.portability.imported_names import Names, is_guard, outside
from grader.portability.needs import PYTHON, Need, Version

# What programs import most, and no part of the standard library: the tables take a while to load.
ELSEWHERE = ("numpy", "matplotlib")


def newer(tree: ast.Module, version: Version) -> list[Need]:
    """Imports and names that need a newer Python than `version`, outside of guards."""
    needs = {
        (line, name): Need(line, PYTHON, name, since)
        for line, name in _used(tree)
        if (since := came_with(name)) is not None and since > version
    }
    return list(needs.values())


def came_with(name: str) -> Version | None:
    """The Python 3 that brought a module or a member of one ("itertools.batched"); None if unknown."""
    if name.partition(".")[0] in ELSEWHERE:
        return None
    since = _members().get(name) or _modules().get(name)
    three = since[1] if since else None
    return three or None


def _used(tree: ast.Module) -> Iterator[tuple[int, str]]:
    names = Names(tree)
    for node in outside(tree, is_guard):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Attribute) and (name := names.whole(node)):
            yield node.lineno, name


@cache
def _members() -> dict[str, tuple[Version | None, Version | None]]:
    from vermin import Config, rules  # noqa: PLC0415 - two thousand names, and few programs need one

    return dict(rules.MOD_MEM_REQS(Config()))


@cache
def _modules() -> dict[str, tuple[Version | None, Version | None]]:
    from vermin import Config, rules  # noqa: PLC0415 - as above

    return dict(rules.MOD_REQS(Config()))
