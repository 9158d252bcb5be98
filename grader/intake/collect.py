"""`collect`: a messy inbox in, one submission per student out, nothing lost on the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from grader.intake import remarks
from grader.intake.collection import Intake, IntakeRules
from grader.intake.people.attempts import Attempt, build_attempts
from grader.intake.people.owners import assign, student_key
from grader.intake.people.roster import Register
from grader.intake.people.students import (
    Choice,
    Person,
    choose,
    people,
    submission,
    superseded,
)
from grader.intake.reading.arrivals import Arrival
from grader.intake.reading.unpacking import arrivals
from grader.intake.remarks import Remark
from grader.records import Problem, Submission


def collect(paths: Sequence[Path], rules: IntakeRules) -> Intake:
    """Read everything under `paths`: files, folders, zips, mails, mailboxes, nested at will.

    Nothing is executed or written. Raises ValueError where `rules.deadline` is no ISO 8601 time;
    whatever is wrong with a file becomes a `Problem`.
    """
    due, register = rules.due, Register(rules.roster)
    came = list(arrivals(paths, rules.caps))
    ownership = assign(came, register)
    attempts = build_attempts(ownership)
    persons = people(filter(_is_somebodys_work, attempts), register)
    chosen = [(person, choose(person, due)) for person in persons]
    found = [
        *remarks.unreadable(came),
        *remarks.empty_mails(came),
        *remarks.unclaimed(one for one in attempts if not _is_somebodys_work(one)),
        *remarks.oddities(ownership),
        *(one for pair in chosen for one in remarks.about(*pair, due, register)),
    ]
    return Intake(
        submissions=(*(submission(*pair) for pair in chosen), *_absent(persons, register)),
        superseded=tuple(
            old for person, choice in chosen for old in superseded(person, choice, due)
        ),
        problems=tuple(_problems(found, chosen)),
        files=tuple(one.record for one in came if not one.remark),
    )


def _is_somebodys_work(attempt: Attempt) -> bool:
    return bool(student_key(attempt.owner) or attempt.source or attempt.report)


def _absent(persons: Iterable[Person], register: Register) -> Iterator[Submission]:
    """A row for everybody on the roster who sent nothing."""
    present = {person.student_id.casefold() for person in persons}
    for student in register.students:
        if remarks.listed_id(student).casefold() not in present:
            yield Submission(
                remarks.listed_id(student), student.name, None, notes=(remarks.nothing_came(),)
            )


def _problems(
    found: Iterable[Remark], chosen: Iterable[tuple[Person, Choice]]
) -> Iterator[Problem]:
    """Whatever could not be read, named or paired, and whatever a person should look at."""
    ids = _ids_by_file(chosen)
    for one, trouble in found:
        yield Problem(one.path, one.sha256, trouble.reason, trouble.action, ids.get(one, ""))


def _ids_by_file(chosen: Iterable[tuple[Person, Choice]]) -> Mapping[Arrival, str]:
    return {
        one: person.student_id
        for person, _ in chosen
        for attempt in person.attempts
        for one in attempt.files
    }
