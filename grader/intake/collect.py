"""`collect`: a messy inbox in, one submission per student out, nothing lost on the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from grader.intake import remarks
from grader.intake.collection import Intake, IntakeRules
from grader.intake.conclusions import concluded
from grader.intake.downloads.recognise import recognised
from grader.intake.naming import split_work
from grader.intake.people import decided
from grader.intake.people.aside import without_course, without_others
from grader.intake.people.attempts import Attempt, build_attempts
from grader.intake.people.entries import Choice
from grader.intake.people.origins import student_key
from grader.intake.people.owners import assign
from grader.intake.people.roster import Register
from grader.intake.people.students import Person, people
from grader.intake.reading.unpacking import arrivals
from grader.intake.remarks import Remark
from grader.records import Problem, Status, Submission


def collect(paths: Sequence[Path], rules: IntakeRules) -> Intake:
    """Read everything under `paths`: files, folders, zips, mails, mailboxes, nested at will.

    Nothing is executed or written. Raises ValueError where `rules.deadline` is no ISO 8601 time;
    whatever is wrong with a file becomes a `Problem`.
    """
    register = Register(rules.roster)
    came = recognised(list(arrivals(paths, rules.caps)), register, rules.zone)
    came = without_others(without_course(came, rules.course))
    ownership = decided.owned(assign(came, register), rules.decided, register)
    attempts, unclaimed = _sorted_out(build_attempts(ownership))
    persons = decided.merged(people(attempts, register), rules.decided)
    conclusions = [concluded(person, rules, ownership.clues, register) for person in persons]
    chosen = [(one.person, one.choice) for one in conclusions]
    found = [
        *remarks.unreadable(came, chosen),
        *remarks.empty_containers(came, chosen),
        *remarks.unclaimed(unclaimed),
        *remarks.oddities(ownership),
        *split_work(chosen, register),
        *(remark for one in conclusions for remark in one.remarks),
    ]
    return Intake(
        submissions=(*(one.submission for one in conclusions), *_absent(persons, register)),
        superseded=tuple(old for one in conclusions for old in one.superseded),
        problems=tuple(_problems(found, chosen)),
        files=tuple(one.record for one in came if not (one.remark or one.copy)),
    )


def _sorted_out(attempts: Iterable[Attempt]) -> tuple[list[Attempt], list[Attempt]]:
    """What is somebody's work, and what nothing ties to anybody."""
    everything = list(attempts)
    workers = {student_key(one.owner) for one in everything if _is_work(one)} - {""}
    kept = [one for one in everything if _is_work(one) or student_key(one.owner) in workers]
    return kept, [
        one for one in everything if not (_is_work(one) or student_key(one.owner) in workers)
    ]


def _is_work(attempt: Attempt) -> bool:
    return attempt.owner.is_named or bool(attempt.programs or attempt.reports)


def _absent(persons: Iterable[Person], register: Register) -> Iterator[Submission]:
    """A row for everybody on the roster who sent nothing."""
    present = {person.student_id.casefold() for person in persons}
    for student in register.students:
        student_id = remarks.listed_id(student)
        if student_id.casefold() not in present:
            notes = (remarks.nothing_came(),)
            yield Submission(student_id, student.name, None, notes=notes, absence=Status.MISSING)


def _problems(
    found: Iterable[Remark], chosen: Iterable[tuple[Person, Choice]]
) -> Iterator[Problem]:
    """Whatever could not be read, named or paired, and whatever a person should look at."""
    ids = _ids_by_file(chosen)
    for one, trouble in found:
        student_id = ids.get(one) or ids.get(one.opens, "")
        yield Problem(
            one.path, one.sha256, trouble.reason, trouble.action, student_id, trouble.kind
        )


def _ids_by_file(chosen: Iterable[tuple[Person, Choice]]) -> Mapping[object, str]:
    """The student of every file, and of every mail whose files are all one student's."""
    ids: dict[object, str] = {}
    mails: dict[object, set[str]] = {}
    for person, _ in chosen:
        for attempt in person.attempts:
            for one in attempt.files:
                ids[one] = person.student_id
                for parcel in one.parcel.outwards():
                    mails.setdefault(parcel, set()).add(person.student_id)
    return ids | {parcel: next(iter(found)) for parcel, found in mails.items() if len(found) == 1}
