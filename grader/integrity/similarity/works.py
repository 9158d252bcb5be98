"""One person's work, boiled down to what is compared: fingerprints, traces, pictures, a few facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from grader.integrity.similarity import picture_prints, prints, traces
from grader.integrity.similarity.handed_out import HandedOut
from grader.integrity.similarity.picture_prints import Tiles
from grader.integrity.similarity.print_shelf import PrintShelf
from grader.integrity.similarity.prints import Hashes, Prints
from grader.integrity.similarity.slips import words
from grader.integrity.similarity.traces import Trace, TraceKind
from grader.records import Grade, Submission
from grader.results.reader import StoreReader
from grader.written import markdown, report_images

PICTURES = "pictures"
LEAST_CURVE = 5  # values that differ; a flat line is nobody's own


@dataclass(frozen=True, slots=True)
class TakenOff:
    """What is taken off every text before it is compared."""

    program: Hashes
    prose: Hashes
    traces: frozenset[Trace]


@cache
def taken_off(given: HandedOut) -> TakenOff:
    """The prints and traces of what was handed out."""
    both = [*map(traces.of_program, given.programs), *map(traces.of_report, given.prose)]
    return TakenOff(
        prints.union(map(prints.of_program, given.programs)),
        prints.union(map(prints.of_prose, given.prose)),
        frozenset().union(*both),
    )


@dataclass(frozen=True, slots=True)
class Work:
    """What is remembered of a submission. `key`: the id, or "FOLDER/ID" of an earlier class.

    `marks`: traces that no text tells: what grading saw, and its pictures. `is_empty`: nothing that is
    written in it is one's own.
    """

    key: str
    student_id: str
    name: str
    earlier: bool
    submitted_at: str
    sha256: str
    marks: frozenset[Trace]
    pictures: tuple[Tiles, ...]
    is_empty: bool


@dataclass(frozen=True, slots=True)
class BoiledWork:
    """A work with all that is put on shelves: prints of its program, report and traces; its words."""

    work: Work
    program: Prints
    report: Prints
    traces: Prints
    words: frozenset[str]


class Shelves:
    """What all works of a class are made of, in the order of the works; kept in files of a folder."""

    def __init__(self, folder: Path) -> None:
        self.programs = PrintShelf(folder / "programs")
        self.reports = PrintShelf(folder / "reports")
        self.traces = PrintShelf(folder / "traces")

    def add(self, boiled: BoiledWork) -> None:
        self.programs.add(boiled.program)
        self.reports.add(boiled.report)
        self.traces.add(boiled.traces)


@dataclass(frozen=True, slots=True)
class SentWork:
    """A submission on its way to be boiled down, and what grading saw of it."""

    submission: Submission
    out: Path
    outcomes: frozenset[Trace]
    folder: str  # "" for this class


def sent_works(store: StoreReader, out: Path, folder: str = "") -> Iterator[SentWork]:
    """Every submission of a store that holds a program or a report, one in memory at a time."""
    outcomes = {grade.student_id: _outcomes(grade) for grade in store.grades(exhibits=True)}
    for each in store.submissions():
        if each.source or each.report:
            yield SentWork(each, out, outcomes.get(each.student_id, frozenset()), folder)


def boiled(sent: SentWork, given: TakenOff) -> BoiledWork:
    each = sent.submission
    program = prints.of_program(each.source or "").without(given.program)
    report = prints.of_prose(each.report or "").without(given.prose)
    files, tiles = _pictures(each, sent.out)
    marks = sent.outcomes | {Trace(TraceKind.PICTURE, digest) for digest in files}
    work = Work(
        key=f"{sent.folder}/{each.student_id}" if sent.folder else each.student_id,
        student_id=each.student_id,
        name=each.name,
        earlier=bool(sent.folder),
        submitted_at=each.submitted_at,
        sha256=each.sha256,
        marks=marks,
        pictures=tiles,
        is_empty=not (len(program.hashes) or len(report.hashes) or tiles),
    )
    own = traces.prints_of(traces_of(each, given) | marks)
    return BoiledWork(work, program, report, own, words(prose_of(each)))


def traces_of(each: Submission, given: TakenOff) -> frozenset[Trace]:
    """Traces of its texts."""
    own = traces.of_program(each.source or "") | traces.of_report(each.report or "")
    return frozenset(own - given.traces)


def prose_of(submission: Submission) -> str:
    """All that a person wrote for people: comments and report."""
    return traces.comments_of(submission.source or "") + "\n" + (submission.report or "")


def _pictures(each: Submission, out: Path) -> tuple[Iterable[str], tuple[Tiles, ...]]:
    """Digests of all pictures, and what those that can be opened show."""
    files = {picture.sha256 for picture in each.pictures}
    embedded = {sha256(data).hexdigest(): data for data in _embedded(each.report or "")}
    shown = [picture_prints.of_file(out / PICTURES / digest) for digest in sorted(files)]
    shown += [picture_prints.of_bytes(data) for data in embedded.values()]
    return files | set(embedded), tuple(tiles for tiles in shown if tiles is not None)


def _embedded(report: str) -> Iterator[bytes]:
    try:
        _, found = markdown.prepared(report)
    except markdown.TooUnusual:
        return
    for uri in found:
        if data := report_images.from_data_uri(uri):
            yield data


def _outcomes(grade: Grade) -> frozenset[Trace]:
    """What grading saw: the mistakes by name, and the numbers of the training run to the last digit."""
    found = {Trace(TraceKind.DIAGNOSIS, name) for name in grade.diagnoses}
    for exhibit in grade.exhibits:
        series = exhibit.series.get("losses") or exhibit.series.get("predicted") or ()
        # Other questions train from a start that the grader writes: there right programs agree.
        if exhibit.question == "q5_3" and len(set(series)) >= LEAST_CURVE:
            digest = sha256(repr(tuple(series)).encode()).hexdigest()
            found.add(Trace(TraceKind.CURVE, f"{exhibit.kind}:{digest}"))
        if exhibit.question == "q5_3" and exhibit.kind == "losses":
            found |= {Trace(TraceKind.WEIGHTS, digest) for digest in exhibit.labels}
    return frozenset(found)
