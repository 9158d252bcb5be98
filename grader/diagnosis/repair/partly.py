"""Edits that make only some parts right: of several faults each has its own.

Told is what they make right, and no more than that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.diagnosis.repair.edits import Edit
from grader.diagnosis.repair.order import Ranked
from grader.diagnosis.repair.stages.stage import Part, Stage
from grader.diagnosis.repair.trial import Opened, Terms
from grader.diagnosis.repair.verify import holds_together, innermost, makes_right

DEAREST = 2.0  # above this an edit puts in what is missing, perhaps in the wrong place
NEARBY = 0.25  # how much dearer others may be that make the same parts right


@dataclass(frozen=True, slots=True)
class Better:
    """An edit, and the parts of the first call that it makes right."""

    ranked: Ranked
    gained: frozenset[Part]


@dataclass(frozen=True, slots=True)
class Partly:
    """Edits that are needed together, and the names of what they make right; none: everything."""

    edits: tuple[Edit, ...]
    parts: tuple[str, ...] = ()


def joined(better: Sequence[Better], stage: Stage, trial: Opened, terms: Terms) -> Partly | None:
    """Edits of several places that make everything right, or of one that makes some of it right."""
    chosen = _certain(better)
    edits = tuple(edit for edit, _ in chosen)
    if len(edits) > 1 and stage.complete(trial.run(edits, stage)):
        return Partly(edits) if holds_together(edits, trial, terms) else None
    for edit, gained in chosen:
        names = frozenset(name for name, _ in gained)
        if terms.left() > 0 and makes_right(edit, names, trial, terms):
            return Partly((edit,), tuple(sorted(names)))
    return None


def plausible_up_to(better: Sequence[Better], rank: float) -> list[Better]:
    """Those of which all others as plausible were tried, where all up to this rank were."""
    limit = min(rank - NEARBY, DEAREST)
    return [one for one in better if one.ranked.rank < limit and _mends(one.ranked.edit)]


def _mends(edit: Edit) -> bool:
    """Whether more is right because of what it puts right, not of what it leaves out."""
    return not edit.may_undo and edit.kind not in {"delete", "condition", "= for +="}


def _certain(better: Sequence[Better]) -> list[tuple[Edit, frozenset[Part]]]:
    """For every part the edit that makes most right with it, where one place alone has such."""
    chosen: list[tuple[Edit, frozenset[Part]]] = []
    covered: frozenset[Part] = frozenset()
    for one in sorted(better, key=lambda each: (-len(each.gained), each.ranked.rank)):
        if one.gained & covered:
            continue
        covered |= one.gained
        limit = one.ranked.rank + NEARBY
        rivals = innermost(
            [
                other.ranked.edit
                for other in better
                if other.gained >= one.gained and other.ranked.rank <= limit
            ]
        )
        if len({edit.place for edit in rivals}) == 1:
            chosen.append((rivals[0], one.gained))
    return chosen
