"""A student's entry: the submission that counts, and those that do not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from grader.intake.collection import IntakeRules
from grader.intake.people.attempts import Attempt
from grader.intake.people.choice import (
    BONUS,
    PROGRAM,
    REPORT,
    Candidate,
    Criterion,
    Kind,
    Picked,
    candidates,
    pick,
)
from grader.intake.people.clues import Clues
from grader.intake.people.decided import first
from grader.intake.people.origins import mail_around
from grader.intake.people.pictures import Album, album
from grader.intake.people.students import Person
from grader.intake.people.written_part import own_words
from grader.intake.reading.arrivals import Arrival
from grader.language import Message, say
from grader.records import FileRecord, Status, Submission
from grader.results.notes import LATE

# A mail may rest this long on its way before its Date is doubted.
TRANSIT = timedelta(hours=1)


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """The program and the report that count."""

    program: Picked
    report: Picked
    due: datetime | None
    bonus: Picked

    @property
    def late(self) -> bool:
        """Of the program, whose points the penalty cuts; of the report where there is none."""
        half = self.program.best or self.report.best
        return half is not None and half.late

    @property
    def late_report(self) -> bool:
        return self.report.best is not None and self.report.best.late

    def of(self, kind: Kind) -> Picked:
        return {"program": self.program, "report": self.report, "bonus": self.bonus}[kind]

    @property
    def bonus_counts(self) -> bool:
        """Not where it alone came late."""
        return self.bonus.best is not None and (self.late or not self.bonus.best.late)

    @property
    def halves(self) -> tuple[Candidate, ...]:
        return tuple(half for half in (self.program.best, self.report.best) if half)


def choose(person: Person, rules: IntakeRules, clues: Clues) -> Choice:
    """A later mail that holds only a corrected program keeps the report of the earlier one."""
    due = rules.due_of(person.student_id)

    def found(kind: Kind) -> list[Candidate]:
        return candidates(person.attempts, due, clues, kind)

    def headed(rule: Sequence[Criterion]) -> Sequence[Criterion]:
        return first(rule, person, rules.decided)

    program = pick(found("program"), headed(PROGRAM))
    report = pick(_fitting(found("report"), program), headed(REPORT))
    return Choice(program, report, due, pick(found("bonus"), headed(BONUS)))


def _fitting(reports: Sequence[Candidate], program: Picked) -> Sequence[Candidate]:
    """Without notebooks whose text is no report beside one, or stands in it as well.

    Of several notebooks the chosen one's text; an older one is told of as a program.
    """
    files = [one for one in reports if one.one.role == "report"]
    notebooks = [one for one in reports if one not in files and _says_more(one, files)]
    own = next((one for one in notebooks if one.one is program.one), None)
    if own and own.answers == max(one.answers for one in notebooks):
        notebooks = [one for one in notebooks if one is own or not one.one.program]
    return [*files, *notebooks]


def _says_more(notebook: Candidate, files: Iterable[Candidate]) -> bool:
    """Whether a notebook's text answers the assignment, and no file has all of it."""
    words = own_words(notebook.one.report or "")
    equal = [one for one in files if one.answers >= notebook.answers]
    if any(words <= own_words(one.one.report or "") for one in equal):
        return False
    return notebook.answers > 1 or not equal


def entry(person: Person, choice: Choice) -> Submission:
    """The submission that counts."""
    program, report = choice.program.one, choice.report.one
    bonus = choice.bonus.one if choice.bonus_counts else None
    files = [one for attempt in _used(person, choice) for one in attempt.files]
    shown = album(report, files)
    half = choice.program.best or choice.report.best
    return Submission(
        person.student_id,
        person.name,
        program.program if program else None,
        report.report if report else None,
        _records(
            files,
            {one for one in (program, report, bonus) if one},
            report if report is not program else None,
        ),
        _iso(half.one.time if half else next((one.time for one in files if one.time), None)),
        choice.late,
        tuple(_notes(choice, files, shown)),
        shown.pictures,
        _absence(choice, files),
        _address(person, choice),
        bonus.program if bonus else None,
    )


def _address(person: Person, choice: Choice) -> str:
    """Where the student can be written to: the sender of what counts, else of anything."""
    used = [half.attempt for half in choice.halves]
    return next((one.sender for one in (*used, *reversed(person.attempts)) if one.sender), "")


def _absence(choice: Choice, files: Sequence[Arrival]) -> Status | None:
    """Work of another assignment, and nothing of this one, not even what cannot be read."""
    roles = {one.role for one in files}
    if choice.halves or not roles & {"foreign"} or roles & {"unreadable", "picture"}:
        return None
    return Status.FOREIGN


def _used(person: Person, choice: Choice) -> list[Attempt]:
    """The attempts that gave a half, and those that hold pictures or unreadable files only."""
    used = [half.attempt for half in choice.halves]
    used += [choice.bonus.best.attempt] if choice.bonus.best else []
    return [one for one in person.attempts if one in used or not (one.programs or one.reports)]


def superseded(person: Person, choice: Choice) -> Iterator[Submission]:
    """Programs and reports that do not count, those of one version together, oldest first."""
    passed = [one.candidate for one in (*choice.program.passed, *choice.report.passed)]
    versions: dict[object, list[Candidate]] = {}
    for each in sorted(passed, key=lambda one: (one.attempt.order, one.version.order)):
        versions.setdefault((each.attempt, each.version.order), []).append(each)
    for halves in versions.values():
        program = next((one for one in halves if one.kind == "program"), None)
        report = next((one for one in halves if one.kind == "report"), None)
        first = halves[0]
        yield Submission(
            person.student_id,
            person.name,
            program.one.program if program else None,
            report.one.report if report else None,
            _records([one.one for one in halves], {one.one for one in halves}),
            _iso(first.attempt.time),
            first.late,
        )


def _records(
    files: Iterable[Arrival], chosen: set[Arrival], words: Arrival | None = None
) -> tuple[FileRecord, ...]:
    """Programs and reports that were not chosen are extra; of `words` only its text was."""
    return tuple(
        replace(one.record, role="report" if one is words else _role(one, chosen))
        for one in files
        if not one.remark
    )


def _role(one: Arrival, chosen: set[Arrival]) -> str:
    unused = one.role in ("source", "bonus", "report") and one not in chosen
    return "extra" if unused else one.role


def _iso(time: datetime | None) -> str:
    return time.isoformat() if time else ""


def _notes(choice: Choice, files: Sequence[Arrival], shown: Album) -> Iterator[Message]:
    halves = [half.one for half in choice.halves]
    for half in dict.fromkeys(halves):
        yield from half.notes
    if _mixed(choice):
        yield say("Program and report were sent at different times.")
    yield from _timing(choice)
    bonus = choice.bonus.one
    if bonus and not choice.bonus_counts:
        yield say("{file} came after the deadline and does not count.", file=bonus.name)
    elif bonus:
        yield from bonus.notes
    yield from shown.notes
    if not choice.halves and any(one.role == "foreign" for one in files):
        yield say("Only work of another assignment came in.")
        return
    if choice.program.one is None:
        yield say("No readable program (.py or .ipynb) came in.")
    if choice.report.one is None and not shown.pictures:
        yield say("No readable report (.md) came in.")


def _timing(choice: Choice) -> Iterator[Message]:
    half = choice.program.best or choice.report.best
    if choice.late and half and half.one.handed and not half.one.time:
        yield say("{platform} marks it as late.", platform=half.one.handed.platform)
    elif choice.late:
        yield LATE
    elif choice.due and half and half.one.time is None:
        own = half.one.modified
        yield say(
            "Nothing tells when it was sent, so it is not counted as late. The file itself is dated {time}.",
            time=own.strftime("%Y-%m-%d %H:%M") if own else "?",
        )


def _mixed(choice: Choice) -> bool:
    """Whether a half was left behind where the other half was taken from."""
    program, report = choice.program.best, choice.report.best
    if program is None or report is None or program.attempt is report.attempt:
        return False
    return bool(program.attempt.reports or report.attempt.programs)


def doubtful_date(choice: Choice) -> Arrival | None:
    """The half whose Date is before the deadline though it arrived well after it."""
    half, due = next(iter(choice.halves), None), choice.due
    mail = mail_around(half.one) if half else None
    if not (half and mail and due and half.one.time and mail.received):
        return None
    return half.one if half.one.time <= due and mail.received > due + TRANSIT else None
