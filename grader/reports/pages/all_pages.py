"""Everything that people look at in an OUT folder, built from its store without grading.

`OUT/feedback/<id>.html` for each student, `OUT/report.html` for the instructor. A page that is
there already and would come out the same is left alone: its fingerprint says what it was made of.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Protocol

from grader.records import Grade, Problem, Submission
from grader.reports.classroom import Classroom
from grader.reports.pages.class_page import class_page
from grader.reports.pages.page_hash import (
    FIELD,
    fingerprint,
    look,
    stands,
)
from grader.reports.pages.student_page import student_page
from grader.reports.wording import Wording, load_wording
from grader.results.files import file_names, write_atomically

FEW = 24  # pages; below, starting processes costs more than it saves
BATCH = 64  # grades held at a time: pictures are large


class Source(Protocol):
    """What pages need of a store."""

    def grades(self, *, exhibits: bool = False) -> Iterator[Grade]: ...

    def problems(self) -> Iterable[Problem]: ...

    def superseded(self) -> Iterable[Submission]: ...

    def waiting(self) -> Iterable[Submission]: ...


@dataclass(frozen=True, slots=True)
class PageJob:
    """One student's page to write."""

    grade: Grade
    path: Path
    wording: Wording
    fingerprint: str


def write_all(
    store: Source,
    out: Path,
    language: str,
    wording: Wording | None = None,
    advance: Callable[[], object] = lambda: None,
) -> None:
    """Write every student's page and the instructor's. `advance` is called once a student.

    Raises OSError where `out` cannot be written.
    """
    wording = wording or load_wording(language)
    room = Classroom()
    for grade in store.grades():
        room.add(grade)
    room.superseded = sum(1 for _ in store.superseded())
    room.waiting = [(each.student_id, each.name) for each in store.waiting()]
    names = file_names(row.student_id for row in room.rows)
    page = class_page(room, tuple(store.problems()), wording, names)
    write_atomically(out / "report.html", page.encode("utf-8"))
    _write_students(store.grades(exhibits=True), out / "feedback", names, wording, advance)
    _drop_strangers(out / "feedback", set(names.values()))


def _write_students(
    grades: Iterator[Grade],
    folder: Path,
    names: dict[str, str],
    wording: Wording,
    advance: Callable[[], object],
) -> None:
    looks = look(wording)
    workers = min(os.cpu_count() or 1, 8) if len(names) > FEW else 1
    # Spawned, not forked: the caller may run threads. Processes start with the first task.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        while batch := list(islice(grades, BATCH)):
            tasks = [
                PageJob(grade, folder / f"{names[grade.student_id]}.html", wording, print_)
                for grade in batch
                if not stands(
                    folder / f"{names[grade.student_id]}.html", print_ := fingerprint(grade, looks)
                )
            ]
            done = pool.map(write_student, tasks) if workers > 1 else map(write_student, tasks)
            for _ in done:
                pass
            for _ in batch:
                advance()


def write_student(task: PageJob) -> None:
    page = student_page(task.grade, task.wording, task.fingerprint)
    write_atomically(task.path, page.encode("utf-8"))


def _drop_strangers(folder: Path, names: set[str]) -> None:
    """Remove pages of ours whose student is gone: a file that was renamed has another id now."""
    for path in folder.glob("*.html"):
        if path.stem not in names and FIELD in path.read_text("utf-8", "replace")[:2_000]:
            path.unlink()
