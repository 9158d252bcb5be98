"""Every file of an OUT folder besides its store; all of them follow from the store alone."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path

from grader.assignment import Assignment
from grader.records import Problem
from grader.reports import exports, gradebook
from grader.reports.tables import write_csv
from grader.results import changes, documents
from grader.results.reader import StoreReader


def write_all(
    store: StoreReader,
    out: Path,
    language: str,
    assignment: Assignment,
    formats: Sequence[str] = (),
) -> list[Problem]:
    """Write documents, gradebook, changes, exports and pages.

    Gives back what is wrong with `written.csv`. Raises KitFault as the store and the exports do,
    OSError where OUT cannot be written.
    """
    documents.write_all(store, out, language)
    problems = gradebook.write_all(store, out, language, assignment)
    _write_changes(store, out)
    for name in formats:
        exports.write(name, store, out, language, assignment)
    # Drawing takes matplotlib, a second to load: not before it is needed.
    pages = importlib.import_module("grader.reports.pages.all_pages")
    pages.write_all(store, out, language)
    return problems


def _write_changes(store: StoreReader, out: Path) -> None:
    """`changes.csv`, of the last run that gave somebody another grade in place of an old one."""
    run = store.last_run()
    rows = list(changes.rows(store.replaced(run))) if run else []
    if run and (rows or run.regrade):
        write_csv(out / "changes.csv", changes.COLUMNS, rows)
