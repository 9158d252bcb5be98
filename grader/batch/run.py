"""From what came in to every file of OUT: the steps of a run, without a word to the screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.assignment import Assignment
from grader.batch import coordinator
from grader.batch.coordinator import Summary
from grader.batch.examine import Grader
from grader.batch.interrupts import stoppable
from grader.batch.pools import Examiners
from grader.language import Message
from grader.records import Grade, Problem, QuestionResult
from grader.reports import gradebook, outputs
from grader.results import course
from grader.results.codec import encode
from grader.results.course import CourseSettings
from grader.results.intake import IntakeLike
from grader.results.lock import only_run
from grader.results.overrides import Override
from grader.results.store import NAME, Store


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is asked to do."""

    out: Path
    language: str
    assignment: Assignment
    kit: str
    variant: str = ""
    regrade: bool = False
    deadline: str = ""
    given: CourseSettings = field(default_factory=CourseSettings)
    decided: tuple[Override, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """How a run ended: `problems` are those of the intake, `mistakes` those of people's tables."""

    summary: Summary
    grades: tuple[Grade, ...]
    problems: tuple[Problem, ...]
    mistakes: Sequence[Problem]
    notes: tuple[Message, ...] = ()

    @property
    def exit_code(self) -> int:
        """2 where the kit failed somewhere, or was misused; else everything has its row: 0."""
        return 2 if self.summary.faults or self.mistakes else 0


def grade_all(
    intake: IntakeLike,
    grade: Grader,
    examiners: Examiners,
    progress: coordinator.Progress,
    plan: Plan,
) -> Report:
    """From what came in to every file of OUT.

    Raises KitFault where another run holds OUT, or store or examiners give out, and
    KeyboardInterrupt after Ctrl-C or SIGTERM: what was graded is in the store, and the same call goes on.
    """
    plan.out.mkdir(parents=True, exist_ok=True)
    with stoppable(), only_run(plan.out), Store(plan.out / NAME) as store:
        run = store.begin(plan.kit, variant=plan.variant, regrade=plan.regrade)
        store.save_intake(intake)
        store.remember(gradebook.DEADLINE, plan.deadline)
        store.remember(outputs.READ, encode(plan.decided))
        course.keep(store, plan.given)
        summary = coordinator.run(store.submissions(run), grade, store, examiners, progress)
        store.finish()
        written = outputs.write_all(store, plan.out, plan.language, plan.assignment)
        # For the summary on the screen: without the texts, which are nearly all of the bytes.
        grades = tuple(map(slim, store.grades()))
        problems = tuple(store.problems())
        return Report(summary, grades, problems, written.mistakes, written.notes)


def slim(grade: Grade) -> Grade:
    """Keep of a grade what a summary counts: scores and diagnoses."""
    return replace(grade, questions=tuple(map(_slim, grade.questions)), notes=())


def _slim(question: QuestionResult) -> QuestionResult:
    cases = tuple(
        replace(case, message=None, review=None, printed="")
        for case in question.cases
        if case.diagnosis
    )
    return replace(question, cases=cases)
