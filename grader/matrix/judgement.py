"""What the matrix must show, and where it does not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.matrix.grade_subject import MatrixRow
from grader.matrix.subjects import REFERENCE

DIAGNOSED = 0.9  # share of the misconceptions, over all bases, that are named rightly


@dataclass(frozen=True, slots=True)
class Judgement:
    """The figures of one run, and what is wrong with it."""

    misconceptions: int
    mutants: int
    variants: int
    killed: int
    diagnosed: int
    diagnosed_in_reference: int
    complaints: tuple[str, ...]

    @property
    def diagnosed_share(self) -> float:
        return self.diagnosed / self.mutants if self.mutants else 0.0


def judge(rows: Sequence[MatrixRow]) -> Judgement:
    """Count, and hold the rows to the requirements."""
    wrong = [row for row in rows if row.subject.misconception]
    correct = [row for row in rows if not row.subject.misconception]
    named = [row for row in wrong if rightly_named(row)]
    complaints = [*_survivors(wrong), *_astray(wrong), *_unfair(correct)]
    if len(named) < DIAGNOSED * len(wrong):
        complaints.append(
            f"only {len(named)} of {len(wrong)} wrong programs are diagnosed by the right name"
        )
    return Judgement(
        misconceptions=len({row.subject.misconception for row in wrong}),
        mutants=len(wrong),
        variants=len(correct),
        killed=sum(bool(row.lost) for row in wrong),
        diagnosed=len(named),
        diagnosed_in_reference=sum(row.subject.base == REFERENCE for row in named),
        complaints=tuple(complaints),
    )


def rightly_named(row: MatrixRow) -> bool:
    """Whether the diagnosis given most often is the right one."""
    names = [lost.diagnosis for lost in row.lost.values() if lost.diagnosis]
    counts = {name: names.count(name) for name in names}
    most = max(counts.values(), default=0)
    return counts.get(row.subject.misconception, 0) == most > 0


def _survivors(wrong: Sequence[MatrixRow]) -> Iterator[str]:
    for row in wrong:
        if not row.lost.keys() - row.subject.chance:
            yield f"{row.subject.name}: keeps full marks"


def _astray(wrong: Sequence[MatrixRow]) -> Iterator[str]:
    """Cases lost that are not named, and in the reference cases named that are not lost."""
    for row in wrong:
        lost = row.lost.keys() - row.subject.chance
        unnamed = sorted(lost - row.subject.loses)
        if unnamed:
            yield f"{row.subject.name}: loses {', '.join(unnamed)}, which it should not"
        kept = sorted(row.subject.loses - lost)
        if kept and row.subject.base == REFERENCE:
            yield f"{row.subject.name}: does not lose {', '.join(kept)}"


def _unfair(correct: Sequence[MatrixRow]) -> Iterator[str]:
    for row in correct:
        for case, lost in row.lost.items():
            yield f"{row.subject.name} is correct and loses {case}: {lost.words}"
