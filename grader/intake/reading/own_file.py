"""One's own file, read at home by the rules that the intake reads it with in class."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from grader.intake.collection import Trouble
from grader.intake.reading.decoding import Unreadable, cookie, decode
from grader.intake.reading.filenames import split_suffix
from grader.intake.reading.kinds import KIND_OF
from grader.intake.reading.magics import EXPORTED, without_magics
from grader.language import Message, say

_COOKIE = re.compile(r"coding[:=][ \t]*[-\w.]+")


@dataclass(frozen=True, slots=True)
class OwnFile:
    """What a file holds: a program, a report, or as a notebook both; and what to know about it."""

    source: str | None
    report: str | None
    notes: tuple[Message, ...] = ()


def kind(path: Path) -> str:
    """What a file is by its name, as in class: python, notebook, report, ...; "" if nothing."""
    return KIND_OF.get(split_suffix(path.name, KIND_OF.__contains__)[1], "")


def is_notebook(path: Path) -> bool:
    return kind(path) == "notebook"


def read(path: Path) -> OwnFile:
    """Read a .py, .ipynb or .md. Raises `Unreadable`, or OSError where the file cannot be had."""
    data = path.read_bytes()
    if is_notebook(path):
        return _notebook(path, data)
    if kind(path) == "report":
        decoded = decode(data)
        return OwnFile(None, decoded.text, decoded.notes)
    decoded = decode(data, python=True)
    source = _as_utf8(decoded.text) if cookie(data) else decoded.text
    if EXPORTED.search(source) and "get_ipython()" in source:
        source = without_magics(source)
    return OwnFile(source, None, decoded.notes)


def _notebook(path: Path, data: bytes) -> OwnFile:
    from grader.intake.reading.notebooks import read_notebook  # noqa: PLC0415  # loads NumPy

    decoded = decode(data)
    try:
        notebook = read_notebook(decoded.text)
    except Exception as error:
        reason = say("{file} is damaged or no notebook: save it again in Jupyter.", file=path.name)
        action = say("Ask the student to send it again.")
        raise Unreadable(Trouble(reason, action)) from error
    notes = (*decoded.notes, *notebook.notes)
    return OwnFile(notebook.program, notebook.report or None, notes)


def _as_utf8(source: str) -> str:
    """A declared encoding must not contradict the bytes that are sent."""
    lines = source.split("\n")
    head = [
        _COOKIE.sub("coding: utf-8", line) if line.startswith("#") else line for line in lines[:2]
    ]
    return "\n".join([*head, *lines[2:]])
