"""Whose fault it is. The student's and ours never share a type.

A `StudentFault` costs the points of the case that met it and stops nothing else. A `KitFault`
records no score and ends the run with exit code 2.
"""

from __future__ import annotations

from typing import ClassVar

from grader.language import Message, say
from grader.records import Verdict


class KitFault(Exception):
    """The kit itself is broken: a hidden test, the sandbox, the configuration."""


class BadFile(KitFault):
    """A file that a person wrote is wrong: one line that says file, place and remedy."""

    def __init__(self, reason: Message) -> None:
        super().__init__(reason)
        self.reason = reason


class NeedsReview(Exception):
    """No fault: the case earns its points, and a person should look; raised with the reason."""

    def __init__(self, reason: Message) -> None:
        super().__init__(str(reason))
        self.reason = reason


class StudentFault(Exception):
    """Something in the student's code.

    `message` may quote inputs, values and the student's own words; `guarded` is what is shown for
    a hidden case: the kind of mistake, and nothing that the student's code could choose.
    `diagnosis` names the known misconception where the check itself can tell it.
    """

    verdict: ClassVar[Verdict] = Verdict.FAILED

    def __init__(
        self, message: Message, guarded: Message | None = None, *, diagnosis: str = ""
    ) -> None:
        super().__init__(str(message))
        self.message = message
        self.guarded = guarded if guarded is not None else message
        self.diagnosis = diagnosis


class CheckFailed(StudentFault):
    """The code ran and the answer is wrong. `guarded` must be given where `message` has values."""


class CauseKnown(CheckFailed):
    """A check that knows the cause for certain: nothing before it in the chain is behind it."""


class NotDefined(StudentFault):
    """A name that the assignment asks for is missing."""

    verdict = Verdict.NOT_IMPLEMENTED

    def __init__(self, name: str) -> None:
        super().__init__(say("{name} is not defined in your file.", name=name))
        self.name = name


class NotImplementedYet(StudentFault):
    """The stub is as it was handed out."""

    verdict = Verdict.NOT_IMPLEMENTED

    def __init__(self, name: str) -> None:
        super().__init__(say("{name} is not implemented yet.", name=name))


class ReturnedNothing(StudentFault):
    """A method that was written returned None where a value is due."""

    def __init__(self, name: str) -> None:
        super().__init__(
            say(
                "{name} returned None: it came to its end without a `return` that gives the result.",
                name=name,
            )
        )
        self.name = name


class Crashed(StudentFault):
    """The student's code raised, or left the process."""

    verdict = Verdict.CRASHED


class PerhapsOurs(StudentFault):
    """A worker says that the kit's own code stopped in it.

    Workers are believed in nothing, so this costs what the case is worth; but a person is asked.
    """


class TimedOut(StudentFault):
    """The student's code did not return in time."""

    verdict = Verdict.TIMED_OUT


class BadValue(StudentFault):
    """What came back is no data that the contract allows (type, shape, size, finiteness)."""


class Diverged(BadValue):
    """NaN, infinity or what they leave, of a training whose network may be what is wrong."""


class Unreturned(BadValue):
    """Nothing came back, since the call raised where that is no reason to judge nothing."""

    verdict = Verdict.CRASHED
