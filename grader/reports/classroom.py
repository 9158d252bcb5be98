"""A class, counted while its grades pass by: nothing of a grade is kept but one light row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from grader.language import Message
from grader.records import (
    CaseResult,
    Grade,
    QuestionResult,
    Status,
    Verdict,
)
from grader.reports.account import GradebookRow, Rules, account
from grader.reports.breakout import Sign
from grader.reports.next_steps import lost
from grader.results.reader import Decision

SCORED = (Status.GRADED, Status.NEEDS_REVIEW)


@dataclass(frozen=True, slots=True)
class ClassRow:
    """One student, as a table shows them; no exhibits, no messages but the reasons to look."""

    student_id: str
    name: str
    status: Status
    late: bool
    submitted_at: str
    auto: float
    possible: float
    scores: dict[str, tuple[float, float]]  # question -> earned, possible
    diagnoses: tuple[str, ...]
    seconds: float
    sandbox: str
    reasons: tuple[Message, ...]  # why a person should look
    account: GradebookRow

    @property
    def scored(self) -> bool:
        return self.status in SCORED


@dataclass(slots=True)
class QuestionTally:
    """How the class did in one question; shares between 0 and 1."""

    name: str
    students: int = 0
    score: float = 0.0
    possible: float = 0.0
    full_marks: int = 0

    @property
    def earned(self) -> float:
        return self.score / self.possible if self.possible else 0.0

    @property
    def full(self) -> float:
        return self.full_marks / self.students if self.students else 0.0


@dataclass(slots=True)
class CaseTally:
    """How the class did in one case."""

    question: str
    name: str
    hidden: bool
    verdicts: Counter[Verdict] = field(default_factory=Counter)
    full_marks: int = 0
    diagnoses: Counter[str] = field(default_factory=Counter)

    @property
    def students(self) -> int:
        return self.verdicts.total()

    @property
    def rate(self) -> float:
        return self.full_marks / self.students if self.students else 0.0


@dataclass(frozen=True, slots=True)
class Superseded:
    """A submission that does not count, because another one does."""

    student_id: str
    name: str
    submitted_at: str
    files: tuple[str, ...]


@dataclass(slots=True)
class Classroom:
    """The sums over a class. `add` each current grade once."""

    rows: list[ClassRow] = field(default_factory=list)
    questions: dict[str, QuestionTally] = field(default_factory=dict)
    cases: dict[tuple[str, str, bool], CaseTally] = field(default_factory=dict)
    kits: Counter[str] = field(default_factory=Counter)
    superseded: list[Superseded] = field(default_factory=list)
    interviews: bool = False  # there is a page of dossiers beside the class page
    waiting: list[tuple[str, str]] = field(default_factory=list)  # (id, name) not graded yet
    signs: dict[str, tuple[Sign, ...]] = field(default_factory=dict)  # by student
    decisions: list[Decision] = field(default_factory=list)  # a person's, also ended ones
    alike_pairs: int | None = None  # that wait for a person; None where `similar` never ran

    def add(self, grade: Grade, known: GradebookRow | None = None) -> ClassRow:
        row = to_row(grade, known or account(grade, None, Rules("", 0.0, 0.0)))
        self.rows.append(row)
        self.kits[grade.kit] += 1
        if row.scored:
            for question in grade.questions:
                self._add_question(question)
        return row

    def _add_question(self, question: QuestionResult) -> None:
        tally = self.questions.get(question.name)
        if tally is None:
            tally = self.questions[question.name] = QuestionTally(question.name)
        tally.students += 1
        tally.score += question.score
        tally.possible += question.possible
        tally.full_marks += question.score >= question.possible
        for case in question.cases:
            self._add_case(question.name, case)

    def _add_case(self, question: str, case: CaseResult) -> None:
        key = (question, case.name, case.hidden)
        tally = self.cases.get(key)
        if tally is None:
            tally = self.cases[key] = CaseTally(*key)
        tally.verdicts[case.verdict] += 1
        tally.full_marks += not lost(case)
        if case.diagnosis:
            tally.diagnoses[case.diagnosis] += 1

    @property
    def scored(self) -> list[ClassRow]:
        return [row for row in self.rows if row.scored]

    def misconceptions(self) -> list[tuple[str, list[ClassRow]]]:
        """Rank the misconceptions of this class: name and who has it, the most frequent first."""
        found: dict[str, list[ClassRow]] = {}
        for row in self.rows:
            for name in row.diagnoses:
                found.setdefault(name, []).append(row)
        return sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))

    def sandboxes(self) -> Counter[str]:
        return Counter(row.sandbox for row in self.rows if row.sandbox)


def to_row(grade: Grade, known: GradebookRow) -> ClassRow:
    return ClassRow(
        student_id=grade.student_id,
        name=grade.name,
        status=grade.status,
        late=known.late,
        submitted_at=grade.submitted_at,
        auto=grade.auto,
        possible=grade.auto_possible,
        scores={q.name: (q.score, q.possible) for q in grade.questions},
        diagnoses=grade.diagnoses,
        seconds=grade.seconds,
        sandbox=grade.sandbox,
        reasons=tuple(_reasons(grade)),
        account=known,
    )


def _reasons(grade: Grade) -> Iterator[Message]:
    """Collect why a person should look: what cases ask for, and the notes of whoever needs it."""
    for question in grade.questions:
        for case in question.cases:
            if case.review is not None:
                yield case.review
            if case.verdict is Verdict.KIT_FAULT and case.message is not None:
                yield case.message
    if grade.status is not Status.GRADED:
        yield from grade.notes
