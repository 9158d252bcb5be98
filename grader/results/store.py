"""The store of one OUT folder: what came in, every grade ever given, and which one counts.

A grade is found again by student, content and kit (`Submission.sha256` and whatever decides a
grade), so that a killed batch goes on where it stopped. Grades are only ever added: a regrade
points the student to the new one and keeps the old. One transaction a submission.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime

from grader.records import (
    Exhibit,
    FileRecord,
    Grade,
    Status,
    Submission,
)
from grader.results import database
from grader.results.codec import encode, split
from grader.results.intake import IntakeLike
from grader.results.overrides import Override
from grader.results.reader import NAME, Run, StoreReader

__all__ = ["NAME", "Run", "Store"]


class Store(StoreReader):
    """`OUT/results.sqlite`, written by one process: the coordinator."""

    _run: Run | None = None

    @property
    def run(self) -> Run:
        """The run that `begin` began."""
        if self._run is None:
            raise RuntimeError("begin() comes first")
        return self._run

    def begin(self, kit: str, *, variant: str = "", regrade: bool = False) -> Run:
        """A new run, or the last one where it was stopped before its end and asks for the same."""
        asked = (kit, variant, int(regrade))
        with self._transaction():
            last = self._one(
                "SELECT id, kit, variant, regrade FROM runs"
                " WHERE finished_at IS NULL AND id = (SELECT max(id) FROM runs)"
            )
            if last is not None and last[1:] == asked:
                number = int(last[0])
            else:
                number = _row_id(
                    self._connection.execute(
                        "INSERT INTO runs (kit, variant, regrade, started_at) VALUES (?, ?, ?, ?)",
                        (*asked, _now()),
                    )
                )
        self._run = Run(number, kit, variant, regrade)
        return self._run

    def finish(self) -> None:
        """Mark the run as done: the next one begins anew."""
        with self._transaction():
            self._connection.execute(
                "UPDATE runs SET finished_at = ? WHERE id = ?", (_now(), self.run.id)
            )

    def remember(self, name: str, fact: str) -> None:
        """Keep a fact about this run for later reports."""
        with self._transaction():
            self._connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, fact))

    def decide(self, rows: Iterable[Override]) -> None:
        """Note the decisions that hold now; those that no longer stand there end today."""
        with self._transaction():
            open_rows = "SELECT id, override FROM overrides WHERE until IS NULL ORDER BY id"
            held = {text: number for number, text in self._all(open_rows, ())}
            now = {encode(row): row for row in rows}
            self._connection.executemany(
                "UPDATE overrides SET until = ? WHERE id = ?",
                [(_now(), number) for text, number in held.items() if text not in now],
            )
            self._connection.executemany(
                "INSERT INTO overrides (student_id, override, since) VALUES (?, ?, ?)",
                [(row.student_id, text, _now()) for text, row in now.items() if text not in held],
            )

    def admit(self, submissions: Iterable[Submission]) -> None:
        """Note which submission of each student counts, in the order in which they are graded."""
        with self._transaction():
            self._connection.executemany(
                "INSERT INTO students (student_id, run_id, position, sha256, card, content)"
                " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (student_id) DO UPDATE SET"
                " run_id = excluded.run_id, position = excluded.position,"
                " card = excluded.card, content = excluded.content, sha256 = excluded.sha256,"
                # Other content has no grade yet.
                " grade_id = CASE WHEN students.sha256 = excluded.sha256 THEN grade_id END",
                (
                    (each.student_id, self.run.id, position, each.sha256, *split(each))
                    for position, each in enumerate(submissions)
                ),
            )

    def save_intake(self, intake: IntakeLike) -> None:
        """Everything that came in: submissions, files, problems and superseded submissions.

        What an earlier run left about the same files and students is replaced; about others kept.
        """
        self.admit(intake.submissions)
        with self._transaction():
            self._save_files(intake.files)
            self._save_problems(intake)
            self._save_superseded(intake.superseded)
            self._drop_ghosts()

    def _save_files(self, files: Iterable[FileRecord]) -> None:
        self._connection.executemany(
            "INSERT INTO files VALUES (?, ?, ?, ?, ?) ON CONFLICT (name, sha256) DO UPDATE SET"
            " run_id = excluded.run_id, role = excluded.role, file = excluded.file",
            ((file.name, file.sha256, file.role, self.run.id, encode(file)) for file in files),
        )

    def _save_problems(self, intake: IntakeLike) -> None:
        self._connection.execute(
            "DELETE FROM problems WHERE run_id = ?1"
            " OR file IN (SELECT name FROM files WHERE run_id = ?1)"
            " OR sha256 IN (SELECT sha256 FROM files WHERE run_id = ?1)",
            (self.run.id,),
        )
        self._connection.executemany(
            "INSERT INTO problems (file, sha256, run_id, problem) VALUES (?, ?, ?, ?)",
            ((each.file, each.sha256, self.run.id, encode(each)) for each in intake.problems),
        )

    def _save_superseded(self, superseded: Iterable[Submission]) -> None:
        self._connection.execute(
            "DELETE FROM superseded WHERE run_id = ?1"
            " OR student_id IN (SELECT student_id FROM students WHERE run_id = ?1)",
            (self.run.id,),
        )
        self._connection.executemany(
            "INSERT INTO superseded (student_id, run_id, card, content) VALUES (?, ?, ?, ?)",
            ((each.student_id, self.run.id, *split(each)) for each in superseded),
        )

    def _drop_ghosts(self) -> None:
        """A file without a name that has been renamed since is no longer a student of its own."""
        self._connection.execute(
            "DELETE FROM students WHERE run_id <> ?1 AND student_id LIKE 'unknown-%'"
            " AND sha256 IN (SELECT sha256 FROM students WHERE run_id = ?1)",
            (self.run.id,),
        )

    def settle(self, submission: Submission) -> bool:
        """Whether the submission has its grade already; if so, that grade is now the one it has.

        A fault of the kit's is no grade. In a regrade only what this very run gave counts.
        """
        found = self._one(
            "SELECT id FROM grades WHERE student_id = ? AND sha256 = ? AND kit = ?"
            " AND status <> ? AND (run_id = ? OR NOT ?) ORDER BY id DESC",
            (*self._key(submission), Status.KIT_FAULT, self.run.id, int(self.run.regrade)),
        )
        if found is None:
            return False
        with self._transaction():
            self._point(submission.student_id, found[0])
        return True

    def record(self, submission: Submission, grade: Grade) -> None:
        """Add a grade and make it the one that the student has: one transaction."""
        bare = replace(grade, exhibits=())
        with self._transaction():
            cursor = self._connection.execute(
                "INSERT INTO grades (student_id, sha256, kit, run_id, graded_at, status, grade,"
                " replaces) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *self._key(submission),
                    self.run.id,
                    _now(),
                    grade.status,
                    encode(bare),
                    self._replaced(grade, submission.student_id),
                ),
            )
            self._save_exhibits(_row_id(cursor), grade.exhibits)
            self._point(submission.student_id, _row_id(cursor))

    def _replaced(self, grade: Grade, student_id: str) -> int | None:
        """The grade whose place a new one takes: the last from before this run. Faults are none."""
        if grade.status is Status.KIT_FAULT:
            return None
        found = self._one(
            "SELECT id FROM grades WHERE student_id = ? AND run_id <> ? AND status <> ?"
            " ORDER BY id DESC",
            (student_id, self.run.id, Status.KIT_FAULT),
        )
        return int(found[0]) if found else None

    def _save_exhibits(self, grade_id: int, exhibits: tuple[Exhibit, ...]) -> None:
        self._connection.executemany(
            "INSERT INTO exhibits VALUES (?, ?, ?, ?)",
            (
                (grade_id, position, encode(replace(each, png=b"")), each.png)
                for position, each in enumerate(exhibits)
            ),
        )

    def _point(self, student_id: str, grade_id: int) -> None:
        self._connection.execute(
            "UPDATE students SET grade_id = ? WHERE student_id = ?", (grade_id, student_id)
        )

    def _key(self, submission: Submission) -> tuple[str, str, str]:
        return submission.student_id, submission.sha256, self.run.key

    def _transaction(self) -> AbstractContextManager[None]:
        return database.transaction(self._connection, self.path)


def _row_id(cursor: sqlite3.Cursor) -> int:
    return int(cursor.lastrowid or 0)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
