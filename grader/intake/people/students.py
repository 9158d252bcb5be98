"""From attempts to students: who is one person, and which attempt counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from grader.intake.people.attempts import Attempt, when
from grader.intake.people.names import Identity
from grader.intake.people.owners import mail_around, student_key
from grader.intake.people.roster import Register
from grader.intake.reading.arrivals import Arrival
from grader.intake.reading.filenames import safe_id
from grader.language import Message, say
from grader.records import FileRecord, Submission

# A mail may rest this long on its way before its Date is doubted.
TRANSIT = timedelta(hours=1)


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """All attempts of one student, in the order of their time."""

    student_id: str  # safe in file names, unique
    name: str
    attempts: tuple[Attempt, ...]
    named: bool  # whether an id was found
    rival: str = ""  # another name that uses the same id


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """The halves that count: each the latest on time, else the latest."""

    source: Attempt | None
    report: Attempt | None
    late: bool
    late_report: bool

    @property
    def main(self) -> Attempt | None:
        return self.source or self.report


def people(attempts: Iterable[Attempt], register: Register) -> list[Person]:
    """One `Person` per student. Two names that use one id are two people until somebody decides."""
    groups: dict[object, list[Attempt]] = defaultdict(list)
    for attempt in attempts:
        groups[student_key(attempt.owner) or attempt].append(attempt)
    found = [
        person
        for group in groups.values()
        for person in _split(sorted(group, key=_order), register)
    ]
    return _unique(found)


def _order(attempt: Attempt) -> tuple[datetime, str]:
    return when(attempt.files[0]) if attempt.time is None else attempt.time, attempt.files[0].path


def _split(group: Sequence[Attempt], register: Register) -> Iterator[Person]:
    """Attempts under one id by name, unless one mail address sent them all."""
    clusters: list[list[Attempt]] = []
    for attempt in group:
        home = next((one for one in clusters if _same_person(one, attempt)), None)
        if home is None:
            clusters.append([attempt])
        else:
            home.append(attempt)
    listed = register.by_id(group[0].owner.student_id)
    rightful = Identity(listed.student_id, listed.name) if listed else clusters[0][0].owner
    rivals = [_name_of(one).name for one in clusters]
    if len(clusters) == len(("program", "report")) and _complement(*clusters):
        clusters = [[*clusters[0], *clusters[1]]]
    clusters.sort(key=lambda one: not _name_of(one).agrees(rightful))
    for number, cluster in enumerate(clusters):
        others = [name for name in rivals if name != _name_of(cluster).name]
        yield _person(cluster, number, ", ".join(others))


def _complement(first: Sequence[Attempt], second: Sequence[Attempt]) -> bool:
    """A program under one name and a report under the other: paired by id, the name is a slip."""
    halves = [
        {half for one in cluster for half in ("source", "report") if getattr(one, half)}
        for cluster in (first, second)
    ]
    return all(halves) and not halves[0] & halves[1]


def _same_person(cluster: Sequence[Attempt], attempt: Attempt) -> bool:
    return attempt.owner.agrees(_name_of(cluster)) or any(
        one.sender and one.sender == attempt.sender for one in cluster
    )


def _name_of(cluster: Sequence[Attempt]) -> Identity:
    """The newest spelling."""
    return next((one.owner for one in reversed(cluster) if one.owner.name), cluster[-1].owner)


def _person(cluster: Sequence[Attempt], number: int, rival: str) -> Person:
    owner = _name_of(cluster)
    student_id = cluster[-1].owner.student_id
    if not student_id:
        safe = f"unknown-{_hash8(owner.name_key or _contents(cluster))}"
    else:
        safe = safe_id(student_id) + (f"-{_hash8(owner.name_key)}" if number else "")
    return Person(safe, owner.name, tuple(cluster), bool(student_id), rival)


def _contents(cluster: Sequence[Attempt]) -> str:
    return " ".join(one.sha256 for attempt in cluster for one in attempt.files)


def _hash8(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:8]


def _unique(found: Sequence[Person]) -> list[Person]:
    """Ids that differ only in marks or case must not share files downstream."""
    seen: set[str] = set()
    unique = []
    for person in found:
        student_id = person.student_id
        if student_id.casefold() in seen:
            student_id = f"{student_id}-{_hash8(_contents(person.attempts) + str(len(seen)))}"
        seen.add(student_id.casefold())
        unique.append(replace(person, student_id=student_id))
    return unique


def choose(person: Person, due: datetime | None) -> Choice:
    """A later mail that holds only a corrected program keeps the report of the earlier one.

    `late` speaks of the program, whose points the penalty cuts; of the report where there is none.
    """
    source = _latest([one for one in person.attempts if one.source], "source", due)
    report = _latest([one for one in person.attempts if one.report], "report", due)
    late_source = source is not None and _is_late(source.source, due)
    late_report = report is not None and _is_late(report.report, due)
    return Choice(source, report, late_source or (source is None and late_report), late_report)


def _latest(attempts: Sequence[Attempt], half: str, due: datetime | None) -> Attempt | None:
    on_time = [one for one in attempts if not _is_late(getattr(one, half), due)]
    return max(on_time or attempts, key=lambda one: when(getattr(one, half)), default=None)


def _is_late(half: Arrival | None, due: datetime | None) -> bool:
    return bool(due and half and half.time and half.time > due)


def submission(person: Person, choice: Choice) -> Submission:
    """The submission that counts."""
    source = choice.source.source if choice.source else None
    report = choice.report.report if choice.report else None
    files = [one for attempt in _used(person, choice) for one in attempt.files]
    half = source or report or next(iter(files), None)
    return Submission(
        person.student_id,
        person.name,
        source.program if source else None,
        report.report if report else None,
        _records(files, {one for one in (source, report) if one}),
        _iso(half.time if half else None),
        choice.late,
        _notes(source, report, choice),
    )


def _used(person: Person, choice: Choice) -> list[Attempt]:
    """The attempts that gave a half, and those that hold pictures or unreadable files only."""
    used = (choice.source, choice.report)
    return [one for one in person.attempts if one in used or not (one.source or one.report)]


def superseded(person: Person, choice: Choice, due: datetime | None) -> Iterator[Submission]:
    """The attempts that hold something which does not count."""
    for attempt in person.attempts:
        unused = (
            attempt.source is not None and attempt is not choice.source,
            attempt.report is not None and attempt is not choice.report,
        )
        if any(unused):
            yield Submission(
                person.student_id,
                person.name,
                attempt.source.program if attempt.source else None,
                attempt.report.report if attempt.report else None,
                _records(attempt.files, {one for one in (attempt.source, attempt.report) if one}),
                _iso(attempt.time),
                _is_late(attempt.source or attempt.report, due),
            )


def _records(files: Iterable[Arrival], chosen: set[Arrival]) -> tuple[FileRecord, ...]:
    """Programs and reports that were not chosen are extra."""
    return tuple(
        replace(one.record, role="extra")
        if one.role in ("source", "report") and one not in chosen
        else one.record
        for one in files
        if not one.remark
    )


def _iso(time: datetime | None) -> str:
    return time.isoformat() if time else ""


def _notes(source: Arrival | None, report: Arrival | None, choice: Choice) -> tuple[Message, ...]:
    halves = dict.fromkeys(filter(None, (source, report)))
    notes = [note for half in halves for note in half.notes]
    if _mixed(choice):
        notes.append(say("Program and report came at different times; the latest of each counts."))
    if choice.late:
        notes.append(say("It came after the deadline."))
    if source is None:
        notes.append(say("No readable program (.py or .ipynb) came in."))
    if report is None:
        notes.append(say("No readable report (.md) came in."))
    return tuple(notes)


def _mixed(choice: Choice) -> bool:
    """Whether a half was left behind where the other half was taken from."""
    if choice.source is None or choice.report is None or choice.source is choice.report:
        return False
    return choice.source.report is not None or choice.report.source is not None


def doubtful_date(choice: Choice, due: datetime | None) -> Arrival | None:
    """The half whose Date is before the deadline though it arrived well after it."""
    half = choice.main and (choice.main.source or choice.main.report)
    mail = mail_around(half) if half else None
    if not (half and mail and due and half.time and mail.received):
        return None
    return half if half.time <= due and mail.received > due + TRANSIT else None
