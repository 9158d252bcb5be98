"""What the command line was asked to grade, and how."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeRequest:
    """The options of `grade`: one's own work, or with `out` and without `local` an inbox."""

    paths: tuple[Path, ...]
    language: str
    lang: str | None = None  # the language where it was given, to be kept
    out: Path | None = None
    unsafe: bool = False
    public_only: bool = False
    # One's own work.
    local: bool = False
    who: str = ""
    question: str = ""
    plots: bool = False
    many: bool = False  # other gradings follow, see `grading.Settings`
    # An inbox.
    workers: int | None = None
    cluster: str | None = None
    regrade: bool = False
    roster: Path | None = None
    deadline: str | None = None
    late_penalty: float | None = None
    formats: tuple[str, ...] = ()
    assignment_id: str | None = None
    worksheet: Path | None = None
