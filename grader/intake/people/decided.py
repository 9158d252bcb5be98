"""What a person decided in `overrides.csv`: whose a file is, who is one person, which file counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from grader.intake.identity.names import Identity, Strength
from grader.intake.people.attempts import in_order
from grader.intake.people.choice import Candidate, Criterion
from grader.intake.people.owners import Ownership
from grader.intake.people.roster import Register
from grader.intake.people.students import Person
from grader.language import Message, say
from grader.results.overrides import FILE, Overrides, refers

NAMED = say("{chosen} counts: a person decided so.", chosen="")


def owned(ownership: Ownership, decided: Overrides, register: Register) -> Ownership:
    """The owners, with those that a person named in place of what the files say."""
    owners = dict(ownership.owners)
    for one in owners:
        if student_id := decided.owner(one.path, one.sha256):
            listed = register.by_id(student_id)
            owners[one] = Identity(student_id, listed.name if listed else "", Strength.FULL)
    return replace(ownership, owners=owners)


def merged(persons: Iterable[Person], decided: Overrides) -> list[Person]:
    """The students, with those as one who are one by a person's word."""
    groups: dict[str, list[Person]] = {}
    for person in persons:
        groups.setdefault(decided.merged(person.student_id), []).append(person)
    return [_one(student_id, group) for student_id, group in groups.items()]


def _one(student_id: str, group: Sequence[Person]) -> Person:
    if len(group) == 1 and group[0].student_id == student_id:
        return group[0]
    main = next((each for each in group if each.student_id == student_id), group[0])
    attempts = in_order([attempt for each in group for attempt in each.attempts])
    # Nothing is open any more about who it is.
    return replace(
        main, student_id=student_id, attempts=tuple(attempts), named=True, rival="", twin=""
    )


def first(rule: Sequence[Criterion], person: Person, decided: Overrides) -> Sequence[Criterion]:
    """The rule of the choice, headed by the file that a person named for this student."""
    names = decided.values(person.student_id, FILE)
    if not names:
        return rule

    def is_named(candidate: Candidate) -> bool:
        return any(refers(name, candidate.one.path, candidate.one.sha256) for name in names)

    return (
        (is_named, lambda chosen: Message(NAMED.text, {"chosen": chosen})),
        *rule,
    )
