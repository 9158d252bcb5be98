"""Successes at other sizes and seeds, and once more as whole programs of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.diagnosis.repair.edits import Edit
from grader.diagnosis.repair.order import Ranked
from grader.diagnosis.repair.program import Program
from grader.diagnosis.repair.stages.stage import Refused, Stage
from grader.diagnosis.repair.trial import Opened, Terms, opened

PER_LINE = 2  # edits of one line that are run as whole programs before the line is given up
MOST = 60  # successes that are looked at


@dataclass(frozen=True, slots=True)
class Proven:
    """Edits that hold, cheapest first, and whether every success could be looked at in time."""

    edits: tuple[Edit, ...]
    settled: bool


def verified(found: Sequence[Ranked], trial: Opened, terms: Terms, *, settled: bool) -> Proven:
    """Of edits that hold at all points those on whose line one holds as a whole program."""
    edits = [one.edit for one in found]
    holding = _innermost(edits[:MOST])
    by_line: dict[tuple[str, int], list[Edit]] = {}
    for edit in holding:
        by_line.setdefault((edit.unit.label, edit.line), []).append(edit)
    lasting: set[Edit] = set()
    settled = settled and len(edits) <= MOST
    for same_line in by_line.values():
        if terms.left() <= 0:
            settled = False
            break
        if any(_holds_afresh((edit,), trial, terms) for edit in same_line[:PER_LINE]):
            lasting.update(same_line)
    return Proven(tuple(edit for edit in holding if edit in lasting), settled)


def holds_together(edits: tuple[Edit, ...], trial: Opened, terms: Terms) -> bool:
    """Whether these edits, made together, hold at other points and as a whole program."""
    return all(
        stage.complete(trial.run(edits, stage)) for stage in _stages(trial)
    ) and _holds_afresh(edits, trial, terms)


def elsewhere(batch: Sequence[Ranked], trial: Opened) -> list[Ranked]:
    """The edits that make the stage right at every other point that can be judged."""
    holding = list(batch)
    for stage in _stages(trial) if holding else ():
        holding = trial.completing(holding, stage)
    return holding


def _innermost(edits: list[Edit]) -> list[Edit]:
    """Without the edits that replace all that another one replaces, and more lines."""
    return [edit for edit in edits if not any(_contains(edit, other) for other in edits)]


def _contains(edit: Edit, other: Edit) -> bool:
    if edit.line == other.line or edit.unit is not other.unit:
        return False
    return all(
        any(mine.start <= its.start and its.end <= mine.end for mine in edit.changes)
        for its in other.changes
    )


def _stages(trial: Opened) -> Iterator[Stage]:
    for points in (trial.topic.search, *trial.topic.verify[1:]):  # the first: see `_holds_afresh`
        try:
            yield trial.stage(points)
        except Refused:
            continue


def _holds_afresh(edits: tuple[Edit, ...], trial: Opened, terms: Terms) -> bool:
    """Whether the edited program, loaded afresh and its roles found anew, is right."""
    program = Program(edited(trial.bench.program, edits))
    with opened(program, trial.topic, terms) as fresh:
        try:
            return fresh.is_complete(fresh.stage(trial.topic.verify[0]))
        except Refused:
            return False


def edited(program: Program, edits: Sequence[Edit]) -> str:
    """The whole source with these edits made."""
    parts, position = [], 0
    changes = [change for edit in edits for change in edit.changes]
    for change in sorted(changes, key=lambda one: (one.start, one.end)):
        parts += [program.text[position : change.start], change.text.encode()]
        position = change.end
    return b"".join([*parts, program.text[position:]]).decode()
