"""What a student reads of a repair: the method, the line and their own code, never the edit."""

from __future__ import annotations

from collections.abc import Sequence

from grader.language import Message, Value, say
from grader.records import RepairEdit, RepairedLine
from grader.sandbox.fault_messages import plain

ADDS = "line missing"  # the kind of edit that leaves its line and adds another
LONGEST = 160  # characters of a line of code

RIGHT = {
    "q4_2": say("all outputs and hidden states"),
    "q4_3": say("every gradient"),
    "q4_4": say("every update"),
    "q4_6": say("both new states"),
}


def told(
    question: str, lines: Sequence[RepairedLine], edits: Sequence[RepairEdit]
) -> Message | None:
    """One sentence, or none where no line is certain."""
    if not lines:
        return None
    first = lines[0]
    if len(lines) > 1:
        return say(
            "Changing these {count} lines together makes {what} right: {lines}.",
            count=len(lines),
            what=RIGHT[question],
            lines=tuple(str(one.line) for one in lines),
        )
    values: dict[str, Value] = {
        "line": first.line,
        "method": first.method,
        "what": RIGHT[question],
        "code": plain(first.code, LONGEST),
    }
    if all(edit.kind == ADDS for edit in edits):
        return say(
            "One more line after line {line} of {method} makes {what} right. Line {line}: {code}",
            **values,
        )
    return say(
        "Changing line {line} of {method} alone makes {what} right. Line {line}: {code}", **values
    )


def told_of_parts(parts: Sequence[str], lines: Sequence[RepairedLine]) -> Message:
    """What changing these lines makes right, where more than that is wrong."""
    first = lines[0]
    if len(lines) > 1:
        return say(
            "Changing these {count} lines together makes {parts} right, though not yet all: {lines}.",
            count=len(lines),
            parts=tuple(parts),
            lines=tuple(str(one.line) for one in lines),
        )
    return say(
        "Changing line {line} of {method} alone makes {parts} right, though not yet all. Line {line}: {code}",
        line=first.line,
        method=first.method,
        parts=tuple(parts),
        code=plain(first.code, LONGEST),
    )
