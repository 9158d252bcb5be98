"""Copies disguised by hand, where no rule of `disguises` would do: programs/NAME.py with their sources."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent / "handmade"


def copies() -> dict[str, tuple[str, str]]:
    """(source's name, text) of each: a file is called SOURCE--HOW.py."""
    return {
        path.stem: (path.stem.partition("--")[0], path.read_text(encoding="utf-8"))
        for path in sorted(HERE.glob("*--*.py"))
    }
