"""`bonus.py`, where anything of it is written: sent beside the program, checked as that is."""

from __future__ import annotations

import ast
import subprocess
import warnings
from collections.abc import Iterator
from pathlib import Path

from grader import portability
from grader.handout.stubs import untouched
from grader.handout.template import bonus
from grader.intake.reading import own_file
from grader.intake.reading.decoding import Unreadable
from grader.language import say
from grader.pack.checkup_source import (
    MOST_BYTES,
    START_SECONDS,
    import_findings,
    start_once,
    syntax_finding,
)
from grader.pack.complaints import Complaint, Severity

NAME = "bonus.py"
OWN = frozenset({"rnn"})  # the program, which is there when this is graded


def read(program: Path, source: str | None) -> tuple[str | None, tuple[Complaint, ...]]:
    """The text of the `bonus.py` beside the program, and what is wrong with it.

    None where there is none, or nothing of it is written. source: the program's own text.
    """
    path = program.with_name(NAME)
    if not path.is_file():
        return None, ()
    try:
        text = own_file.read(path).source or ""
    except Unreadable as unreadable:
        return None, (Complaint(Severity.ERROR, NAME, unreadable.trouble.reason),)
    if text.strip() == bonus().strip():
        return None, ()
    return _checked(text, source or "")


def _checked(text: str, source: str) -> tuple[str | None, tuple[Complaint, ...]]:
    if len(text.encode()) > MOST_BYTES:
        return None, (Complaint(Severity.ERROR, NAME, say("The program is larger than 1 MiB.")),)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an invalid escape in a string stops nothing
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return text, (syntax_finding(error, NAME),)
    stubs, asked = untouched(tree, bonus())
    if len(stubs) == len(asked):
        return None, ()
    needs = (*portability.needs_newer(text), *portability.needs_others(text))
    machine = (Complaint(Severity.WARNING, NAME, portability.words(n), n.line) for n in needs)
    return text, (*import_findings(tree, NAME, OWN), *machine, *_start(source, text))


def _start(source: str, text: str) -> Iterator[Complaint]:
    try:
        start = start_once(source, text)
    except subprocess.TimeoutExpired:
        message = say("The program does not start within {seconds} seconds.", seconds=START_SECONDS)
        yield Complaint(Severity.ERROR, NAME, message)
        return
    if start.error:
        message = say("Running the file ends with {error}", error=start.error)
        yield Complaint(Severity.WARNING, NAME, message, start.line)
