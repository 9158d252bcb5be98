"""What is found before a submission is sent."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from grader.language import Message


class Severity(StrEnum):
    """Fatal: nothing can be written. Error: blocks, unless forced. Warning: worth a look."""

    FATAL = "fatal"
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing to put right, and where."""

    severity: Severity
    file: str
    message: Message
    line: int = 0  # 1-based; 0 where no line is meant


def blocking(findings: tuple[Complaint, ...], *, force: bool) -> tuple[Complaint, ...]:
    """The findings that keep the submission from being written."""
    stops = {Severity.FATAL} if force else {Severity.FATAL, Severity.ERROR}
    return tuple(finding for finding in findings if finding.severity in stops)
