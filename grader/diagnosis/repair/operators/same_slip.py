"""The same small edit at every place of a function that asks for it: a mistake made five times."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from grader.diagnosis.repair.edits import Edit, Ground
from grader.diagnosis.repair.operators.permutations import by_form
from grader.diagnosis.repair.operators.statements import blocks

MORE = 0.25  # what it costs that several lines change
APART = {"swap elements", "condition"}  # kinds whose edits are about one place


def together(ground: Ground, edits: Sequence[Edit]) -> Iterator[Edit]:
    """The edits that take off or exchange the same thing on several lines, as one each."""
    by_words: dict[object, list[Edit]] = {}
    by_signs: dict[object, list[Edit]] = {}
    for edit in edits:
        if len(edit.changes) == 1 and edit.kind not in APART:
            slip = _slip(ground, edit)
            by_words.setdefault((edit.kind, *slip), []).append(edit)
            by_signs.setdefault((edit.kind, *map(_signs, slip)), []).append(edit)
    for family in (*by_words.values(), *by_signs.values()):
        yield from _as_one(ground, family)
    yield from _deleted(ground)


def _slip(ground: Ground, edit: Edit) -> tuple[str, str]:
    """What is taken away, and what is put there."""
    (change,) = edit.changes
    old = _bare(ground.program.text[change.start : change.end].decode())
    new = _bare(change.text)
    return (old.replace(new, "\0", 1), "") if new and new in old else _middles(old, new)


def _bare(text: str) -> str:
    return re.sub(r"[()\s]", "", text)


def _signs(text: str) -> str:
    return re.sub(r"\w+", "_", text)


def _middles(old: str, new: str) -> tuple[str, str]:
    """Both without what they begin and end with alike."""
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return old[head : len(old) - tail], new[head : len(new) - tail]


def _as_one(ground: Ground, family: Sequence[Edit]) -> Iterator[Edit]:
    apart = [one for one in family if not any(_inside(one, other) for other in family)]
    if len({one.line for one in apart}) > 1:
        first, *others = sorted(apart, key=lambda one: one.line)
        cost = MORE + max(one.cost for one in apart)
        changes = tuple(one.changes[0] for one in apart)
        lines = tuple(one.line for one in others)
        yield Edit(first.kind, cost, first.line, ground.unit, changes, lines)


def _inside(edit: Edit, other: Edit) -> bool:
    (mine,), (its,) = edit.changes, other.changes
    return mine is not its and its.start <= mine.start and mine.end <= its.end


def _deleted(ground: Ground) -> Iterator[Edit]:
    """Sister statements left out."""
    for block in blocks(ground.unit.node):
        for statements in by_form(block).values():
            if len(statements) > 1:
                first, *others = statements
                changes = tuple(ground.change(one, "pass") for one in statements)
                lines = tuple(one.lineno for one in others)
                yield Edit("delete", 1 + MORE, first.lineno, ground.unit, changes, lines)
