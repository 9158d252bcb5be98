"""How often correct programs fail a case: all variants, over and over, from new starts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice

from grader.calibration.bounds import upper_bound
from grader.matrix.grade_subject import MatrixRow
from grader.matrix.reach import OPTIONAL
from grader.matrix.subjects import Subject, correct, optional_correct

MENTIONED = 5  # programs named in one line


@dataclass(frozen=True, slots=True)
class Trial(Subject):
    """A correct program and the questions to ask it. Its name seeds all that is random."""

    only: tuple[str, ...] = ()

    def questions(self) -> tuple[str, ...]:
        """The questions asked."""
        return self.only


@dataclass
class Tally:
    """Counts by case."""

    asked: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    reviewed: Counter[str] = field(default_factory=Counter)
    culprits: dict[str, list[str]] = field(default_factory=dict)  # case -> who failed, and why

    def add(self, row: MatrixRow) -> None:
        """Count one graded program."""
        self.asked.update(row.asked)
        self.failed.update(row.lost.keys())
        self.reviewed.update(row.reviewed)
        for case, lost in row.lost.items():
            self.culprits.setdefault(case, []).append(f"{row.subject.name}: {lost.words}")

    def blamed(self, case: str) -> str:
        """Names of the first programs that failed the case; "" where none did."""
        told = self.culprits.get(case, [])
        return ", ".join(one.partition(":")[0] for one in told[:MENTIONED])

    def bound(self, case: str) -> float:
        """Upper confidence bound of the case's false-fail rate."""
        return upper_bound(self.failed[case], self.asked[case])


def trials(questions: Sequence[str], seeds: int) -> Iterator[Trial]:
    """`seeds` runs of each question, over all correct programs in turn."""
    required = tuple(name for name in questions if name not in OPTIONAL)
    optional = tuple(name for name in questions if name in OPTIONAL)
    if required:
        for number, program in islice(enumerate(cycle(correct())), seeds):
            yield Trial("", f"{program.base} #{number}", program.source, only=required)
    if optional:
        for number, program in islice(enumerate(cycle(optional_correct())), seeds):
            yield Trial(
                "",
                f"{program.base} #{number}",
                program.source,
                only=optional,
                optional=True,
                program=program.program,
            )
