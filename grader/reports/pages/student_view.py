"""What a student's page shows: a grade, turned into words, with nothing that it must not show.

The templates see only these records, never a `Grade`: what is not here cannot leak.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from grader.language import Message, render, say
from grader.records import (
    CaseResult,
    FileRecord,
    Grade,
    QuestionResult,
    Status,
    Verdict,
)
from grader.reports.account import GradebookRow
from grader.reports.account_view import AccountView, account_view
from grader.reports.clean_message import moment, one_line, words
from grader.reports.guard import case_hint, case_print, case_text, repair_text
from grader.reports.labels import ROLES
from grader.reports.next_steps import (
    VERDICTS,
    first_to_fix,
    lost,
    next_step,
)
from grader.reports.wording import Wording
from grader.results.notes import LATE

PRINTED_LIMIT = 1_200
NAME_LIMIT = 60
LOADING = (Verdict.NOT_IMPLEMENTED, Verdict.CRASHED)


@dataclass(frozen=True, slots=True)
class CaseView:
    """Cases of one question that say the same; `times` of them, `lost` points together."""

    verdict: str  # a Verdict's value, for the sign
    label: str
    name: str  # empty for hidden cases: it may tell what their input is
    hidden: bool
    text: str
    cause: str  # the misconception's title
    hint: str
    printed: str
    lost: float
    times: int = 1


@dataclass(frozen=True, slots=True)
class FigureView:
    """A picture: the grader's plot as SVG, or the student's figure as a data URI."""

    title: str
    summary: str
    svg: str = ""
    uri: str = ""


@dataclass(frozen=True, slots=True)
class QuestionView:
    """One card."""

    name: str
    title: str
    score: float
    possible: float
    passed: int
    total: int
    cases: tuple[CaseView, ...]  # what lost points or did not pass
    figures: tuple[FigureView, ...]
    repair: str = ""  # which line is to be changed

    @property
    def state(self) -> str:
        """Say "full", "part" or "none": how much of the points."""
        if self.score >= self.possible:
            return "full"
        return "part" if self.score > 0 else "none"


@dataclass(frozen=True, slots=True)
class FirstView:
    """The first thing to fix."""

    question: str
    title: str
    case: CaseView
    step: str


@dataclass(frozen=True, slots=True)
class StudentView:
    """The page."""

    student_id: str
    name: str
    status: str
    late: bool
    submitted_at: str
    score: float
    possible: float
    hidden_points: float  # what hidden cases would add, where they were not run
    written: tuple[tuple[str, float], ...]  # title and points of what a person scores
    first: FirstView | None
    questions: tuple[QuestionView, ...]
    notes: tuple[str, ...]
    files: tuple[FileRecord, ...]
    kit: str
    sha256: str
    account: AccountView | None = None  # None where there is no gradebook: one's own run

    @property
    def notes_first(self) -> bool:
        """Say whether the notes may explain the first failure: a file that did not load."""
        return self.first is not None and self.first.case.verdict in LOADING

    @property
    def share(self) -> float:
        return min(max(self.score / self.possible, 0.0), 1.0) if self.possible else 0.0

    @property
    def scored(self) -> bool:
        return self.status in (Status.GRADED, Status.NEEDS_REVIEW)


def student_view(
    grade: Grade,
    wording: Wording,
    figures: Sequence[tuple[str, FigureView]] = (),
    row: GradebookRow | None = None,
) -> StudentView:
    """Turn a grade into its page. `figures`: (question name, figure)."""
    late = grade.late if row is None else row.late
    return StudentView(
        student_id=one_line(grade.student_id, NAME_LIMIT),
        name=one_line(grade.name, NAME_LIMIT),
        status=grade.status.value,
        late=late,
        submitted_at=moment(grade.submitted_at),
        score=grade.auto,
        possible=grade.auto_possible,
        hidden_points=max(sum(wording.possible.values()) - grade.auto_possible, 0.0),
        written=tuple((wording.title(name), given) for name, given in wording.written.items()),
        first=_first(grade, wording),
        questions=tuple(_question(question, wording, figures) for question in grade.questions),
        notes=tuple(
            words(note, wording.language, 400)
            for note in grade.notes
            # A person may have extended the deadline since.
            if late or note.text != LATE.text
        ),
        files=tuple(_file(file, wording.language) for file in grade.files[:20]),
        kit=one_line(grade.kit, 60),
        sha256=grade.sha256[:12],
        account=account_view(row, wording) if row else None,
    )


def _file(file: FileRecord, language: str) -> FileRecord:
    role = render(ROLES[file.role], language) if file.role in ROLES else file.role
    name = one_line(file.name, NAME_LIMIT)
    return replace(file, name=name, sha256=file.sha256[:12], role=role)


def _first(grade: Grade, wording: Wording) -> FirstView | None:
    found = first_to_fix(grade)
    if found is None:
        return None
    question, case = found
    step = render(_step(grade, question, case), wording.language)
    return FirstView(question.name, wording.title(question.name), case_view(case, wording), step)


def _step(grade: Grade, question: QuestionResult, case: CaseResult) -> Message:
    if case.verdict is Verdict.NOT_IMPLEMENTED and not grade.loaded:
        return say("Mend what is said above about loading your file first: it may hide all else.")
    return next_step(question, case)


def _question(
    question: QuestionResult, wording: Wording, figures: Sequence[tuple[str, FigureView]]
) -> QuestionView:
    bad = [case for case in question.cases if lost(case)]
    return QuestionView(
        name=question.name,
        title=wording.title(question.name),
        score=question.score,
        possible=question.possible,
        passed=len(question.cases) - len(bad),
        total=len(question.cases),
        cases=tuple(_merged(case_view(case, wording) for case in bad)),
        figures=tuple(figure for name, figure in figures if name == question.name),
        repair=repair_text(question, wording.language),
    )


def case_view(case: CaseResult, wording: Wording) -> CaseView:
    label = render(VERDICTS[case.verdict], wording.language)
    return CaseView(
        verdict=case.verdict.value,
        label=label,
        name="" if case.hidden else one_line(case.name, NAME_LIMIT),
        hidden=case.hidden,
        text=case_text(case, wording.language),
        cause=wording.hints.get(case.diagnosis, ("", ""))[0],
        hint=case_hint(case, wording),
        printed=case_print(case, PRINTED_LIMIT),
        lost=case.possible - case.points,
    )


def _merged(cases: Iterable[CaseView]) -> Iterator[CaseView]:
    """Say once what several cases say alike, and each hint once."""
    merged: dict[CaseView, CaseView] = {}
    told: set[str] = set()
    for case in cases:
        stub = case.verdict == Verdict.NOT_IMPLEMENTED
        key = replace(case, lost=0.0, times=1, name="" if stub else case.name)
        seen = merged.get(key)
        if seen is not None:
            merged[key] = replace(
                seen, lost=seen.lost + case.lost, times=seen.times + 1, name=key.name
            )
            continue
        merged[key] = replace(case, cause="", hint="") if case.hint in told else case
        told |= {case.hint} - {""}
    yield from merged.values()
