"""What a search found: for the instructor all of it, for the student at most the lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from grader.diagnosis.repair.edits import Edit, Place
from grader.diagnosis.repair.partly import Partly
from grader.diagnosis.repair.program import Program
from grader.diagnosis.repair.telling import told, told_of_parts
from grader.diagnosis.repair.verify import Proven, edited
from grader.records import Repair, RepairEdit, RepairedLine


def of_one_place(program: Program, question: str, proven: Proven, seconds: float) -> Repair:
    """The repair from edits each of which is enough: of one line, or the same on several."""
    edits = tuple(_described(program, edit) for edit in proven.edits)
    places = _without_doubles(program, {edit.place for edit in proven.edits})
    certain = _numbers(places.pop()) if len(places) == 1 and proven.settled else set()
    return _repair(program, question, edits, certain, seconds, together=False)


def _numbers(place: Place) -> set[tuple[str, int]]:
    """Each line with the function that it is in."""
    function, lines = place
    return {(function, line) for line in lines}


def of_parts(program: Program, question: str, partly: Partly, seconds: float) -> Repair:
    """The repair from edits that are needed together, of everything or of some parts."""
    found = of_several_lines(program, question, partly.edits, seconds)
    if not partly.parts:
        return found
    return replace(found, told=told_of_parts(partly.parts, found.lines), parts=partly.parts)


def of_several_lines(
    program: Program, question: str, needed: Sequence[Edit], seconds: float
) -> Repair:
    """The repair from edits all of which are needed."""
    edits = tuple(_described(program, edit) for edit in needed)
    numbers = {line for edit in needed for line in _numbers(edit.place)}
    return _repair(program, question, edits, numbers, seconds, together=True)


def _repair(
    program: Program,
    question: str,
    edits: tuple[RepairEdit, ...],
    numbers: set[tuple[str, int]],
    seconds: float,
    *,
    together: bool,
) -> Repair:
    lines = tuple(
        RepairedLine(method, line, program.line(line))
        for method, line in sorted(numbers, key=lambda one: one[1])
    )
    words = told(question, lines, edits)
    return Repair(words, lines, edits, together=together, seconds=round(seconds, 3))


def _without_doubles(program: Program, places: set[Place]) -> set[Place]:
    """Of a line that stands twice in a row the second: it is the one too many."""
    return {place for place in places if not _is_first(program, place, places)}


def _is_first(program: Program, place: Place, places: set[Place]) -> bool:
    function, (line, *others) = place
    below = (function, (line + 1,))
    return not others and below in places and program.line(line) == program.line(line + 1)


def _described(program: Program, edit: Edit) -> RepairEdit:
    """The lines that an edit changes, before and after."""
    first = program.line_at(min(change.start for change in edit.changes))
    last = program.line_at(max(change.end for change in edit.changes))
    old = program.text.decode().split("\n")
    new = edited(program, (edit,)).split("\n")
    return RepairEdit(
        edit.kind,
        edit.unit.label,
        edit.line,
        "\n".join(line.strip() for line in old[first - 1 : last]),
        "\n".join(line.strip() for line in new[first - 1 : last + len(new) - len(old)]),
    )
