"""The search for one edit that makes a stage right.

Edits are tried from the most plausible on. Where one holds, the others of about its cost are tried
as well, so that it is known whether the line that it stands on is the only one. Where none holds,
those that make some parts right are joined.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import islice
from math import inf

from grader.diagnosis.repair.bench import PER_MESSAGE
from grader.diagnosis.repair.order import Ranked, in_order
from grader.diagnosis.repair.partly import Better, joined, plausible_up_to
from grader.diagnosis.repair.program import Program, is_harmless
from grader.diagnosis.repair.questions import TOPICS
from grader.diagnosis.repair.result import of_one_place, of_parts
from grader.diagnosis.repair.stages.stage import Refused, Stage
from grader.diagnosis.repair.trial import Opened, Terms, opened
from grader.diagnosis.repair.verify import elsewhere, verified
from grader.records import Repair

NEARBY = 0.25  # how much dearer than the first success others are tried
UNDONE = 0.75  # the same where that success may undo the fault of another line
SHARE = 0.7  # of the time goes to the search, the rest to verifying


def search(
    source: str, question: str, *, seconds: float, tier: str | None = None, many: bool = False
) -> Repair | None:
    """The edits that make this question's stage right, and how sure their place is.

    None where none is found in time, or where nothing can be judged. Raises KitFault where no
    worker can be started. It says nothing about marks.
    """
    terms = Terms(seconds, tier, many)
    program, topic = editable(source, question), TOPICS.get(question)
    if topic is None or program is None:
        return None
    with opened(program, topic, terms) as trial:
        stage = failing(trial)
        if stage is None:
            return None
        ranked = plausible(program, stage, trial)
        tried = _tried(ranked, stage, trial, terms)
        proven = verified(tried.found, trial, terms, settled=tried.settled)
        if proven.edits:
            return of_one_place(program, question, proven, terms.spent)
        if partly := joined(tried.better, stage, trial, terms):
            return of_parts(program, question, partly, terms.spent)
    return None


def failing(trial: Opened) -> Stage | None:
    """The stage at the first point where it is not right; None where what fails is not judged here."""
    for points in (trial.topic.search, *trial.topic.verify):
        with suppress(Refused):
            stage = trial.stage(points)
            if not trial.is_complete(stage):
                return stage
    return None


def plausible(program: Program, stage: Stage, trial: Opened) -> list[Ranked]:
    """All edits that the question's functions admit, the most plausible first."""
    look = partial(trial.bench.shapes, sizes=stage.sizes, steps=stage.steps)
    topic = trial.topic
    return in_order(program, topic.units(program), look, topic.constructors(program))


def editable(source: str, question: str) -> Program | None:
    """The program, if it parses and the functions that the question is about only compute."""
    topic = TOPICS.get(question)
    try:
        program = Program(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    units = [*topic.units(program), topic.constructors(program)] if topic else []
    return program if all(map(is_harmless, units)) else None


@dataclass(frozen=True)
class _Outcome:
    """Edits with which every part is right, and those with which only more parts are.

    `settled`: whether all as plausible as the first success were tried.
    """

    found: list[Ranked]
    settled: bool
    better: list[Better]


def _tried(ranked: Sequence[Ranked], stage: Stage, trial: Opened, terms: Terms) -> _Outcome:
    found: list[Ranked] = []
    better: list[Better] = []
    waiting = iter(ranked)
    (base,) = trial.first_right([()], stage)
    every = frozenset(part for part in stage.parts() if part[1] == 0)
    while batch := list(islice(waiting, PER_MESSAGE)):
        reached = batch[0].rank
        if found and reached > _limit(found):
            break
        if terms.left(SHARE) <= 0:
            settled = bool(found) and reached > found[0].rank
            return _Outcome(_preferred(found), settled, plausible_up_to(better, reached))
        if base != every:
            right = trial.first_right([(one.edit,) for one in batch], stage, base)
            pairs = list(zip(batch, right, strict=True))
            better += [Better(one, parts - base) for one, parts in pairs if base and parts > base]
            batch = [one for one, parts in pairs if parts == every]
        found += elsewhere(trial.completing(batch, stage), trial)
    return _Outcome(_preferred(found), settled=True, better=plausible_up_to(better, inf))


def _limit(found: Sequence[Ranked]) -> float:
    """Up to which cost edits are as plausible as the first success."""
    first = found[0]
    return first.rank + (UNDONE if all(one.edit.may_undo for one in found) else NEARBY)


def _preferred(found: list[Ranked]) -> list[Ranked]:
    """Where something can be taken off or exchanged, no edits that may undo a fault elsewhere."""
    plain = [one for one in found if not one.edit.may_undo] or found
    return [one for one in plain if one.rank <= _limit(plain)]
