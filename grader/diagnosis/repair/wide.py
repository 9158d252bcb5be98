"""The wide search: several edits together, for programs with more than one fault.

From the program as it is, edits that make more of a stage's parts right and none wrong are taken
one after the other; of the ways so far the best few are followed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from grader.diagnosis.repair.bench import PER_MESSAGE
from grader.diagnosis.repair.edits import Edit
from grader.diagnosis.repair.order import Ranked
from grader.diagnosis.repair.questions import TOPICS
from grader.diagnosis.repair.result import of_several_lines
from grader.diagnosis.repair.search import editable, failing, plausible, search
from grader.diagnosis.repair.stages.stage import Part, Stage
from grader.diagnosis.repair.trial import Opened, Terms, opened
from grader.diagnosis.repair.verify import holds_together
from grader.records import Repair

WIDTH = 3  # ways that are followed at a time
DEPTH = 4  # edits together
NARROW = 0.2  # of the time goes to the search for a single edit
NEARBY = 1.0  # how much dearer than the first better way others may be
ENOUGH = 12  # ways that are better than the last before the next edit is looked for
SHARE = 0.85  # of the time, before what is found is verified


@dataclass(frozen=True, slots=True)
class Way:
    """Edits made so far, how far-fetched they are together, and the parts that are right."""

    edits: tuple[Edit, ...]
    rank: float
    right: frozenset[Part]


def search_widely(
    source: str, question: str, *, seconds: float, tier: str | None = None
) -> Repair | None:
    """As `search`; where that makes not everything right, several edits that are together."""
    terms = Terms(seconds, tier)
    single = search(source, question, seconds=seconds * NARROW, tier=tier)
    program, topic = editable(source, question), TOPICS.get(question)
    whole = single is not None and not single.parts
    if whole or topic is None or program is None:
        return single
    with opened(program, topic, terms) as trial:
        stage = failing(trial)
        if stage is None:
            return single
        ranked = plausible(program, stage, trial)
        for edits in _complete(ranked, stage, trial, terms):
            needed = _needed(edits, stage, trial)
            if holds_together(needed, trial, terms):
                return of_several_lines(program, question, needed, terms.spent)
    return single


def _complete(
    ranked: Sequence[Ranked], stage: Stage, trial: Opened, terms: Terms
) -> Iterator[tuple[Edit, ...]]:
    """Edits with which all is right."""
    tried = trial.run((), stage)
    every = frozenset(part for part, _ in stage.judgements(tried))
    ways = [Way((), 0.0, stage.right(tried))]
    for _ in range(DEPTH):
        found: list[Way] = []
        for way in ways:
            for better in islice(_better(way, ranked, stage, trial, terms), ENOUGH):
                if better.right == every:
                    yield better.edits
                found.append(better)
        ways = _best(found)


def _better(
    way: Way, ranked: Sequence[Ranked], stage: Stage, trial: Opened, terms: Terms
) -> Iterator[Way]:
    """The way with one edit more, where that makes more parts right and none wrong."""
    waiting = (one for one in ranked if not _overlaps(one.edit, way.edits))
    limit = float("inf")
    while terms.left(SHARE) > 0 and (batch := list(islice(waiting, PER_MESSAGE))):
        if batch[0].rank > limit:
            return
        attempts = [(*way.edits, one.edit) for one in batch]
        tried = trial.bench.run(attempts, stage.sizes, stage.steps)
        for one, edits, what in zip(batch, attempts, tried, strict=True):
            right = stage.right(what)
            if right > way.right:
                limit = min(limit, one.rank + NEARBY)
                yield replace(way, edits=edits, rank=way.rank + one.rank, right=right)


def _best(ways: Sequence[Way]) -> list[Way]:
    """The few with most parts right, each of them with other parts than the others."""
    chosen: dict[frozenset[Part], Way] = {}
    for way in sorted(ways, key=lambda one: (-len(one.right), one.rank)):
        chosen.setdefault(way.right, way)
    return list(chosen.values())[:WIDTH]


def _overlaps(edit: Edit, others: Sequence[Edit]) -> bool:
    return any(
        mine.start < its.end and its.start < mine.end
        for other in others
        for its in other.changes
        for mine in edit.changes
    )


def _needed(edits: tuple[Edit, ...], stage: Stage, trial: Opened) -> tuple[Edit, ...]:
    """Without the edits that are not needed."""
    for edit in edits:
        others = tuple(other for other in edits if other is not edit)
        if others and stage.complete(trial.run(others, stage)):
            return _needed(others, stage, trial)
    return edits
