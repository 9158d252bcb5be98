"""Everything that people look at in an OUT folder, built from its store without grading.

`OUT/feedback/<id>.html` for each student, `OUT/report.html` for the instructor. A page that is
there already and would come out the same is left alone: its fingerprint says what it was made of.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Protocol

from grader.records import Grade, Problem, Submission
from grader.reports.account import GradebookRow
from grader.reports.breakout import Sign, signs
from grader.reports.classroom import Classroom, Superseded
from grader.reports.gradebook import Gradebook
from grader.reports.pages.page_hash import (
    FIELD,
    class_fingerprint,
    fingerprint,
    look,
    stands,
)
from grader.reports.wording import Wording, load_wording
from grader.results import alike
from grader.results.files import file_names, write_atomically
from grader.results.reader import Decision

FEW = 24  # pages; below, starting processes costs more than it saves
BATCH = 64  # grades held at a time: pictures are large


class Source(Protocol):
    """What pages need of a store."""

    def grades(self, *, exhibits: bool = False) -> Iterator[Grade]: ...

    def problems(self) -> Iterable[Problem]: ...

    def superseded(self) -> Iterable[Submission]: ...

    def waiting(self) -> Iterable[Submission]: ...

    def submissions(self) -> Iterable[Submission]: ...

    def decisions(self) -> Iterable[Decision]: ...

    def fact(self, name: str) -> str: ...


@dataclass(frozen=True, slots=True)
class PageJob:
    """One student's page to write."""

    grade: Grade
    row: GradebookRow | None
    path: Path
    wording: Wording
    fingerprint: str


def write_all(
    store: Source,
    out: Path,
    language: str,
    book: Gradebook | None = None,
    wording: Wording | None = None,
    advance: Callable[[], object] = lambda: None,
) -> None:
    """Write every student's page and the instructor's. `advance` is called once a student.

    Raises OSError where `out` cannot be written.
    """
    wording = wording or load_wording(language)
    accounts = book.by_id if book else {}
    names = write_class(store, out, wording, book)
    students = Students(out / "feedback", names, accounts, wording)
    _write_students(store.grades(exhibits=True), students, advance)
    _drop_strangers(out / "feedback", set(names.values()))


def write_class(
    store: Source, out: Path, wording: Wording, book: Gradebook | None = None
) -> dict[str, str]:
    """Write the instructor's page; the file name, without suffix, of each student's."""
    accounts = book.by_id if book else {}
    room = Classroom()
    for grade in store.grades():
        room.add(grade, accounts.get(grade.student_id))
    room.superseded = list(map(_superseded, store.superseded()))
    room.interviews = (out / "dossier.html").is_file()
    room.waiting = [(each.student_id, each.name) for each in store.waiting()]
    room.signs = dict(_signs(store))
    room.decisions = list(store.decisions())
    room.alike_pairs = len(alike.open_pairs(store)) if alike.kept(store) else None
    names = file_names(row.student_id for row in room.rows)
    problems = (*store.problems(), *(book.mistakes if book else ()))
    _write_class_page(out / "report.html", room, problems, wording, names)
    return names


def _write_class_page(
    path: Path,
    room: Classroom,
    problems: tuple[Problem, ...],
    wording: Wording,
    names: Mapping[str, str],
) -> None:
    """Write the page unless it stands there already, made of the same."""
    made_of = class_fingerprint(look(wording), room, problems, names)
    if stands(path, made_of):
        return
    # Half a second to load, as below: matplotlib draws for it.
    from grader.reports.pages.class_page import class_page  # noqa: PLC0415

    page = class_page(room, problems, wording, names, made_of)
    write_atomically(path, page.encode("utf-8"))


def _signs(store: Source) -> Iterator[tuple[str, tuple[Sign, ...]]]:
    """What programs reach for that no solution needs, by student."""
    for each in store.submissions():
        if each.source and (found := signs(each.source)):
            yield each.student_id, found


def _superseded(each: Submission) -> Superseded:
    return Superseded(
        each.student_id, each.name, each.submitted_at, tuple(file.name for file in each.files)
    )


@dataclass(frozen=True, slots=True)
class Students:
    """The pages to write: where, under which names, with which accounts."""

    folder: Path
    names: Mapping[str, str]
    accounts: Mapping[str, GradebookRow]
    wording: Wording

    def task(self, grade: Grade, looks: bytes) -> PageJob | None:
        """The page of one student; None where it stands there already, made of the same."""
        row = self.accounts.get(grade.student_id)
        path = self.folder / f"{self.names[grade.student_id]}.html"
        made_of = fingerprint(grade, looks, row)
        return None if stands(path, made_of) else PageJob(grade, row, path, self.wording, made_of)


def _write_students(
    grades: Iterator[Grade], students: Students, advance: Callable[[], object]
) -> None:
    looks = look(students.wording)
    workers = min(os.cpu_count() or 1, 8) if len(students.names) > FEW else 1
    # Spawned, not forked: the caller may run threads. Processes start with the first task.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        while batch := list(islice(grades, BATCH)):
            tasks = [task for grade in batch if (task := students.task(grade, looks))]
            done = pool.map(write_student, tasks) if workers > 1 else map(write_student, tasks)
            for _ in done:
                pass
            for _ in batch:
                advance()


def write_student(task: PageJob) -> None:
    from grader.reports.pages.student_page import student_page  # noqa: PLC0415  # as above

    page = student_page(task.grade, task.wording, task.fingerprint, task.row)
    write_atomically(task.path, page.encode("utf-8"))


def _drop_strangers(folder: Path, names: set[str]) -> None:
    """Remove pages of ours whose student is gone: a file that was renamed has another id now."""
    for path in folder.glob("*.html"):
        if path.stem not in names and FIELD in path.read_text("utf-8", "replace")[:2_000]:
            path.unlink()
