"""`OUT/scoring.sqlite`: every mark that a reader gave, every change of it, and the rubric as it is now.

A file of its own beside `results.sqlite`, so that the page works while a batch runs. Each call is one
transaction that has reached the disk when it returns. A mark is written against the version that its
writer saw: a second browser's change is a `Conflict`, never lost and never overwritten unseen.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from grader.faults import KitFault
from grader.scoring.marks import BONUS, Mark
from grader.scoring.rubric import Item, Rubric

NAME = "scoring.sqlite"
APPLICATION_ID = 0x6D6C3673  # "ml6s"
VERSION = 1
SCHEMA = """
CREATE TABLE facts (name TEXT PRIMARY KEY, fact TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE items (
    section TEXT NOT NULL,
    key TEXT NOT NULL,
    position INTEGER NOT NULL,
    points REAL NOT NULL,
    text TEXT NOT NULL, -- JSON by language
    removed INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (section, key)
) WITHOUT ROWID;
CREATE TABLE marks (
    student_id TEXT NOT NULL,
    section TEXT NOT NULL,
    reader TEXT NOT NULL,
    mark TEXT NOT NULL, -- JSON
    version INTEGER NOT NULL,
    PRIMARY KEY (student_id, section, reader)
) WITHOUT ROWID;
-- Rows are added and never changed: what was before, and what came.
CREATE TABLE history (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    reader TEXT NOT NULL,
    student_id TEXT NOT NULL, -- "" for a change of the rubric
    section TEXT NOT NULL,
    old TEXT NOT NULL,
    new TEXT NOT NULL
);
CREATE INDEX history_by_mark ON history (student_id, section, reader);
"""


class Conflict(Exception):
    """Somebody changed the mark since its writer saw it; `current` is what stands there now."""

    def __init__(self, current: Mark) -> None:
        super().__init__("the mark was changed meanwhile")
        self.current = current


class ScoreStore:
    """The marks of one OUT folder. Threads of one process may share it."""

    def __init__(self, out: Path, rubric: Rubric) -> None:
        self.path = out / NAME
        self._lock = threading.RLock()
        self._connection = _connect(self.path)
        self._sections = {section.number: section.points for section in rubric.section}
        self._seed(rubric)

    def close(self) -> None:
        self._connection.close()

    def salt(self) -> bytes:
        """Random bytes made with the store: what blind names are derived from."""
        with self._transaction():
            self._connection.execute(
                "INSERT OR IGNORE INTO facts VALUES ('salt', ?)", (secrets.token_hex(16),)
            )
        row = self._one("SELECT fact FROM facts WHERE name = 'salt'")
        return bytes.fromhex(row[0]) if row else b""

    # -- the rubric ----------------------------------------------------------------------------

    def items(self, section: str) -> tuple[Item, ...]:
        """The items of a section as they are now."""
        rows = self._all(
            "SELECT key, points, text FROM items WHERE section = ? AND NOT removed"
            " ORDER BY position, key",
            section,
        )
        return tuple(Item(key, points, json.loads(text)) for key, points, text in rows)

    def change_item(self, section: str, item: Item, reader: str) -> None:
        """Add an item, or change words and points of one: all marks that have it follow."""
        with self._transaction():
            old = next((each for each in self.items(section) if each.key == item.key), None)
            self._connection.execute(
                "INSERT INTO items (section, key, position, points, text) VALUES (?1, ?2,"
                " (SELECT coalesce(max(position), 0) + 1 FROM items WHERE section = ?1), ?3, ?4)"
                " ON CONFLICT DO UPDATE SET points = ?3, text = ?4, removed = 0",
                (section, item.key, item.points, _text(item.text)),
            )
            self._note(reader, "", section, _item(old), _item(item))

    def remove_item(self, section: str, key: str, reader: str) -> None:
        """Take an item off the rubric; marks keep its key, and it counts nothing."""
        with self._transaction():
            old = next((each for each in self.items(section) if each.key == key), None)
            self._connection.execute(
                "UPDATE items SET removed = 1 WHERE section = ? AND key = ?", (section, key)
            )
            self._note(reader, "", section, _item(old), {})

    def holders(self, section: str, key: str) -> tuple[Mark, ...]:
        """All marks that have this item."""
        return tuple(mark for mark in self.marks(section=section) if key in mark.items)

    # -- the marks -----------------------------------------------------------------------------

    def mark(self, student_id: str, section: str, reader: str) -> Mark:
        """The mark as it stands; an empty one of version 0 where there is none."""
        row = self._one(
            "SELECT mark, version FROM marks WHERE student_id = ? AND section = ? AND reader = ?",
            student_id,
            section,
            reader,
        )
        empty = Mark(student_id, section, reader)
        return empty if row is None else _mark(row[0], row[1])

    def marks(self, *, section: str = "", reader: str = "", student_id: str = "") -> list[Mark]:
        """All marks, or those of one section, reader or student, in the order of their last change."""
        rows = self._all(
            "SELECT mark, version FROM marks WHERE ?1 IN ('', section) AND ?2 IN ('', reader)"
            " AND ?3 IN ('', student_id)",
            section,
            reader,
            student_id,
        )
        return sorted((_mark(*row) for row in rows), key=lambda mark: mark.changed_at)

    def put(self, mark: Mark) -> Mark:
        """Write a mark whose `version` is the one that its writer saw. Raises `Conflict`."""
        with self._transaction():
            current = self.mark(mark.student_id, mark.section, mark.reader)
            if current.version != mark.version:
                raise Conflict(current)
            return self._write(mark, current)

    def undo(self, student_id: str, section: str, reader: str) -> Mark:
        """Bring back what stood there before the last change; nothing where there was none."""
        with self._transaction():
            current = self.mark(student_id, section, reader)
            row = self._one(
                "SELECT old FROM history WHERE student_id = ? AND section = ? AND reader = ?"
                " ORDER BY id DESC LIMIT 1 OFFSET ?",
                student_id,
                section,
                reader,
                self._undone(student_id, section, reader),
            )
            if row is None:
                return current
            before = _mark(row[0], current.version)
            return self._write(before, current, undo=True)

    def history(self, student_id: str = "") -> Iterator[dict[str, Any]]:
        """Every change, oldest first: of one student's marks, or with "" all and the rubric's."""
        rows = self._all(
            "SELECT at, reader, student_id, section, old, new FROM history"
            " WHERE ?1 IN ('', student_id) ORDER BY id",
            student_id,
        )
        for at, reader, whose, section, old, new in rows:
            yield {
                "at": at, "reader": reader, "student_id": whose, "section": section,
                "old": json.loads(old), "new": json.loads(new),
            }  # fmt: skip

    # -- inside --------------------------------------------------------------------------------

    def _seed(self, rubric: Rubric) -> None:
        """Items that the store does not know yet, from the file; what was edited here stays."""
        lists = [(section.number, section.items) for section in rubric.section]
        with self._transaction():
            self._connection.executemany(
                "INSERT OR IGNORE INTO items (section, key, position, points, text)"
                " VALUES (?, ?, ?, ?, ?)",
                [
                    (number, item.key, position, item.points, _text(item.text))
                    for number, items in [*lists, (BONUS, rubric.bonus)]
                    for position, item in enumerate(items)
                ],
            )

    def _write(self, mark: Mark, current: Mark, *, undo: bool = False) -> Mark:
        written = replace(mark, version=current.version + 1, changed_at=_now())
        self._connection.execute(
            "INSERT OR REPLACE INTO marks VALUES (?, ?, ?, ?, ?)",
            (mark.student_id, mark.section, mark.reader, _json(written), written.version),
        )
        new = {**_plain(written), "undo": True} if undo else _plain(written)
        self._note(mark.reader, mark.student_id, mark.section, _plain(current), new)
        return written

    def _undone(self, student_id: str, section: str, reader: str) -> int:
        """How many changes back the next undo goes: each undo before it used one, and is one."""
        news = self._all(
            "SELECT new FROM history WHERE student_id = ? AND section = ? AND reader = ?"
            " ORDER BY id DESC",
            student_id,
            section,
            reader,
        )
        undos = 0
        for (new,) in news:
            if not json.loads(new).get("undo"):
                break
            undos += 1
        return 2 * undos

    def _note(self, reader: str, student_id: str, section: str, old: object, new: object) -> None:
        self._connection.execute(
            "INSERT INTO history (at, reader, student_id, section, old, new)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (_now(), reader, student_id, section, _text(old), _text(new)),
        )

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def _all(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(query, values).fetchall()

    def _one(self, query: str, *values: object) -> tuple[Any, ...] | None:
        rows = self._all(query, *values)
        return rows[0] if rows else None


def _connect(path: Path) -> sqlite3.Connection:
    try:
        connection = sqlite3.connect(
            path, isolation_level=None, timeout=30.0, check_same_thread=False
        )
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            connection.executescript(SCHEMA)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {VERSION}")
    except sqlite3.DatabaseError as error:
        raise KitFault(
            f"{path.name} cannot be used: {error}. Move it away, or restore it."
        ) from error
    if version > VERSION:
        raise KitFault(f"{path.name} was written by a newer kit: use that one.")
    return connection


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _plain(mark: Mark) -> dict[str, Any]:
    return asdict(mark)


def _json(mark: Mark) -> str:
    return _text(_plain(mark))


def _mark(text: str, version: int) -> Mark:
    fields = json.loads(text)
    fields["items"] = tuple(fields["items"])
    fields.pop("undo", None)
    return replace(Mark(**fields), version=version)


def _item(item: Item | None) -> dict[str, Any]:
    return {} if item is None else {"key": item.key, "points": item.points, "text": item.text}
