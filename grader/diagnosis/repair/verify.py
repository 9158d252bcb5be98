"""Successes at other sizes and seeds, and once more as whole programs of their own."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from grader.diagnosis.repair.edits import Edit, Place
from grader.diagnosis.repair.order import Ranked
from grader.diagnosis.repair.program import Program
from grader.diagnosis.repair.questions import TOPICS, RepairTopic
from grader.diagnosis.repair.stages.stage import Part, Refused, Stage
from grader.diagnosis.repair.trial import Opened, Terms, opened

PER_PLACE = 2  # edits of one place that are run as whole programs before it is given up
MOST = 60  # successes that are looked at


@dataclass(frozen=True, slots=True)
class Proven:
    """Edits that hold, cheapest first, and whether every success could be looked at in time."""

    edits: tuple[Edit, ...]
    settled: bool


def verified(found: Sequence[Ranked], trial: Opened, terms: Terms, *, settled: bool) -> Proven:
    """Of edits that hold at all points those at whose place one holds as a whole program."""
    edits = [one.edit for one in found]
    holding = innermost([_lean(edit, trial) for edit in edits[:MOST]])
    lasting: dict[Place, list[Edit]] = {}
    settled = settled and len(edits) <= MOST
    for place, same in _by_place(holding).items():
        if terms.left() <= 0:
            settled = False
            break
        if any(_holds_afresh((edit,), trial, terms) for edit in same[:PER_PLACE]):
            lasting[place] = same
    best = _leaving_most_right(lasting, trial, terms)
    return Proven(tuple(edit for edit in holding if edit in best), settled)


def _by_place(edits: Sequence[Edit]) -> dict[Place, list[Edit]]:
    places: dict[Place, list[Edit]] = {}
    for edit in edits:
        places.setdefault(edit.place, []).append(edit)
    return places


def _leaving_most_right(
    places: Mapping[Place, list[Edit]], trial: Opened, terms: Terms
) -> list[Edit]:
    """The edits of the places with which most of the stages that come later are right."""
    if len(places) < 2:  # noqa: PLR2004
        return [edit for same in places.values() for edit in same]
    right = {place: _later_right(same[0], trial, terms) for place, same in places.items()}
    most = max(right.values())
    return [edit for place, same in places.items() if right[place] == most for edit in same]


def _later_right(edit: Edit, trial: Opened, terms: Terms) -> int:
    return sum(
        terms.left() > 0 and _is_right_afresh((edit,), trial, TOPICS[name], terms)
        for name in trial.topic.later
    )


def _lean(edit: Edit, trial: Opened) -> Edit:
    """Of an edit of several lines what is needed."""
    for line in edit.lines if edit.others else ():
        shorter = _without(edit, line, trial.bench.program)
        if shorter and elsewhere([Ranked(0, shorter)], trial):
            return _lean(shorter, trial)
    return edit


def _without(edit: Edit, line: int, program: Program) -> Edit | None:
    left = tuple(one for one in edit.changes if program.line_at(one.start) != line)
    lines = [one for one in edit.lines if one != line]
    if not left or len(left) == len(edit.changes):
        return None
    return replace(edit, line=lines[0], changes=left, others=tuple(lines[1:]))


def holds_together(edits: tuple[Edit, ...], trial: Opened, terms: Terms) -> bool:
    """Whether these edits, made together, hold at other points and as a whole program."""
    return all(
        stage.complete(trial.run(edits, stage)) for stage in _stages(trial)
    ) and _holds_afresh(edits, trial, terms)


def makes_right(edit: Edit, names: Collection[str], trial: Opened, terms: Terms) -> bool:
    """Whether the edit makes all parts of these names right at all points, and none wrong."""
    for stage in _stages(trial):
        before, after = (stage.right(trial.run(edits, stage)) for edits in ((), (edit,)))
        if not (before <= after and _all_named(names, after, stage)):
            return False
    program = Program(edited(trial.bench.program, (edit,)))
    with opened(program, trial.topic, terms) as fresh, suppress(Refused):
        stage = fresh.stage(trial.topic.verify[0])
        return _all_named(names, stage.right(fresh.run((), stage)), stage)
    return False


def _all_named(names: Collection[str], right: Collection[Part], stage: Stage) -> bool:
    return all(part in right for part in stage.parts() if part[0] in names)


def elsewhere(batch: Sequence[Ranked], trial: Opened) -> list[Ranked]:
    """The edits that make the stage right at every other point that can be judged."""
    holding = list(batch)
    for stage in _stages(trial) if holding else ():
        holding = trial.completing(holding, stage)
    return holding


def innermost(edits: list[Edit]) -> list[Edit]:
    """Without the edits that replace all that another one replaces, and more lines."""
    return [edit for edit in edits if not any(_contains(edit, other) for other in edits)]


def _contains(edit: Edit, other: Edit) -> bool:
    if edit.lines == other.lines or edit.unit is not other.unit:
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
    return _is_right_afresh(edits, trial, trial.topic, terms)


def _is_right_afresh(
    edits: tuple[Edit, ...], trial: Opened, topic: RepairTopic, terms: Terms
) -> bool:
    program = Program(edited(trial.bench.program, edits))
    with opened(program, topic, terms) as fresh:
        try:
            return fresh.is_complete(fresh.stage(topic.verify[0]))
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
