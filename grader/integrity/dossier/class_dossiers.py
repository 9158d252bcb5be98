"""The dossiers of an OUT folder: made from its store, written beside its other pages."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from grader.faults import KitFault
from grader.integrity.dossier.alike_passages import AlikeLookup, nothing_alike
from grader.integrity.dossier.dossier_page import class_page, student_page
from grader.integrity.dossier.student_dossier import Dossier, DossierTask, dossier
from grader.language import Message, say
from grader.records import Exhibit, Grade, Submission
from grader.reports.tables import write_csv
from grader.reports.wording import load_wording
from grader.results.files import file_names, write_atomically
from grader.results.oral_prompts import keep_prompts
from grader.results.reader import StoreReader
from grader.results.store import Store
from grader.written import oral_marks

FOLDER = "dossier"
PAGE = "dossier.html"
FEW = 3  # students; below, starting processes costs more than it saves
BATCH = 32  # submissions held at a time
MOST_NAMED = 6  # of those who sent the same text


@dataclass(frozen=True, slots=True)
class DossiersWritten:
    """What was written: how many dossiers, and what is to be told."""

    count: int
    notes: tuple[Message, ...]
    failed: tuple[str, ...] = ()  # ids of those at whose programs the kit itself failed


@dataclass(frozen=True, slots=True)
class Commission:
    """What is asked for: whose dossiers (all, or one student's), in which language."""

    out: Path
    language: str
    student_id: str | None = None
    alike: AlikeLookup = nothing_alike
    tier: str | None = None


def write_dossiers(
    store: Store, commission: Commission, advance: Callable[[], object] = lambda: None
) -> DossiersWritten:
    """Write `OUT/dossier/<id>.html`, keep its questions for the form of `score`, and for a whole class `OUT/dossier.html` and `oral.csv`.

    Raises KitFault where no worker can be started, OSError where OUT cannot be written.
    """
    names = file_names(store.student_ids())
    made: list[Dossier] = []
    for one in _made(_tasks(store, commission)):
        page = student_page(one, commission.language)
        path = commission.out / FOLDER / f"{names[one.student_id]}.html"
        write_atomically(path, page.encode("utf-8", "replace"))
        keep_prompts(store, one.student_id, [question.text for question in one.questions])
        made.append(one)
        advance()
    failed = tuple(one.student_id for one in made if one.kit_fault)
    if commission.student_id is not None:
        return DossiersWritten(len(made), (), failed)
    _drop_strangers(commission.out / FOLDER, {names[one.student_id] for one in made})
    notes = list(_about_class(store, made))
    whole = class_page(made, notes, names, commission.language)
    write_atomically(commission.out / PAGE, whole.encode("utf-8", "replace"))
    return DossiersWritten(len(made), (*notes, *_oral_table(commission.out, made)), failed)


def _drop_strangers(folder: Path, names: set[str]) -> None:
    """Remove pages whose student is gone: a file that was renamed has another id now."""
    for path in folder.glob("*.html"):
        if path.stem not in names:
            path.unlink()


def _tasks(store: StoreReader, commission: Commission) -> Iterator[DossierTask]:
    wording = load_wording(commission.language)
    for submission in store.submissions():
        if commission.student_id in (None, submission.student_id) and submission.absence is None:
            grade = store.grade(submission.student_id)
            if grade is not None:
                grade = replace(grade, exhibits=_curves(grade))
            alike = tuple(commission.alike(submission.student_id))
            yield DossierTask(submission, grade, wording, alike, commission.tier)


def _curves(grade: Grade) -> tuple[Exhibit, ...]:
    """Without pictures, which are most of the bytes."""
    return tuple(one for one in grade.exhibits if not one.png)


def _made(tasks: Iterator[DossierTask]) -> Iterator[Dossier]:
    """One after the other, or several at a time where there are many."""
    first = list(islice(tasks, FEW))
    if len(first) < FEW:
        yield from map(_one, first)
        return
    # Spawned, not forked: the caller may run threads.
    workers = min(os.cpu_count() or 1, 8)
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from pool.map(_one, first)
        while batch := list(islice(tasks, BATCH)):
            yield from pool.map(_one, batch)


def _one(task: DossierTask) -> Dossier:
    """One dossier; where the kit fails at one program, that is said, and the others are made."""
    try:
        return dossier(task)
    except KitFault:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, a class must not be lost to it
        who, what = task.submission, f"{type(error).__name__}: {error}"
        note = say("The kit itself failed at this program ({what}); please report it.", what=what)
        return Dossier(who.student_id, who.name, (), (note,), kit_fault=True)


def _about_class(store: StoreReader, made: Sequence[Dossier]) -> Iterator[Message]:
    if not made:
        yield say("No submission came in: there is nobody to ask.")
    if len(made) == 1:
        yield say("Only one student: there is nobody to compare with.")
    for same in _same_programs(store.submissions()):
        shown = tuple(same[:MOST_NAMED])
        yield say("{count} programs are the same text: {ids}. Where it is the skeleton that was handed out, that means nothing.", count=len(same), ids=shown)  # fmt: skip


def _same_programs(submissions: Iterator[Submission]) -> list[list[str]]:
    """Ids of those who sent one text, blanks apart."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    for one in submissions:
        if one.source and one.source.strip():
            found[hash("".join(one.source.split()))].append(one.student_id)
    return [ids for ids in found.values() if len(ids) > 1]


def _oral_table(out: Path, made: Sequence[Dossier]) -> Iterator[Message]:
    """An empty table for the marks; one that is there is a person's and stays."""
    path = out / oral_marks.NAME
    if path.exists():
        yield say("{file} is there already and stays as it is.", file=oral_marks.NAME)
        return
    blank = [""] * len(oral_marks.QUESTIONS)
    rows = [(one.student_id, one.name, *blank, "") for one in made]
    write_csv(path, oral_marks.COLUMNS, rows)
    yield say(
        "Enter the marks on the page of `score`, or in {file}; `report` takes them into the gradebook.",
        file=oral_marks.NAME,
    )
