"""Reading an OUT folder's store: what came in, and the grade that each student has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from grader.faults import KitFault
from grader.language import say
from grader.records import (
    Exhibit,
    FileRecord,
    Grade,
    Problem,
    Status,
    Submission,
)
from grader.results import database
from grader.results.codec import decode, join
from grader.results.overrides import Override

NAME = "results.sqlite"
CURRENT = (
    "SELECT students.card, grades.grade, grades.id FROM students"
    " JOIN grades ON grades.id = students.grade_id"
)
Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class Run:
    """One call of the grader on this OUT; a killed one goes on under its own number."""

    id: int
    kit: str  # what `Grade.kit` says: all that decides a grade
    variant: str  # what besides makes a grade another one: public cases only, say
    regrade: bool

    @property
    def key(self) -> str:
        """The kit's part of a grade's key in the store."""
        return f"{self.kit}+{self.variant}" if self.variant else self.kit


@dataclass(frozen=True, slots=True)
class Decision:
    """An override and when it held: `until` is empty while it does."""

    override: Override
    since: str
    until: str


class StoreReader:
    """`OUT/results.sqlite`, read. Every method raises KitFault where the file cannot be used."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection = database.connect(path)

    @classmethod
    def existing(cls, out: Path) -> Self:
        """The store of an OUT folder that has one."""
        path = out / NAME
        if not path.is_file():
            raise KitFault(
                say("There is no {file} in {out}: grade something first.", file=NAME, out=str(out))
            )
        return cls(path)

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def submissions(self, run: Run | None = None) -> Iterator[Submission]:
        """The submissions that count: of one run in its order, or all by student id."""
        if run is None:
            query = "SELECT card, content FROM students ORDER BY student_id"
            yield from (join(*row) for row in self._rows(query))
            return
        # Page by page: the caller writes between two rows.
        position = -1
        while True:
            page = self._all(
                "SELECT card, content, position FROM students WHERE run_id = ? AND position > ?"
                " ORDER BY position LIMIT 8",
                (run.id, position),
            )
            if not page:
                return
            yield from (join(card, content) for card, content, _ in page)
            position = page[-1][-1]

    def cards(self) -> Iterator[Submission]:
        """The submissions that count, by student id, without program and report."""
        query = "SELECT card FROM students ORDER BY student_id"
        yield from self._decoded(query, (), Submission)

    def submission(self, student_id: str) -> Submission | None:
        """The submission that counts of one student."""
        row = self._one("SELECT card, content FROM students WHERE student_id = ?", (student_id,))
        return join(*row) if row else None

    def count(self, run: Run) -> int:
        """How many submissions the run is about."""
        row = self._one("SELECT count(*) FROM students WHERE run_id = ?", (run.id,))
        return int(row[0]) if row else 0

    def student_ids(self) -> tuple[str, ...]:
        """Everybody who has a row in the gradebook."""
        return tuple(row[0] for row in self._rows("SELECT student_id FROM students ORDER BY 1"))

    def grades(self, *, exhibits: bool = False) -> Iterator[Grade]:
        """Give the grade that each student has, by student id.

        Name, time and files are as they last came in. Exhibits are left out unless asked for:
        they are most of the bytes.
        """
        for card, text, grade_id in self._rows(f"{CURRENT} ORDER BY students.student_id"):
            shown = self._exhibits(grade_id) if exhibits else ()
            yield _as_it_came(decode(text, Grade), decode(card, Submission), shown)

    def grade(self, student_id: str) -> Grade | None:
        """The grade that one student has, with its exhibits."""
        row = self._one(f"{CURRENT} WHERE students.student_id = ?", (student_id,))
        if row is None:
            return None
        shown = self._exhibits(row[2])
        return _as_it_came(decode(row[1], Grade), decode(row[0], Submission), shown)

    def waiting(self) -> Iterator[Submission]:
        """Cards of submissions without a grade: a run was stopped before it came to them."""
        query = "SELECT card FROM students WHERE grade_id IS NULL ORDER BY student_id"
        yield from self._decoded(query, (), Submission)

    def history(self, student_id: str) -> tuple[Grade, ...]:
        """Every grade that a student was ever given, oldest first, without exhibits."""
        query = "SELECT grade FROM grades WHERE student_id = ? ORDER BY id"
        return tuple(self._decoded(query, (student_id,), Grade))

    def replaced(self, run: Run) -> Iterator[tuple[Grade, Grade]]:
        """(old, new) for each grade of the run that took an older one's place."""
        for old, new in self._rows(
            "SELECT old.grade, new.grade FROM grades AS new JOIN grades AS old"
            " ON old.id = new.replaces WHERE new.run_id = ? ORDER BY new.student_id, new.id",
            (run.id,),
        ):
            yield decode(old, Grade), decode(new, Grade)

    def files(self) -> Iterator[FileRecord]:
        """Every file that ever came in, by name."""
        yield from self._decoded("SELECT file FROM files ORDER BY name, sha256", (), FileRecord)

    def problems(self) -> Iterator[Problem]:
        yield from self._decoded("SELECT problem FROM problems ORDER BY id", (), Problem)

    def superseded(self) -> Iterator[Submission]:
        """Earlier or late submissions that do not count."""
        query = "SELECT card, content FROM superseded ORDER BY student_id, id"
        yield from (join(*row) for row in self._rows(query))

    def decisions(self) -> Iterator[Decision]:
        """Every decision that a person ever made about a student, by student id."""
        query = "SELECT override, since, until FROM overrides ORDER BY student_id, id"
        for text, since, until in self._rows(query):
            yield Decision(decode(text, Override), since, until or "")

    def last_run(self) -> Run | None:
        """The latest run, whether it came to its end or not."""
        row = self._one("SELECT id, kit, variant, regrade FROM runs ORDER BY id DESC")
        return Run(row[0], row[1], row[2], bool(row[3])) if row else None

    def fact(self, name: str) -> str:
        """What `Store.remember` was told last; empty where nothing."""
        row = self._one("SELECT fact FROM facts WHERE name = ?", (name,))
        return str(row[0]) if row else ""

    def _exhibits(self, grade_id: int) -> tuple[Exhibit, ...]:
        rows = self._all(
            "SELECT exhibit, png FROM exhibits WHERE grade_id = ? ORDER BY position", (grade_id,)
        )
        return tuple(replace(decode(text, Exhibit), png=png) for text, png in rows)

    def _rows(self, query: str, values: tuple[object, ...] = ()) -> Iterator[tuple[Any, ...]]:
        with database.translated(self.path):
            yield from self._connection.execute(query, values)

    def _decoded(
        self, query: str, values: tuple[object, ...], kind: type[Record]
    ) -> Iterator[Record]:
        for (text,) in self._rows(query, values):
            yield decode(text, kind)

    def _all(self, query: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        with database.translated(self.path):
            return self._connection.execute(query, values).fetchall()

    def _one(self, query: str, values: tuple[object, ...] = ()) -> tuple[Any, ...] | None:
        return next(iter(self._all(f"{query} LIMIT 1", values)), None)


def _status(graded: Status, absence: Status | None) -> Status:
    """Nothing to grade is nothing, whatever the reason was when it was graded."""
    if graded in (Status.UNREADABLE, Status.MISSING, Status.FOREIGN):
        return absence or Status.UNREADABLE
    return graded


def _as_it_came(grade: Grade, submission: Submission, exhibits: tuple[Exhibit, ...]) -> Grade:
    """What is graded once may be sent again under another name, or be late by a new deadline."""
    return replace(
        grade,
        status=_status(grade.status, submission.absence),
        student_id=submission.student_id,
        name=submission.name,
        submitted_at=submission.submitted_at,
        late=submission.late,
        files=submission.files,
        exhibits=exhibits,
    )
