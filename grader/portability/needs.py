"""One thing that a program needs and a machine may lack."""

from __future__ import annotations

from dataclasses import dataclass

from grader.language import Message

Version = tuple[int, int]  # (3, 12)

PYTHON, PROCESS, PROGRAM, NETWORK = "python", "process", "program", "network"


@dataclass(frozen=True, slots=True)
class Need:
    """What a line needs: a newer Python (then `version`), another process or program, a network."""

    line: int
    kind: str
    what: str | Message  # "typing.override", or what the syntax is called
    version: Version = (0, 0)
