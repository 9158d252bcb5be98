"""What in a program depends on the machine that runs it, told from its text alone.

`needs_newer` finds syntax and names of the standard library that an older Python has not;
`needs_others` finds other processes, other programs and the network, which no worker has. Nothing
is run. Both give `Need`s in the order of the lines, and `words` says one to the student.
"""

from __future__ import annotations

import ast
from contextlib import suppress

from grader.language import Message, say
from grader.portability import library, others, syntax
from grader.portability.needs import NETWORK, PROCESS, PROGRAM, PYTHON, Need, Version

__all__ = ["OLDEST", "Need", "Version", "needs_newer", "needs_others", "words"]

OLDEST: Version = (3, 11)  # the oldest Python that the README promises


def needs_newer(source: str, version: Version = OLDEST) -> list[Need]:
    """Where a program needs a newer Python than `version`, which may be older than the running one."""
    tree = _parsed(source)
    found = syntax.newer(source, version)
    if tree is not None:
        found += library.newer(tree, version)
    return sorted(found, key=lambda need: need.line)


def needs_others(source: str) -> list[Need]:
    """Where a program starts other processes or programs, or asks the network; [] if it cannot be read."""
    tree = _parsed(source)
    return [] if tree is None else sorted(others.found(tree), key=lambda need: need.line)


def words(need: Need, running: Version | None = None) -> Message:
    """A need in one sentence; `running`: the Python that has met it."""
    if need.kind == PYTHON:
        wanted = _dotted(need.version)
        if running is None:
            return say(
                "Line {line}: {what} needs Python {version}; the grader may run {oldest}. Write it "
                "so that {oldest} can read it as well.",
                line=need.line, what=need.what, version=wanted, oldest=_dotted(OLDEST),
            )  # fmt: skip
        return say(
            "Line {line}: {what} needs Python {version}; this grader runs {running}. A person decides.",
            line=need.line, what=need.what, version=wanted, running=_dotted(running),
        )  # fmt: skip
    consequence = {
        PROCESS: say("The grader starts no other processes: use a plain loop, or threads."),
        PROGRAM: say("The grader runs no other programs."),
        NETWORK: say("The grader has no network: make the data in the program itself."),
    }
    return say(
        "Line {line}: {what}. {consequence}",
        line=need.line, what=need.what, consequence=consequence[need.kind],
    )  # fmt: skip


def _parsed(source: str) -> ast.Module | None:
    with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.parse(source)
    return None


def _dotted(version: Version) -> str:
    return ".".join(map(str, version))
