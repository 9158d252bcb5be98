"""The gradebook as learning management systems read it: Canvas, Moodle, Gradescope.

Each module keeps to what that system's own importer does, as its published source or documentation
says. What cannot be sent goes into a file of its own, with the reason: nobody is left out silently.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path

from grader.language import Message, say
from grader.reports.exports import to_canvas, to_gradescope, to_moodle
from grader.reports.exports.export import Export
from grader.reports.exports.to_canvas import write_canvas
from grader.reports.exports.to_gradescope import write_gradescope
from grader.reports.exports.to_moodle import write_moodle

__all__ = ["FORMATS", "Export", "clear", "write"]

FORMATS: dict[str, Callable[[Export], list[Message]]] = {
    "canvas": write_canvas,
    "moodle": write_moodle,
    "gradescope": write_gradescope,
}


def write(name: str, export: Export) -> list[Message]:
    """Write one export. `name`: a key of FORMATS. Gives back what the person should know of it."""
    return FORMATS[name](export)


_WRITTEN = {
    "canvas": (to_canvas.NAME, to_canvas.LEFT_OUT),
    "moodle": (to_moodle.NAME, to_moodle.LEFT_OUT, to_moodle.WORKSHEET),
    "gradescope": (to_gradescope.FOLDER,),
}


def _remove(path: Path) -> None:
    """A file, or a folder of results; what else lies in the folder stays."""
    if path.is_file():
        path.unlink()
        return
    for result in path.glob("*/results.json"):
        result.unlink()
    for folder in (*path.iterdir(), path):
        with suppress(OSError):  # something else is in it
            folder.rmdir()


def clear(wanted: Collection[str], out: Path) -> list[Message]:
    """Remove what an earlier run wrote for systems that are no longer named: its grades grow old."""
    old = [
        out / name
        for system, names in _WRITTEN.items()
        if system not in wanted
        for name in names
        if (out / name).exists()
    ]
    for path in old:
        _remove(path)
    names = tuple(path.name for path in old)
    if not old:
        return []
    return [
        say(
            "Removed, because --format no longer names their system and their grades grow old: {names}.",
            names=names,
        )
    ]
