"""The shape of an intake: what `grader.intake` makes, and the store keeps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from grader.records import FileRecord, Problem, Submission


class IntakeLike(Protocol):
    """What `grader.intake.collect` returns."""

    @property
    def submissions(self) -> Iterable[Submission]: ...
    @property
    def superseded(self) -> Iterable[Submission]: ...
    @property
    def problems(self) -> Iterable[Problem]: ...
    @property
    def files(self) -> Iterable[FileRecord]: ...
