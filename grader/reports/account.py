"""One student's whole account: what was graded, what a person gave and decided, and the sum."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from grader.assignment import Assignment
from grader.records import Grade, Status, Submission
from grader.results.course import CourseSettings
from grader.results.overrides import EXCUSE, WAIVE, Override, Overrides, moment
from grader.written.scores import SectionScore, WrittenRow


@dataclass(frozen=True, slots=True)
class Rules:
    """What turns a grade into an account, the same for the whole class."""

    deadline: str  # ISO 8601; empty: none
    late_penalty: float  # share of the automatic points per started day
    late_penalty_cap: float
    optional: frozenset[str] = frozenset()  # questions whose points are a bonus
    by_hand: tuple[str, ...] = ()  # questions that a person scores
    oral: float = 0.0  # points of the oral exam in the total; 0: it is kept apart
    decided: Overrides = field(default_factory=Overrides)

    @classmethod
    def of(
        cls, assignment: Assignment, course: CourseSettings, deadline: str, decided: Overrides
    ) -> Rules:
        header = assignment.assignment
        return cls(
            deadline,
            header.late_penalty if course.late_penalty is None else course.late_penalty,
            header.late_penalty_cap,
            frozenset(each.name for each in assignment.questions if each.bonus),
            tuple(each.name for each in assignment.questions if each.written),
            header.oral,
            decided,
        )


@dataclass(frozen=True, slots=True)
class GradebookRow:
    """One student's row. None, and no key in `scores`, where there is no score."""

    student_id: str
    name: str
    status: Status
    scores: Mapping[str, float] = field(default_factory=dict)  # by question
    possible: float = 0.0  # of `auto`, in the cases that ran
    auto: float | None = None
    bonus: float | None = None  # given by a person
    bonus_code: float | None = None  # optional questions, graded automatically
    penalty: float | None = None  # points taken off for lateness; 0 where it was waived
    written: float | None = None
    unscored: tuple[str, ...] = ()  # questions that a person has still to score
    oral: float | None = None
    total: float | None = None
    deadline: str = ""  # the student's own
    days_late: int = 0
    submitted_at: str = ""
    diagnoses: tuple[str, ...] = ()
    sha256: str = ""
    comment: str = ""
    sections: tuple[SectionScore, ...] = ()  # of the written part, as scored on the page
    excused: bool = False
    overrides: tuple[Override, ...] = ()

    @property
    def late(self) -> bool:
        return self.days_late > 0


def account(grade: Grade, scored: WrittenRow | None, rules: Rules) -> GradebookRow:
    """Sum up one student."""
    who = grade.student_id
    has_score = bool(grade.questions) and grade.status is not Status.KIT_FAULT
    given = {each.name: each.score for each in grade.questions} if has_score else {}
    optional = {each.name for each in grade.questions if each.optional} | rules.optional
    counting = [each for each in grade.questions if each.name not in optional]
    auto = round(sum(each.score for each in counting), 4) if has_score else None
    extra = [given[name] for name in given if name in optional]
    deadline = rules.decided.deadline(who, rules.deadline)
    least = 1 if deadline == rules.deadline else 0  # the intake has seen the course's own
    days = days_late(grade.submitted_at, deadline, least) if grade.late else 0
    penalty = None if auto is None else _penalty(auto, days, rules, who)
    by_hand = scored.scores if scored else {}
    return _summed(
        GradebookRow(
            student_id=who,
            name=grade.name,
            status=grade.status,
            scores={**given, **by_hand},
            possible=round(sum(each.possible for each in counting), 4),
            auto=auto,
            bonus=scored.bonus if scored else None,
            bonus_code=round(sum(extra), 4) if extra else None,
            penalty=penalty,
            written=sum(by_hand.values()) if by_hand else None,
            unscored=tuple(name for name in rules.by_hand if name not in by_hand),
            oral=scored.oral if scored else None,
            deadline=deadline,
            days_late=days,
            submitted_at=grade.submitted_at,
            diagnoses=grade.diagnoses,
            sha256=grade.sha256,
            comment=scored.comment if scored else "",
            sections=scored.sections if scored else (),
            excused=rules.decided.has(who, EXCUSE),
            overrides=rules.decided.of(who),
        ),
        oral_counts=rules.oral > 0,
    )


def _summed(row: GradebookRow, *, oral_counts: bool) -> GradebookRow:
    parts = (row.auto, row.bonus_code, row.written, row.bonus, row.oral if oral_counts else None)
    known = [part for part in parts if part is not None]
    if not known or row.status is Status.KIT_FAULT:
        return row
    return replace(row, total=round(sum(known) - (row.penalty or 0.0), 4))


def _penalty(auto: float, days: int, rules: Rules, student_id: str) -> float:
    if rules.decided.has(student_id, WAIVE):
        return 0.0
    return round(auto * min(rules.late_penalty_cap, rules.late_penalty * days), 4)


def days_late(submitted_at: str, deadline: str, least: int = 1) -> int:
    """Started days after the deadline, `least` or more; 1 where the times say nothing."""
    sent, due = moment(submitted_at), moment(deadline)
    if sent is None or due is None:
        return 1
    return max(least, math.ceil((sent - due) / timedelta(days=1)))


def waiting(submission: Submission, scored: WrittenRow | None, rules: Rules) -> GradebookRow:
    """A student whom a stopped run has not come to."""
    return GradebookRow(
        student_id=submission.student_id,
        name=submission.name,
        status=Status.NEEDS_REVIEW,
        scores=scored.scores if scored else {},
        bonus=scored.bonus if scored else None,
        submitted_at=submission.submitted_at,
        comment=scored.comment if scored else "",
        overrides=rules.decided.of(submission.student_id),
    )
