"""One submission -> one Grade: open a worker, run the otter files on it, total the results."""

from __future__ import annotations

import importlib
import sys
import time
import traceback
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from hmac import digest
from pathlib import Path
from typing import Any

import numpy as np

from grader import portability
from grader.assignment import load
from grader.faults import KitFault, StudentFault
from grader.kit_version import kit_version
from grader.language import Message, default_language, say, translations
from grader.questions import optional, otter
from grader.questions.case import CaseOutcome
from grader.questions.otter import Ran
from grader.questions.worth import scale
from grader.records import (
    CaseResult,
    Grade,
    QuestionResult,
    Repair,
    Status,
    Submission,
    Verdict,
)
from grader.sandbox.forking.forked import ParentGone
from grader.sandbox.limits import Limits
from grader.sandbox.session import Session, session


@dataclass(frozen=True, slots=True)
class Settings:
    """How to grade, the same for a whole batch. Picklable."""

    secret: bytes  # seeds the hidden inputs; b"" with public_only
    public_only: bool = False
    only: str = ""  # one question's name, or "" for all
    tier: str | None = None  # sandbox tier; None: the best that the machine has
    many: bool = False  # other gradings follow in this process: fork workers, see `workers`
    # Seconds of wall time for each failing question in which its repair is looked for; 0: none.
    repair: float = 0.0
    limits: Limits = field(default_factory=Limits)

    @property
    def seed(self) -> str:
        """Fingerprint of the secret, for the results."""
        return sha256(b"fingerprint" + self.secret).hexdigest()[:16] if self.secret else ""


def warm_up() -> None:
    """Load now what a grading loads when it comes to need it: for processes forked from this one."""
    for path in otter.paths():
        otter.loaded(path)
    for room in ("grader.diagnosis.diagnose", "grader.diagnosis.repair.search"):
        importlib.import_module(room)
    np.random.default_rng(0)  # numpy loads it late
    portability.needs_newer("import os")  # the tables of what came with which Python
    translations(default_language())


def grade(
    submission: Submission, settings: Settings, tell: Callable[[str], None] = lambda _: None
) -> Grade:
    """Grade one submission. Raises KitFault, and never anything for what a student did.

    tell: gets the name of each question before it is looked at.
    """
    if submission.source is None:
        return _with_notes(_ungraded(submission, settings), *_written_notes(submission))
    try:
        return _judged(submission, submission.source, settings, tell)
    except ParentGone:
        return _judged(submission, submission.source, replace(settings, many=False), tell)


def _judged(
    submission: Submission, source: str, settings: Settings, tell: Callable[[str], None]
) -> Grade:
    """Grade a program. Raises KitFault."""
    began = time.perf_counter()
    with session(
        source,
        settings.limits,
        settings.tier,
        many=settings.many,
        bonus=submission.bonus,
    ) as student:
        environment = _environment(student, submission, settings)
        begun = tuple(optional.begun(environment))
        paths = otter.paths(only=settings.only, public_only=settings.public_only, begun=begun)
        meant = optional.written(submission.bonus)
        files = {path: _run(path, environment, _teller(tell, path, meant)) for path in paths}
        files = _meant(files, meant)
        tier = student.tier
    questions = tuple(_repaired(one, source, settings) for one in _questions(files))
    too_new = _too_new(student, questions)
    otter.agree_with_otter(files.values(), _total(map(_earned, files.values())))
    if not settings.public_only:
        _agree_with_table(questions)
    graded = replace(
        _ungraded(submission, settings),
        status=Status.NEEDS_REVIEW if too_new else _status(questions),
        questions=questions,
        sandbox=tier,
        seconds=round(time.perf_counter() - began, 3),
        loaded=student.load_fault is None,
        exhibits=tuple(environment["exhibits"]),
    )
    load_notes = (*(_load_notes(student.load_fault) or too_new), *_bonus_notes(student.bonus_fault))
    return _with_notes(graded, *load_notes, *_written_notes(submission))


def _run(path: Path, environment: dict[str, Any], tell: Callable[[str], None]) -> Ran:
    tell(path.stem)
    return otter.run(path, environment)


def _teller(
    tell: Callable[[str], None], path: Path, meant: Collection[str]
) -> Callable[[str], None]:
    """Silent about a question of which it is not known yet whether it is meant, see `_meant`."""
    silent = optional.is_optional(path.stem) and path.stem not in meant
    return (lambda _: None) if silent else tell


def _meant(files: Mapping[Path, Ran], written: Collection[str]) -> dict[Path, Ran]:
    """Without what only shares a name with an optional question: a program's own Adam, say.

    written: the questions of which bonus.py has something. Nobody is told of another one of which
    nothing is as it asks.
    """
    kept = {path.stem for path, ran in files.items() if _earned(ran) > 0.0} | {*written}
    return {
        path: ran
        for path, ran in files.items()
        if path.stem in kept or not optional.is_optional(path.stem)
    }


def _environment(student: Session, submission: Submission, settings: Settings) -> dict[str, Any]:
    """What the question files get: candidates by name, the seed, and where to put what they find."""
    return {
        **student.environment(),
        "seed": digest(settings.secret, submission.sha256.encode(), "sha256"),
        "printed": student.printed_since,
        "exhibits": [],
        "program": student.program,
    }


def _questions(files: Mapping[Path, Ran]) -> tuple[QuestionResult, ...]:
    """Results by question, a question's public and hidden cases together."""
    by_name: dict[str, list[CaseResult]] = {}
    for path, ran in files.items():
        by_name.setdefault(path.stem, []).extend(_cases(ran, scale(path.stem)))
    return tuple(
        QuestionResult(
            name=name,
            score=_total(case.points for case in cases),
            possible=_total(case.possible for case in cases),
            cases=tuple(cases),
            optional=optional.is_optional(name),
        )
        for name, cases in by_name.items()
    )


def _repaired(question: QuestionResult, source: str, settings: Settings) -> QuestionResult:
    """The question with what makes it right, where an answer of the program's was wrong."""
    wrong = any(case.verdict is Verdict.FAILED for case in question.cases)
    if not wrong or settings.repair <= 0:
        return question
    from grader.diagnosis.repair.search import search  # noqa: PLC0415  # slow to load, as below

    try:
        found = search(
            source,
            question.name,
            seconds=settings.repair,
            tier=settings.tier,
            many=settings.many,
        )
    except KitFault:
        raise
    except Exception:  # noqa: BLE001  # a fault of the search must cost nobody a grade
        found = Repair(None, (), (), together=False, seconds=0.0, fault=traceback.format_exc())
    return replace(question, repair=found)


def _earned(ran: Ran) -> float:
    """Points as the file prices its cases, which is how otter counts them."""
    return sum(float(each.test_case.points) for each in ran.file.test_case_results if each.passed)


def _cases(ran: Ran, worth: float) -> list[CaseResult]:
    return [
        _case(
            result.test_case,
            ran.outcomes[result.test_case.name],
            passed=result.passed,
            possible=float(result.test_case.points) * worth,
        )
        for result in ran.file.test_case_results
    ]


def _case(test_case: Any, outcome: CaseOutcome, *, passed: bool, possible: float) -> CaseResult:
    return CaseResult(
        name=test_case.name,
        hidden=test_case.hidden,
        verdict=outcome.verdict,
        points=possible if passed else 0.0,
        possible=possible,
        message=outcome.message,
        hint=outcome.hint,
        diagnosis=outcome.diagnosis,
        claims=outcome.claims,
        review=outcome.review,
        printed=outcome.printed,
    )


def _total(points: Iterable[float]) -> float:
    return round(sum(points), 4)


def _agree_with_table(questions: Sequence[QuestionResult]) -> None:
    """Cases that do not add up to their question's points would change everybody's total."""
    table = {question.name: question.points for question in load().graded}
    for question in questions:
        if abs(question.possible - table[question.name]) > 1e-6:  # noqa: PLR2004  # rounding
            raise KitFault(
                f"{question.name}: its cases are worth {question.possible:g} points, "
                f"assignment.toml says {table[question.name]:g}"
            )


def _status(questions: Sequence[QuestionResult]) -> Status:
    reviewed = any(case.review for question in questions for case in question.cases)
    return Status.NEEDS_REVIEW if reviewed else Status.GRADED


def _too_new(student: Session, questions: Sequence[QuestionResult]) -> tuple[Message, ...]:
    """What this Python is too old for, where points were lost: never a silent zero."""
    if all(question.score == question.possible for question in questions):
        return ()
    needs = student.program.newer.values()
    return tuple(portability.words(need, sys.version_info[:2]) for need in needs)


def _load_notes(fault: StudentFault | None) -> tuple[Message, ...]:
    if fault is None:
        return ()
    return (say("While your file was loaded: {what}", what=fault.message),)


def _bonus_notes(fault: StudentFault | None) -> tuple[Message, ...]:
    if fault is None:
        return ()
    return (say("While your bonus.py was loaded: {what}", what=fault.message),)


def _written_notes(submission: Submission) -> tuple[Message, ...]:
    """Evidence for the person who scores the written part; it pays no points by itself."""
    if submission.report is None:
        return ()
    from grader.written import checklist  # noqa: PLC0415  # slow to load, and not always needed

    return checklist.notes(checklist.collect(submission.report))


def _ungraded(submission: Submission, settings: Settings) -> Grade:
    """What is known of a submission before any of its code has run."""
    return Grade(
        student_id=submission.student_id,
        name=submission.name,
        status=submission.absence or Status.UNREADABLE,
        questions=(),
        sha256=submission.sha256,
        kit=kit_version(),
        sandbox="",
        seed=settings.seed,
        seconds=0.0,
        files=submission.files,
        submitted_at=submission.submitted_at,
        late=submission.late,
        notes=submission.notes,
    )


def _with_notes(grade: Grade, *notes: Message) -> Grade:
    return replace(grade, notes=(*grade.notes, *notes))
