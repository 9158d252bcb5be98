"""Held-out errors of the tasks of q6_2 to q6_4: the reference from many starts, and every known mistake.

All mistakes are trained, for the table to show what a task cannot see as well; those that it is there
to catch stand in `assignment.toml`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from grader import contract
from grader.calibration.seeded_jobs import cut
from grader.checks.bonus import net_learning
from grader.faults import StudentFault
from grader.matrix.grade_subject import candidates
from grader.misconceptions import catalogue

CLASSES = {"q6_2": contract.BIDIRECTIONAL, "q6_3": contract.DEEP, "q6_4": contract.SEQ2SEQ}
PARTS = {"q6_2": "bidirectional", "q6_3": "deep", "q6_4": "seq2seq"}
CAUGHT, OTHERS = 20, 100  # one run of a mistake for so many of the reference


@dataclass(frozen=True, slots=True)
class NetScores:
    """Held-out errors on a question's task. `misconception` is "" for the reference."""

    question: str
    misconception: str
    values: tuple[float, ...]

    @property
    def threshold(self) -> float:
        return net_learning.numbers_of(self.question).threshold

    @property
    def caught(self) -> bool:
        """Whether the task is there to catch it."""
        return self.misconception in net_learning.numbers_of(self.question).catches

    def nearest(self) -> float:
        """The reference's worst, a mistake's best; NaN counts as infinite."""
        values = np.nan_to_num(self.values, nan=np.inf, posinf=np.inf)
        return float(values.min() if self.misconception else values.max())

    def passing(self) -> int:
        """How many reach the threshold."""
        return sum(value <= self.threshold for value in self.values)


@dataclass(frozen=True, slots=True)
class NetJob:
    """One question, one kind of code, some seeds. Picklable."""

    question: str
    misconception: str
    seeds: range


def net_jobs(questions: Iterable[str], seeds: int) -> Iterator[NetJob]:
    """The reference over all seeds, mistakes over a share of them."""
    for question in (name for name in questions if name in CLASSES):
        yield from cut(NetJob(question, "", range(seeds)))
        catches = net_learning.numbers_of(question).catches
        for one in catalogue.optional_misconceptions():
            if one.part == PARTS[question]:
                share = CAUGHT if one.name in catches else OTHERS
                yield from cut(NetJob(question, one.name, range(max(1, seeds // share))))


def net_scores(job: NetJob) -> NetScores:
    """Train from all seeds of a job."""
    name = CLASSES[job.question]
    cls = candidates(_source(job.misconception))[name]
    with np.errstate(all="ignore"):
        values = tuple(_score(cls, job.question, seed) for seed in job.seeds)
    return NetScores(job.question, job.misconception, values)


def _score(cls: object, question: str, seed: int) -> float:
    rng = np.random.default_rng([seed, *question.encode()])
    try:
        return net_learning.reached(cls, question, rng)  # type: ignore[arg-type]  # a local candidate
    except StudentFault:  # a mistake may leave a network that cannot be run
        return np.inf


def _source(misconception: str) -> str:
    if not misconception:
        return catalogue.reference_source("bonus.py")
    known = {one.name: one for one in catalogue.optional_misconceptions()}
    return known[misconception].source()


def net_complaints(found: Sequence[NetScores]) -> list[str]:
    """Where the reference does not learn, or what should be caught does."""
    wrong = [
        f"{one.question}: {one.passing()} of {len(one.values)} runs of {one.misconception} learn"
        for one in found
        if one.caught and one.passing()
    ]
    failing = [
        f"{one.question}: {len(one.values) - one.passing()} of {len(one.values)} runs of the reference fail"
        for one in found
        if not one.misconception and one.passing() < len(one.values)
    ]
    return [*failing, *wrong]
