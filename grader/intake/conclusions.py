"""What comes of one student: the submission that counts, the others, and what a person should know.

Nobody stands or falls with somebody else here: where the kit itself fails at one student, that one
has a row that says so, and everybody else has theirs.
"""

from __future__ import annotations

from dataclasses import dataclass

from grader.intake import remarks
from grader.intake.collection import IntakeRules, Trouble
from grader.intake.people.choice import Picked
from grader.intake.people.clues import Clues
from grader.intake.people.entries import Choice, choose, entry, superseded
from grader.intake.people.roster import Register
from grader.intake.people.students import Person
from grader.intake.reading.kinds import kit_failed
from grader.intake.remarks import Remark
from grader.records import Status, Submission


@dataclass(frozen=True, slots=True, eq=False)
class Conclusion:
    """One student with everything that `collect` hands over of them."""

    person: Person
    choice: Choice
    submission: Submission
    superseded: tuple[Submission, ...] = ()
    remarks: tuple[Remark, ...] = ()


def concluded(person: Person, rules: IntakeRules, clues: Clues, register: Register) -> Conclusion:
    """What comes of this student. Raises nothing."""
    try:
        choice = choose(person, rules, clues)
        return Conclusion(
            person,
            choice,
            entry(person, choice),
            tuple(superseded(person, choice)),
            tuple(remarks.about(person, choice, register)),
        )
    except Exception as error:  # noqa: BLE001 - whatever fails, the others must have their rows
        return _without_choice(person, kit_failed(error))


def _without_choice(person: Person, trouble: Trouble) -> Conclusion:
    files = [one for attempt in person.attempts for one in attempt.files]
    submission = Submission(
        person.student_id,
        person.name,
        None,
        files=tuple(one.record for one in files),
        notes=(trouble.reason,),
        absence=Status.KIT_FAULT,
    )
    nothing = Choice(Picked(None), Picked(None), None, Picked(None))
    return Conclusion(person, nothing, submission, remarks=((files[-1], trouble),))
