"""Every file of an OUT folder besides its store.

All of them follow from the store and from what people keep beside it: `written.csv` and
`overrides.csv`.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.assignment import Assignment
from grader.language import Message, say
from grader.records import Problem
from grader.reports import exports, gradebook
from grader.reports.exports import Export
from grader.reports.gradebook import Gradebook
from grader.reports.tables import write_csv
from grader.results import changes, documents
from grader.results.codec import decode
from grader.results.overrides import READING, Override
from grader.results.reader import StoreReader
from grader.results.store import Store

# The fact in the store that says which decisions the last run knew when it read the files.
READ = "overrides"


@dataclass(frozen=True, slots=True)
class Outputs:
    """What was found on the way: `mistakes` in the tables that people keep, `notes` to tell them."""

    mistakes: tuple[Problem, ...]
    notes: tuple[Message, ...]


def write_all(store: Store, out: Path, language: str, assignment: Assignment) -> Outputs:
    """Write documents, gradebook, changes, exports and pages, all anew.

    Raises KitFault as the store does, BadFile as the exports do, OSError where OUT cannot be
    written.
    """
    book = gradebook.read(store, out, assignment)
    store.decide(book.decided.rows)
    documents.write_all(store, out, language)
    gradebook.write_all(book, store, out, language)
    _write_changes(store, out)
    export = Export(store, out, language, book)
    formats = book.course.formats or ()
    notes = [note for name in formats for note in exports.write(name, export)]
    notes += exports.clear(formats, out)
    notes += _pending(store, book)
    # Drawing takes matplotlib, a second to load: not before it is needed.
    pages = importlib.import_module("grader.reports.pages.all_pages")
    pages.write_all(store, out, language, book)
    return Outputs(book.mistakes, tuple(notes))


def _pending(store: StoreReader, book: Gradebook) -> Iterator[Message]:
    """Decisions about what is read, made since the last run that read."""
    read = store.fact(READ)
    known = set(decode(read, tuple[Override, ...])) if read else set()
    waiting = [row for row in book.decided.rows if row.what in READING and row not in known]
    if waiting:
        yield say(
            "overrides.csv: {count} rows about deadlines, files and ids take full effect with the next `grade`, which reads the files again.",
            count=len(waiting),
        )


def _write_changes(store: StoreReader, out: Path) -> None:
    """`changes.csv`, of the last run that gave somebody another grade in place of an old one."""
    run = store.last_run()
    rows = list(changes.rows(store.replaced(run))) if run else []
    if run and (rows or run.regrade):
        write_csv(out / "changes.csv", changes.COLUMNS, rows)
