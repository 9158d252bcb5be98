"""What is odd about a student's name or id, with the row of the roster that may be meant."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Iterator

from grader.intake.collection import RosterRow, Trouble
from grader.intake.identity.spelling import name_key
from grader.intake.people.entries import Choice
from grader.intake.people.introductions import fields_of
from grader.intake.people.roster import Register
from grader.intake.people.students import Person
from grader.intake.reading.arrivals import Arrival
from grader.language import Message, say

Remark = tuple[Arrival, Trouble]
# Characters of a program, and of a report, in which its writer may stand.
HEAD, TITLE_PAGE = 2_000, 20_000


def naming(person: Person, register: Register) -> Iterator[Remark]:
    """Whatever a person should decide about who this is."""
    newest = person.attempts[-1]
    first = next(iter((*newest.programs, *newest.reports, *newest.files)))
    if not person.named:
        yield first, _unnamed(person, register)
    elif register.students and register.by_id(newest.owner.student_id) is None:
        yield first, _not_on_roster(person, register)
    if person.twin:
        yield (
            first,
            Trouble(
                say(
                    "Somebody else goes by the same name, without an id: {file}.", file=person.twin
                ),
                say("If they are one person, say so in overrides.csv; they were kept apart."),
            ),
        )
    if person.rival:
        yield (
            first,
            Trouble(
                say(
                    "The id {id} is used by two names: {name} and {rival}.",
                    id=newest.owner.student_id,
                    name=person.name,
                    rival=person.rival,
                ),
                say("Check the id with the student and rename the file."),
            ),
        )


def _unnamed(person: Person, register: Register) -> Trouble:
    """With what the report's or the program's own lines say, for a person to believe or not."""
    reports = [one.report or "" for attempt in person.attempts for one in attempt.reports]
    programs = [one.program or "" for attempt in person.attempts for one in attempt.programs]
    reason = say("No student id was found; it is listed as {id}.", id=person.student_id)
    if who := _said(text[:TITLE_PAGE] for text in reports):
        reason = say(
            "No student id was found; it is listed as {id}. The report says: {who}.",
            id=person.student_id,
            who=who,
        )
    elif who := _said(text[:HEAD] for text in programs):
        reason = say(
            "No student id was found; it is listed as {id}. The program says: {who}.",
            id=person.student_id,
            who=who,
        )
    listed = [row for word in who.split() if (row := register.by_id(word))]
    if len(listed) == 1:
        return Trouble(reason, _perhaps(listed[0]))
    rename = say(
        "Rename the file to ml-6-姓名-学号 with the student's own name and id, or name the owner in overrides.csv."
    )
    return Trouble(reason, rename)


def _said(texts: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(filter(None, map(fields_of, texts))))


def _not_on_roster(person: Person, register: Register) -> Trouble:
    """With the row that may be meant: the same name, else the most similar id."""
    student_id = person.attempts[-1].owner.student_id
    near = difflib.get_close_matches(
        student_id, [one.student_id for one in register.students], 1, 0.8
    )
    meant = register.by_name(person.name) or (register.by_id(near[0]) if near else None)
    reason = say("The id {id} ({name}) is not on the roster.", id=student_id, name=person.name)
    if meant is None:
        return Trouble(reason, say("Check the id with the student and rename the file."))
    return Trouble(reason, _perhaps(meant))


def _perhaps(meant: RosterRow) -> Message:
    return say(
        "Perhaps {id} {name} is meant; rename the file if so.",
        id=meant.student_id,
        name=meant.name,
    )


def split_work(chosen: Iterable[tuple[Person, Choice]], register: Register) -> Iterator[Remark]:
    """A program under one id and a report under another, by one name: one id may be a slip."""
    halves: dict[str, list[tuple[Person, bool]]] = defaultdict(list)
    for person, choice in chosen:
        has_program = choice.program.one is not None
        if person.named and person.name and has_program != (choice.report.one is not None):
            halves[name_key(person.name)].append((person, has_program))
    for group in halves.values():
        programs = [person for person, has_program in group if has_program]
        reports = [person for person, has_program in group if not has_program]
        if len(programs) == len(reports) == 1 and not _all_listed(group, register):
            yield reports[0].attempts[-1].reports[0], _split(programs[0], reports[0], register)


def _all_listed(group: Iterable[tuple[Person, bool]], register: Register) -> bool:
    return all(register.by_id(person.student_id) for person, _ in group)


def _split(program: Person, report: Person, register: Register) -> Trouble:
    right, other = program, report
    if register.by_id(report.student_id):
        right, other = report, program
    return Trouble(
        say(
            "{name} sent a program as {id} and a report as {other}.",
            name=program.name,
            id=program.student_id,
            other=report.student_id,
        ),
        say(
            "If they are one person, write {row} into overrides.csv.",
            row=f"{right.student_id},merge,{other.student_id},",
        ),
    )
