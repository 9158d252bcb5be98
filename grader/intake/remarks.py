"""What the intake noticed and a person should know: each with the reason and what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from grader.intake.collection import RosterRow, Trouble
from grader.intake.people.attempts import Attempt
from grader.intake.people.names import Identity
from grader.intake.people.owners import Ownership
from grader.intake.people.roster import Register
from grader.intake.people.students import Choice, Person, doubtful_date
from grader.intake.reading.arrivals import Arrival
from grader.intake.reading.filenames import safe_id
from grader.language import Message, say

Remark = tuple[Arrival, Trouble]


def unreadable(came: Iterable[Arrival]) -> Iterator[Remark]:
    for one in came:
        if one.trouble is not None:
            yield one, one.trouble


def empty_mails(came: Sequence[Arrival]) -> Iterator[Remark]:
    """Mails without attachments; a person may find code or a link in their text."""
    filled = {one.parcel for one in came}
    for one in came:
        if one.opens is not None and one.opens.kind == "mail" and one.opens not in filled:
            yield (
                one,
                Trouble(
                    say("This mail “{subject}” has no attachment.", subject=one.opens.clue),
                    say("Look at the mail: links to large attachments are not followed."),
                ),
            )


def unclaimed(attempts: Iterable[Attempt]) -> Iterator[Remark]:
    """Pictures, data and unknown files that nothing ties to a student."""
    for attempt in attempts:
        for one in attempt.files:
            if one.trouble is None and not one.remark:
                yield (
                    one,
                    Trouble(
                        say("Nothing says whose file this is."),
                        say("Put it into a folder named 姓名-学号 (name-id) if it matters."),
                    ),
                )


def oddities(ownership: Ownership) -> Iterator[Remark]:
    reasons = {"two_ids": _two_ids, "id_of_another": _id_of_another, "shared_name": _shared_name}
    for one, kind, detail in ownership.oddities:
        yield one, Trouble(reasons[kind](detail), _check_id())


def about(
    person: Person, choice: Choice, due: datetime | None, register: Register
) -> Iterator[Remark]:
    """All findings about one student."""
    for attempt in person.attempts:
        yield from attempt.spare
    yield from _missing_half(person, choice)
    yield from _naming(person, register)
    yield from _timing(choice, due)


def nothing_came() -> Message:
    return say("Nothing came in from this student.")


def listed_id(student: RosterRow) -> str:
    """The roster's id as it stands in submissions."""
    return safe_id(student.student_id)


def _missing_half(person: Person, choice: Choice) -> Iterator[Remark]:
    first = _first(person)
    if choice.source is None and choice.report is None:
        yield (
            first,
            Trouble(
                say("Neither a readable program nor a report came in from this student."),
                say("Ask the student for the .py and the .md file."),
            ),
        )
    elif choice.report is None:
        yield (
            first,
            Trouble(
                say("A program without a report (.md)."), say("Ask the student for the .md file.")
            ),
        )
    elif choice.source is None:
        yield (
            first,
            Trouble(
                say("A report without a program (.py)."), say("Ask the student for the .py file.")
            ),
        )


def _naming(person: Person, register: Register) -> Iterator[Remark]:
    first = _first(person)
    if not person.named:
        yield (
            first,
            Trouble(
                say("No student id was found; it is listed as {id}.", id=person.student_id),
                say("Rename the file to ml-6-姓名-学号 (name-id), or add the name to the roster."),
            ),
        )
    elif register.students and register.by_id(person.attempts[-1].owner.student_id) is None:
        yield first, _not_on_roster(person, register)
    if person.rival:
        yield (
            first,
            Trouble(
                say(
                    "The id {id} is used by two names: {name} and {rival}.",
                    id=person.attempts[-1].owner.student_id,
                    name=person.name,
                    rival=person.rival,
                ),
                _check_id(),
            ),
        )


def _not_on_roster(person: Person, register: Register) -> Trouble:
    """With the row that may be meant: the same name, else the most similar id."""
    student_id = person.attempts[-1].owner.student_id
    by_name = register.by_name(Identity(student_id, person.name))
    near = difflib.get_close_matches(
        student_id, [one.student_id for one in register.students], 1, 0.8
    )
    meant = by_name or (register.by_id(near[0]) if near else None)
    reason = say("The id {id} ({name}) is not on the roster.", id=student_id, name=person.name)
    if meant is None:
        return Trouble(reason, _check_id())
    return Trouble(
        reason,
        say(
            "Perhaps {id} {name} is meant; rename the file if so.",
            id=meant.student_id,
            name=meant.name,
        ),
    )


def _timing(choice: Choice, due: datetime | None) -> Iterator[Remark]:
    half = doubtful_date(choice, due)
    if half is not None:
        yield (
            half,
            Trouble(
                say(
                    "The mail is dated before the deadline and arrived more than an hour after it."
                ),
                say("Decide whether it is late; it was taken as on time."),
            ),
        )
    if choice.late_report and not choice.late and choice.report and choice.report.report:
        yield (
            choice.report.report,
            Trouble(
                say("The report came after the deadline, the program before it."),
                say("Decide how the written parts are scored."),
            ),
        )


def _first(person: Person) -> Arrival:
    """The file to name when the student as a whole is meant: the newest program, else any."""
    newest = person.attempts[-1]
    return newest.source or newest.report or newest.files[0]


def _two_ids(detail: str) -> Message:
    return say("One mail gives one name several ids: {ids}.", ids=detail)


def _id_of_another(detail: str) -> Message:
    return say("The id belongs to somebody else on the roster: {detail}.", detail=detail)


def _shared_name(detail: str) -> Message:
    return say("The file gives a name only, and several students have it: {ids}.", ids=detail)


def _check_id() -> Message:
    return say("Check the id with the student and rename the file.")
