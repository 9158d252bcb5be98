"""The search for one edit that makes a stage right.

Edits are tried from the most plausible on. Where one holds, the others of about its cost are tried
as well, so that it is known whether the line that it stands on is the only one.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from itertools import islice

from grader.diagnosis.repair.bench import PER_MESSAGE
from grader.diagnosis.repair.order import Ranked, in_order
from grader.diagnosis.repair.program import Program, is_harmless
from grader.diagnosis.repair.questions import TOPICS
from grader.diagnosis.repair.result import of_one_line
from grader.diagnosis.repair.stages.stage import Refused, Stage
from grader.diagnosis.repair.trial import Opened, Terms, opened
from grader.diagnosis.repair.verify import elsewhere, verified
from grader.records import Repair

NEARBY = 0.25  # how much dearer than the first success others are tried
SHARE = 0.7  # of the time goes to the search, the rest to verifying


def search(
    source: str, question: str, *, seconds: float, tier: str | None = None, many: bool = False
) -> Repair | None:
    """The edits of one line that make this question's stage right, and how sure that is.

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
        found, settled = _successes(ranked, stage, trial, terms)
        proven = verified(found, trial, terms, settled=settled)
    return of_one_line(program, question, proven, terms.spent) if proven.edits else None


def failing(trial: Opened) -> Stage | None:
    """The stage at the first point where it is not right; None where what fails is not judged here."""
    for points in (trial.topic.search, *trial.topic.verify):
        with suppress(Refused):
            stage = trial.stage(points)
            if not trial.is_complete(stage):
                return stage
    return None


def plausible(program: Program, stage: Stage, trial: Opened) -> list[Ranked]:
    """All edits of one line that the question's functions admit, the most plausible first."""
    look = partial(trial.bench.shapes, sizes=stage.sizes, steps=stage.steps)
    return in_order(program, trial.topic.units(program), look)


def editable(source: str, question: str) -> Program | None:
    """The program, if it parses and the functions that the question is about only compute."""
    topic = TOPICS.get(question)
    try:
        program = Program(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    units = topic.units(program) if topic else []
    return program if all(map(is_harmless, units)) else None


def _successes(
    ranked: Sequence[Ranked], stage: Stage, trial: Opened, terms: Terms
) -> tuple[list[Ranked], bool]:
    """Edits with which every part is right, and whether all as plausible as the first were tried."""
    found: list[Ranked] = []
    waiting = iter(ranked)
    sieve = not trial.is_promising(stage)
    while batch := list(islice(waiting, PER_MESSAGE)):
        if found and batch[0].rank > found[0].rank + NEARBY:
            break
        if terms.left(SHARE) <= 0:
            return found, bool(found) and batch[0].rank > found[0].rank
        if sieve:
            batch = trial.promising(batch, stage)
        holding = elsewhere(trial.completing(batch, stage), trial)
        limit = (found or holding)[0].rank + NEARBY if found or holding else 0
        found += [one for one in holding if one.rank <= limit]
    return found, True
