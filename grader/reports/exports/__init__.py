"""The gradebook as learning management systems read it: Canvas, Moodle, Gradescope.

Each module keeps to what that system's own importer does, as its published source or documentation
says. What cannot be sent goes into a file of its own, with the reason: nobody is left out silently.
"""

from __future__ import annotations

from collections.abc import Callable

from grader.language import Message
from grader.reports.exports.canvas import write_canvas
from grader.reports.exports.gradescope import write_gradescope
from grader.reports.exports.moodle import write_moodle
from grader.reports.exports.source import Export

__all__ = ["FORMATS", "Export", "write"]

FORMATS: dict[str, Callable[[Export], list[Message]]] = {
    "canvas": write_canvas,
    "moodle": write_moodle,
    "gradescope": write_gradescope,
}


def write(name: str, export: Export) -> list[Message]:
    """Write one export. `name`: a key of FORMATS. Gives back what the person should know of it."""
    return FORMATS[name](export)
