"""What failed, by its cause: an exception that many cases meet is one thing to put right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field

from grader.language import Message, Value, render
from grader.records import CaseResult, Grade, QuestionResult, Verdict
from grader.reports.next_steps import lost

# What ends a call, or is missing, is met in every question that calls the same.
EVERYWHERE = (Verdict.CRASHED, Verdict.TIMED_OUT, Verdict.NOT_IMPLEMENTED)


@dataclass(slots=True)
class FailureCause:
    """The first case that met it, and how many others did, by question."""

    question: QuestionResult
    case: CaseResult
    others: Counter[str] = field(default_factory=Counter)

    @property
    def here(self) -> int:
        """How many cases of its own question met it, itself included."""
        return 1 + self.others[self.question.name]

    @property
    def elsewhere(self) -> dict[str, int]:
        return {name: n for name, n in self.others.items() if name != self.question.name}


def causes(grade: Grade) -> dict[Hashable, FailureCause]:
    """Every cause for which points are missing, in the order of the questions."""
    found: dict[Hashable, FailureCause] = {}
    for question in grade.questions:
        for case in question.cases:
            if not lost(case):
                continue
            key = cause_of(question, case)
            if key in found:
                found[key].others[question.name] += 1
            else:
                found[key] = FailureCause(question, case)
    return found


def cause_of(question: QuestionResult, case: CaseResult) -> Hashable:
    """The same for two cases that fail for the same reason."""
    raised = dict(_values(case.message))
    if case.verdict is Verdict.CRASHED and {"exception", "line"} <= raised.keys():
        return case.hidden, raised["exception"], raised["line"]
    text = render(case.message, "en") if case.message else case.name
    where = "" if case.verdict in EVERYWHERE or case.hint else question.name
    return case.hidden, case.verdict, where, text


def _values(message: Value | None) -> Iterator[tuple[str, Value]]:
    """What fills in a message, and the messages in it."""
    if isinstance(message, Message):
        for name, value in message.values.items():
            yield name, value
            yield from _values(value)
