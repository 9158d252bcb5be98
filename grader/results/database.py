"""The SQLite file below the store: how it is opened, made, recognised and written to.

Write-ahead log, so that a report can be read while a batch is written; every commit reaches the
disk (`synchronous = FULL`), which costs milliseconds where grading costs a second.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.faults import KitFault
from grader.language import say

APPLICATION_ID = 0x6D6C366B  # "ml6k"
VERSION = 2

SCHEMA = """
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    kit TEXT NOT NULL,
    variant TEXT NOT NULL,
    regrade INTEGER NOT NULL,
    started_at TEXT NOT NULL,
    finished_at TEXT
);
-- What a report needs to know of the last run: the deadline, say.
CREATE TABLE facts (name TEXT PRIMARY KEY, fact TEXT NOT NULL) WITHOUT ROWID;
-- One row a student: the submission that counts, and the grade that it has now.
CREATE TABLE students (
    student_id TEXT PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES runs,
    position INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    card TEXT NOT NULL, -- the submission without what was written in it
    content TEXT NOT NULL, -- its program and report
    grade_id INTEGER REFERENCES grades
);
CREATE INDEX students_by_run ON students (run_id, position);
-- Every grade ever given. Rows are added and never changed or deleted.
CREATE TABLE grades (
    id INTEGER PRIMARY KEY,
    student_id TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    kit TEXT NOT NULL,
    run_id INTEGER NOT NULL REFERENCES runs,
    graded_at TEXT NOT NULL,
    status TEXT NOT NULL,
    grade TEXT NOT NULL,
    replaces INTEGER REFERENCES grades
);
CREATE INDEX grades_by_key ON grades (student_id, sha256, kit);
CREATE INDEX grades_by_run ON grades (run_id);
CREATE TABLE exhibits (
    grade_id INTEGER NOT NULL REFERENCES grades,
    position INTEGER NOT NULL,
    exhibit TEXT NOT NULL,
    png BLOB NOT NULL,
    PRIMARY KEY (grade_id, position)
) WITHOUT ROWID;
CREATE TABLE files (
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    role TEXT NOT NULL,
    run_id INTEGER NOT NULL REFERENCES runs,
    file TEXT NOT NULL,
    PRIMARY KEY (name, sha256)
) WITHOUT ROWID;
CREATE TABLE problems (
    id INTEGER PRIMARY KEY,
    file TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    run_id INTEGER NOT NULL REFERENCES runs,
    problem TEXT NOT NULL
);
CREATE TABLE superseded (
    id INTEGER PRIMARY KEY,
    student_id TEXT NOT NULL,
    run_id INTEGER NOT NULL REFERENCES runs,
    card TEXT NOT NULL,
    content TEXT NOT NULL
);
"""
# Since format 2: what a person decided, when, and until when it held. Rows are never deleted.
OVERRIDES = """
CREATE TABLE IF NOT EXISTS overrides (
    id INTEGER PRIMARY KEY,
    student_id TEXT NOT NULL,
    override TEXT NOT NULL,
    since TEXT NOT NULL,
    until TEXT
);
"""


def connect(path: Path) -> sqlite3.Connection:
    """Open the store's file, or make it. Raises KitFault where it is damaged, foreign or newer."""
    with translated(path):
        connection = sqlite3.connect(path, isolation_level=None, timeout=30.0)
    try:
        with translated(path):
            _prepare(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if not tables:
        connection.execute("PRAGMA journal_mode = WAL")
        with transaction(connection, path):
            _create(connection)
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if application != APPLICATION_ID:
        raise KitFault(
            say(
                "{file} is not a result store of this kit. Choose another OUT folder, or move that "
                "file away.",
                file=path.name,
            )
        )
    if version > VERSION:
        raise KitFault(
            say(
                "{file} was written by a newer kit (format {version}; this kit knows {known}). "
                "Use that kit, or another OUT folder.",
                file=path.name,
                version=version,
                known=VERSION,
            )
        )
    if version < VERSION:
        with transaction(connection, path):
            connection.execute(OVERRIDES)
            connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _create(connection: sqlite3.Connection) -> None:
    # Another process may have made the tables between our look and our lock.
    if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        return
    for statement in (SCHEMA + OVERRIDES).split(";"):
        if statement.strip():
            connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {VERSION}")


@contextmanager
def transaction(connection: sqlite3.Connection, path: Path) -> Iterator[None]:
    """All of the block or nothing of it, whatever happens."""
    with translated(path):
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            # A full disk has rolled it back already.
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """SQLite's errors in words that say what to do."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise KitFault(
            say(
                "{file} cannot be used: {reason}. What was graded before is kept; mend that and "
                "give the same command again.",
                file=path.name,
                reason=str(error),
            )
        ) from error
    except sqlite3.DatabaseError as error:
        raise KitFault(
            say(
                "{file} is damaged ({reason}). Move it away and grade again, or bring it back from "
                "a backup.",
                file=path.name,
                reason=str(error),
            )
        ) from error
