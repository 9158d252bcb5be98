"""What the command line was asked to grade, and how."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class BatchRequest:
    """An inbox to grade into an OUT folder."""

    paths: tuple[Path, ...]
    out: Path
    language: str
    public_only: bool = False
    workers: int | None = None
    cluster: str | None = None
    regrade: bool = False
    roster: Path | None = None
    deadline: str | None = None
    formats: tuple[str, ...] = ()
    unsafe: bool = False
