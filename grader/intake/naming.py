"""What is odd about a student's name or id, with the row of the roster that may be meant."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import permutations

from grader.intake.collection import Trouble
from grader.intake.people.roster import Register
from grader.intake.people.spelling import name_key
from grader.intake.people.students import Person
from grader.intake.reading.arrivals import Arrival
from grader.language import Message, say

Remark = tuple[Arrival, Trouble]
# The lines of the template in which students write who they are.
_FIELDS = tuple(
    re.compile(
        rf"^[-*\s]*(?:{label})[^:：\n]{{0,24}}[:：][ \t*]*([^\s*<【][^\n*<]{{0,30}})", re.MULTILINE
    )
    for label in ("姓名|Name", "学号|Student ID")
)


def naming(person: Person, register: Register) -> Iterator[Remark]:
    """Whatever a person should decide about who this is."""
    newest = person.attempts[-1]
    first = next(iter((*newest.programs, *newest.reports, *newest.files)))
    if not person.named:
        yield (
            first,
            Trouble(
                _unnamed(person),
                say(
                    "Rename the file to ml-6-姓名-学号 with the student's own name and id, or name the owner in overrides.csv."
                ),
            ),
        )
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


def doubles(persons: Sequence[Person], register: Register) -> Iterator[Remark]:
    """Two ids of one name, a program under one and a report under the other: perhaps a slip."""
    names: dict[str, list[Person]] = defaultdict(list)
    for person in persons:
        if person.named and person.name:
            names[name_key(person.name)].append(person)
    for namesakes in names.values():
        for person, other in permutations(namesakes, 2):
            listed = all(
                register.by_id(one.attempts[-1].owner.student_id) for one in (person, other)
            )
            if not listed and {_halves(person), _halves(other)} == {"program", "report"}:
                yield (
                    person.attempts[-1].files[0],
                    Trouble(
                        say(
                            "The other half came under the same name with another id, {id}.",
                            id=other.student_id,
                        ),
                        say(
                            "If they are one person, say so in overrides.csv; they were kept apart."
                        ),
                    ),
                )


def _halves(person: Person) -> str:
    """What came where only one half did: "program" or "report"."""
    programs = any(attempt.programs for attempt in person.attempts)
    reports = any(attempt.reports for attempt in person.attempts)
    return {(True, False): "program", (False, True): "report"}.get((programs, reports), "")


def _unnamed(person: Person) -> Message:
    """With what the report's own lines say, for a person to believe or not."""
    texts = [one.report or "" for attempt in person.attempts for one in attempt.reports]
    says = [
        found[1].strip() for field in _FIELDS for text in texts if (found := field.search(text))
    ]
    if says:
        return say(
            "No student id was found; it is listed as {id}. The report says: {who}.",
            id=person.student_id,
            who=" ".join(dict.fromkeys(says)),
        )
    return say("No student id was found; it is listed as {id}.", id=person.student_id)


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
    return Trouble(
        reason,
        say(
            "Perhaps {id} {name} is meant; rename the file if so.",
            id=meant.student_id,
            name=meant.name,
        ),
    )
