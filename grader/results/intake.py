"""What came in besides the submissions: the shape of an intake, and what was wrong with it.

`grader.intake` makes these; the store and the reports know them only from here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from grader.language import Message
from grader.records import FileRecord, Submission


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be read, named or paired, and what to do about it."""

    file: str
    sha256: str
    reason: Message
    action: Message
    student_id: str = ""  # empty where unknown


class ProblemLike(Protocol):
    """Whatever has the fields of a `Problem`."""

    @property
    def file(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    @property
    def reason(self) -> Message: ...
    @property
    def action(self) -> Message: ...
    @property
    def student_id(self) -> str: ...


class IntakeLike(Protocol):
    """What `grader.intake.collect` returns."""

    @property
    def submissions(self) -> Iterable[Submission]: ...
    @property
    def superseded(self) -> Iterable[Submission]: ...
    @property
    def problems(self) -> Iterable[ProblemLike]: ...
    @property
    def files(self) -> Iterable[FileRecord]: ...
