"""One student's dossier: questions, what could not be asked about, and how much it is needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from grader.integrity.dossier.alike_passages import AlikePassage
from grader.integrity.dossier.asking import (
    ask_changes,
    ask_curve,
    ask_flow,
    ask_gates,
    ask_report,
    ask_roles,
    ask_shapes,
    ask_weak_points,
)
from grader.integrity.dossier.asking.found_roles import FoundRoles
from grader.integrity.dossier.measuring.laboratory import Laboratory, opened
from grader.integrity.dossier.oral_question import OralQuestion, QuestionDraft
from grader.integrity.dossier.own_program import TOPICS, OwnProgram
from grader.integrity.dossier.own_report import OwnReport
from grader.integrity.dossier.question_draw import FEWEST, draw
from grader.language import Message, say
from grader.records import Grade, Submission
from grader.reports.wording import Wording
from grader.sandbox.worker.source import BONUS_FILENAME

NO_REPORT = 1.5  # what an empty report adds to the need to talk


@dataclass(frozen=True, slots=True)
class Dossier:
    """What the examiner takes along."""

    student_id: str
    name: str
    questions: tuple[OralQuestion, ...]
    notes: tuple[Message, ...] = ()  # what could not be asked about, and why
    need: float = 0.0  # the larger, the sooner to talk
    reasons: tuple[Message, ...] = ()  # ... and why
    kit_fault: bool = False  # the kit itself failed at this program


@dataclass(frozen=True, slots=True)
class DossierTask:
    """What one dossier is made of."""

    submission: Submission
    grade: Grade | None
    wording: Wording
    alike: tuple[AlikePassage, ...] = ()
    tier: str | None = None


def dossier(task: DossierTask) -> Dossier:
    """Raises KitFault where no worker can be started."""
    submission, report = task.submission, OwnReport(task.submission.report or "")
    notes = list(_about_report(submission, report))
    if submission.source is None or not submission.source.strip():
        return _without(task, [say("No program came in: there is nothing to ask about."), *notes])
    try:
        own = OwnProgram.of(submission.source)
    except SyntaxError as error:
        return _without(
            task,
            [
                say(
                    "The program does not parse (line {line}): nothing could be run. Ask for a version that runs.",
                    line=error.lineno or 0,
                ),
                *notes,
            ],
        )
    except (ValueError, RecursionError, MemoryError):
        return _without(
            task, [say("The program cannot be read by Python: nothing could be run."), *notes]
        )
    with opened(own.program, task.tier) as lab:
        drafts = list(_drafts(task, own, report, lab))
        questions = tuple(draw(drafts, submission.student_id))
        notes = [*_about_program(own, lab), *notes]
    if 0 < len(questions) < FEWEST:
        notes.append(
            say(
                "Only {count} questions: the program gives no more to ask about.",
                count=len(questions),
            )
        )
    return _weighed(task, questions, notes, drafts, report)


def _drafts(
    task: DossierTask, own: OwnProgram, report: OwnReport, lab: Laboratory
) -> Iterator[QuestionDraft]:
    roles = FoundRoles.of(own, lab)
    yield from ask_roles.drafts(own, roles)
    yield from ask_shapes.drafts(own, lab)
    yield from ask_gates.drafts(own, lab, roles)
    yield from ask_changes.drafts(own, lab)
    yield from ask_flow.drafts(own, lab, roles)
    runs = lab.rnn is not None or lab.cell is not None
    yield from ask_report.drafts(own, report, runs=runs)
    if task.grade is not None:
        yield from ask_curve.drafts(own, task.grade)
        programs = (own, *_bonus_program(task.submission))
        yield from ask_weak_points.drafts(programs, task.grade, task.wording, task.alike)


def _bonus_program(submission: Submission) -> Iterator[OwnProgram]:
    """bonus.py, if there is one that parses: what does not is said where it lost its points."""
    if submission.bonus:
        with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            yield OwnProgram.of(submission.bonus, BONUS_FILENAME)


def _about_report(submission: Submission, report: OwnReport) -> Iterator[Message]:
    if submission.report is None:
        yield say("No report came in.")
    elif report.is_empty:
        yield say("The report is empty, or nearly so.")


def _about_program(own: OwnProgram, lab: Laboratory) -> Iterator[Message]:
    if lab.student.load_fault is not None:
        yield lab.student.load_fault.message
    if lab.rnn is None and lab.cell is None:
        yield say(
            "Neither SimpleRNN nor LSTMCell can be run: no answer could be measured. A skeleton that nobody filled in looks like this."
        )
    elif lab.rnn is None:
        yield say("SimpleRNN cannot be run: no question about it has a measured answer.")
    elif lab.cell is None:
        yield say("LSTMCell cannot be run: no question about it has a measured answer.")
    if lab.rnn is not None and not lab.rnn.base.complete:
        yield say("backward does not run: no question about it has a measured answer.")
    if own.refused:
        methods = tuple(".".join(TOPICS[topic]) for topic in own.refused)
        yield say(
            "Lines of {names} are not changed and run: what they call uses names such as open, os or input.",
            names=methods,
        )


def _without(task: DossierTask, notes: Sequence[Message]) -> Dossier:
    who = task.submission
    return Dossier(who.student_id, who.name, (), tuple(notes), 0.0, ())


def _weighed(
    task: DossierTask,
    questions: tuple[OralQuestion, ...],
    notes: Sequence[Message],
    drafts: Sequence[QuestionDraft],
    report: OwnReport,
) -> Dossier:
    """How urgent it is to talk: the sum of the weak points that are asked about."""
    need = sum(sorted((one.urgency for one in drafts), reverse=True)[:4])
    need += NO_REPORT * report.is_empty
    reasons = tuple(question.reason for question in questions if question.reason)
    who = task.submission
    return Dossier(who.student_id, who.name, questions, tuple(notes), round(need, 2), reasons)
