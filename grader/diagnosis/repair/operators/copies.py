"""Lines that have a sister: the same line with the names of another gate or parameter."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from grader.diagnosis.repair.edits import Edit, Ground
from grader.diagnosis.repair.operators.scope import Scope, akin, scope_of
from grader.diagnosis.repair.operators.statements import blocks

MOST = 40  # pairs of names for one line


def edits(ground: Ground) -> Iterator[Edit]:
    known = scope_of(ground)
    for block in blocks(ground.unit.node):
        for statement in block:
            if isinstance(statement, ast.Assign | ast.AugAssign | ast.Expr):
                yield from _sisters(ground, statement, known, _assigned(ground, block))


def _assigned(ground: Ground, block: list[ast.stmt]) -> set[str]:
    """What a block assigns: a second time would only undo the first."""
    return {
        ground.of(target)
        for statement in block
        if isinstance(statement, ast.Assign)
        for target in statement.targets
    }


def _sisters(
    ground: Ground, statement: ast.stmt, known: Scope, assigned: set[str]
) -> Iterator[Edit]:
    text = ground.of(statement)
    if "\n" in text:
        return
    before = ground.program.before(statement)
    between = "; " if before.strip() else f"\n{before}"
    seen = {text}
    for old, new in _pairs(text, known):
        other = _exchanged(text, old, new, known)
        if other not in seen:
            seen.add(other)
            yield ground.put("line like another", 2.5, statement, other)
            if isinstance(statement, ast.Assign) and other.partition(" =")[0] in assigned:
                continue
            yield ground.put("line missing", 2.75, statement, f"{text}{between}{other}")


def _pairs(text: str, known: Scope) -> list[tuple[str, str]]:
    """Stretches of names that may be exchanged: (h, y) for W_hh and W_hy, or whole names."""
    found: dict[tuple[str, str], None] = {}
    for name in re.findall(r"[^\W\d]\w*", text):
        if name in known.identifiers and name not in ("self", "np", "T"):
            for other, old, new in akin(name, known.identifiers):
                found[name, other] = None
                if old and new:
                    found[old, new] = None
    return list(found)[:MOST]


def _exchanged(text: str, old: str, new: str, known: Scope) -> str:
    """Every name that has the one stretch gets the other, where that gives a known name."""

    def other(match: re.Match[str]) -> str:
        name = match.group()
        changed = name.replace(old, new)
        return changed if changed in known.identifiers else name

    return re.sub(r"[^\W\d]\w*", other, text)
