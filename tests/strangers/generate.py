"""Strangers: right programs with one or two generic edits that make them wrong."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from tests.strangers.bases import ALL, Base
from tests.strangers.edits import Edit, edits
from tests.strangers.units import ENTRIES, units

# How often each method is edited; the largest have the most to get wrong.
SHARES = {"q4_1": 1, "q4_2": 4, "q4_3": 6, "q4_4": 1, "q4_5": 1, "q4_6": 4, "q5_1": 1}
TWICE = 0.25  # of the strangers have two edits


@dataclass(frozen=True)
class Stranger:
    """An edited program: where it comes from, what was done to which methods, on which lines."""

    number: int
    base_name: str
    source: str
    questions: tuple[str, ...]  # whose methods were edited
    kinds: tuple[str, ...]
    lines: tuple[int, ...]  # of `source`, 1-based; around a statement that is gone

    @property
    def name(self) -> str:
        return f"{self.base_name}-{self.number}"

    @property
    def base(self) -> Base:
        return next(base for base in ALL if base.name == self.base_name)


def strangers(seed: int, edited: Sequence[str] = ()) -> Iterator[Stranger]:
    """Without end; the same for the same seed. Some of them are still right: see `truth`.

    edited: the questions whose methods are edited; all where none is named.
    """
    rng = Random(seed)
    seen = set()
    number = 0
    while True:
        made = _stranger(rng, number, list(edited or ENTRIES))
        if made.source not in seen:
            seen.add(made.source)
            number += 1
            yield made


def _stranger(rng: Random, number: int, edited: list[str]) -> Stranger:
    base = rng.choice(ALL)
    tree = ast.parse(base.source)
    before = ast.unparse(tree)
    first = rng.choices(edited, [SHARES[question] for question in edited])[0]
    questions = [first]
    if rng.random() < TWICE:
        questions.append(
            first if rng.random() < 0.5 else rng.choice(edited)
        )  # as often here as elsewhere
    kinds = []
    for question in questions:
        edit = _chosen(rng, tree, question)
        edit.apply()
        kinds.append(edit.kind)
    after = ast.unparse(ast.fix_missing_locations(tree))
    return Stranger(
        number, base.name, after, tuple(questions), tuple(kinds), _changed(before, after)
    )


def _chosen(rng: Random, tree: ast.Module, question: str) -> Edit:
    """Kinds first, so that the many names do not crowd out the few axes."""
    by_kind: dict[str, list[Edit]] = {}
    for unit in units(tree, question):
        for edit in edits(unit):
            by_kind.setdefault(edit.kind, []).append(edit)
    return rng.choice(by_kind[rng.choice(sorted(by_kind))])


def _changed(before: str, after: str) -> tuple[int, ...]:
    """Lines of `after` that differ; where something is gone, the lines on both sides of the gap."""
    matcher = difflib.SequenceMatcher(None, before.splitlines(), after.splitlines(), autojunk=False)
    found: set[int] = set()
    for what, _, _, start, end in matcher.get_opcodes():
        if what != "equal":
            found |= set(range(start + 1, end + 1)) or {start, start + 1}
    return tuple(sorted(found))
