"""What everybody was given, and what therefore says nothing about anybody.

The skeleton, the template and the README of the handout, the model solution, and the snippets of the
lectures; a teacher names further files (`similar --given`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from grader.handout import template

SOLUTIONS = Path(__file__).parents[3] / "solutions"
SNIPPETS = Path(__file__).with_name("lecture_snippets.txt")


@dataclass(frozen=True, slots=True)
class HandedOut:
    """Texts that everybody had: programs, and prose."""

    programs: tuple[str, ...]
    prose: tuple[str, ...]


def handed_out(further: Iterable[Path] = ()) -> HandedOut:
    """All of it. Raises OSError where a file cannot be read."""
    more = tuple(path.read_bytes().decode("utf-8", "replace") for path in further)
    solved = [_read(path) for path in sorted(SOLUTIONS.glob("*.py"))]
    readme = _read(template.folder() / "README.md")
    return HandedOut(
        (template.skeleton(), *solved, _read(SNIPPETS), *more),
        (template.report(), _read(SOLUTIONS / "report.md"), readme, template.skeleton(), *more),
    )


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""
