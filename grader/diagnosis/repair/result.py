"""What a search found: for the instructor all of it, for the student at most one line."""

from __future__ import annotations

from dataclasses import dataclass

from grader.diagnosis.repair.edits import Edit
from grader.diagnosis.repair.program import Program
from grader.diagnosis.repair.verify import Proven, edited


@dataclass(frozen=True, slots=True)
class Alternative:
    """One edit that makes everything right: what stands there, and what would."""

    kind: str
    method: str
    line: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Repair:
    """Edits of a question that were verified, the most plausible first.

    `line`: the only line on which they all stand, 0 where there are several.
    """

    question: str
    alternatives: tuple[Alternative, ...]
    line: int
    method: str
    code: str  # the student's own line
    seconds: float

    @classmethod
    def of(cls, program: Program, question: str, proven: Proven, seconds: float) -> Repair:
        """From what was verified."""
        alternatives = tuple(_alternative(program, edit) for edit in proven.edits)
        lines = _without_doubles(program, {(one.method, one.line) for one in alternatives})
        method, line = lines.pop() if len(lines) == 1 and proven.settled else ("", 0)
        code = program.line(line) if line else ""
        return cls(question, alternatives, line, method, code, round(seconds, 3))


def _without_doubles(
    program: Program, lines: set[tuple[str, int]]
) -> set[tuple[str, int]]:
    """Of a line that stands twice in a row the second: it is the one too many."""
    return {
        (method, line)
        for method, line in lines
        if (method, line + 1) not in lines or program.line(line) != program.line(line + 1)
    }


def _alternative(program: Program, edit: Edit) -> Alternative:
    """The lines that an edit changes, before and after."""
    first = program.line_at(min(change.start for change in edit.changes))
    last = program.line_at(max(change.end for change in edit.changes))
    old = program.text.decode().split("\n")
    new = edited(program, (edit,)).split("\n")
    after = new[first - 1 : last + len(new) - len(old)]
    return Alternative(
        edit.kind,
        edit.unit.label,
        edit.line,
        "\n".join(line.strip() for line in old[first - 1 : last]),
        "\n".join(line.strip() for line in after),
    )
