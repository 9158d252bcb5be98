"""One person's work, boiled down to what is compared: fingerprints, traces, pictures, a few facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from grader.integrity.similarity import picture_prints, prints, traces
from grader.integrity.similarity.handed_out import HandedOut
from grader.integrity.similarity.picture_prints import Tiles
from grader.integrity.similarity.prints import Hashes, Prints
from grader.integrity.similarity.slips import Vocabulary
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
    """What is left of a submission. `key`: the id, or "FOLDER/ID" of an earlier class."""

    key: str
    student_id: str
    name: str
    earlier: bool
    submitted_at: str
    sha256: str
    program: Prints
    report: Prints
    traces: frozenset[Trace]
    pictures: tuple[Tiles, ...]

    @property
    def is_empty(self) -> bool:
        """Nothing that is written in it is one's own."""
        return not (len(self.program.hashes) or len(self.report.hashes) or self.pictures)


def works(
    store: StoreReader, out: Path, given: TakenOff, vocabulary: Vocabulary, folder: str = ""
) -> Iterator[Work]:
    """Every submission of a store that holds a program or a report, one in memory at a time."""
    outcomes = {grade.student_id: _outcomes(grade) for grade in store.grades(exhibits=True)}
    for each in store.submissions():
        if each.source or each.report:
            found = outcomes.get(each.student_id, frozenset())
            vocabulary.add(prose_of(each))
            yield _work(each, out, given, found, folder)


def prose_of(submission: Submission) -> str:
    """All that a person wrote for people: comments and report."""
    return traces.comments_of(submission.source or "") + "\n" + (submission.report or "")


def _work(
    each: Submission, out: Path, given: TakenOff, outcomes: frozenset[Trace], folder: str
) -> Work:
    source, report = each.source or "", each.report or ""
    files = {picture.sha256 for picture in each.pictures}
    embedded = {sha256(data).hexdigest(): data for data in _embedded(report)}
    shown = [picture_prints.of_file(out / PICTURES / digest) for digest in sorted(files)]
    shown += [picture_prints.of_bytes(data) for data in embedded.values()]
    own = traces.of_program(source) | traces.of_report(report)
    own |= {Trace(TraceKind.PICTURE, digest) for digest in files | set(embedded)}
    return Work(
        key=f"{folder}/{each.student_id}" if folder else each.student_id,
        student_id=each.student_id,
        name=each.name,
        earlier=bool(folder),
        submitted_at=each.submitted_at,
        sha256=each.sha256,
        program=prints.of_program(source).without(given.program),
        report=prints.of_prose(report).without(given.prose),
        traces=frozenset(own - given.traces) | outcomes,
        pictures=tuple(tiles for tiles in shown if tiles is not None),
    )


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
    return frozenset(found)
