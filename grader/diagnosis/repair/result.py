"""What a search found: for the instructor all of it, for the student at most the lines."""

from __future__ import annotations

from collections.abc import Sequence

from grader.diagnosis.repair.edits import Edit
from grader.diagnosis.repair.program import Program
from grader.diagnosis.repair.telling import told
from grader.diagnosis.repair.verify import Proven, edited
from grader.records import Repair, RepairEdit, RepairedLine


def of_one_line(program: Program, question: str, proven: Proven, seconds: float) -> Repair:
    """The repair from edits each of which is enough."""
    edits = tuple(_described(program, edit) for edit in proven.edits)
    numbers = _without_doubles(program, {(one.method, one.line) for one in edits})
    certain = numbers if len(numbers) == 1 and proven.settled else set()
    return _repair(program, question, edits, certain, seconds, together=False)


def of_several_lines(
    program: Program, question: str, needed: Sequence[Edit], seconds: float
) -> Repair:
    """The repair from edits all of which are needed."""
    edits = tuple(_described(program, edit) for edit in needed)
    numbers = {(one.method, one.line) for one in edits}
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


def _without_doubles(program: Program, numbers: set[tuple[str, int]]) -> set[tuple[str, int]]:
    """Of a line that stands twice in a row the second: it is the one too many."""
    return {
        (method, line)
        for method, line in numbers
        if (method, line + 1) not in numbers or program.line(line) != program.line(line + 1)
    }


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
