"""The gradebook as learning management systems read it: Canvas, Moodle, Gradescope.

Each module keeps to what that system's own importer does, as its published source or documentation
says. What cannot be sent goes into a file of its own, with the reason: nobody is left out silently.
"""

from __future__ import annotations

from collections.abc import Callable

from grader.language import Message
from grader.reports.exports.export import Export
from grader.reports.exports.to_canvas import write_canvas
from grader.reports.exports.to_gradescope import write_gradescope
from grader.reports.exports.to_moodle import write_moodle

__all__ = ["FORMATS", "Export", "write"]

FORMATS: dict[str, Callable[[Export], list[Message]]] = {
    "canvas": write_canvas,
    "moodle": write_moodle,
    "gradescope": write_gradescope,
}


def write(name: str, export: Export) -> list[Message]:
    """Write one export. `name`: a key of FORMATS. Gives back what the person should know of it."""
    return FORMATS[name](export)
