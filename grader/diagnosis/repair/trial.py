"""A program opened in a worker of its own, its stages, and the time that all this may take."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from grader.diagnosis.repair.bench import Attempt, Bench, Tried
from grader.diagnosis.repair.edits import Edit
from grader.diagnosis.repair.order import Ranked
from grader.diagnosis.repair.program import Program
from grader.diagnosis.repair.questions import RepairTopic
from grader.diagnosis.repair.sliced import sliced
from grader.diagnosis.repair.stages.stage import Part, Refused, Stage
from grader.faults import StudentFault
from grader.sandbox.limits import Limits
from grader.sandbox.session import session

CALL = 2.0  # seconds for one message


@dataclass(frozen=True)
class Terms:
    """What a search may take: wall time, and workers of which kind (see `sandbox.session`)."""

    seconds: float
    tier: str | None = None
    many: bool = False
    began: float = field(default_factory=time.monotonic)

    def left(self, share: float = 1.0) -> float:
        return self.seconds * share - self.spent

    @property
    def spent(self) -> float:
        return time.monotonic() - self.began


@dataclass(frozen=True)
class Opened:
    """A program in which edits can be tried for one question."""

    bench: Bench
    topic: RepairTopic
    _stages: dict[object, Stage] = field(default_factory=dict)

    def stage(self, points: object) -> Stage:
        """The question's stage at these points. Raises Refused where it cannot be judged."""
        if points not in self._stages:
            self._stages[points] = self._made(points)
        return self._stages[points]

    def _made(self, points: object) -> Stage:
        cls = self.bench.student.environment().get(self.topic.subject)
        if cls is None:
            raise Refused
        try:
            return self.topic.make(cls, points)
        except StudentFault:
            raise Refused from None

    def run(self, edits: tuple[Edit, ...], stage: Stage) -> Tried:
        """What the stage's steps give with these edits made."""
        return self.bench.run([edits], stage.sizes, stage.steps)[0]

    def is_complete(self, stage: Stage) -> bool:
        """Whether the program as it is has every part right."""
        return stage.complete(self.run((), stage))

    def first_right(
        self, attempts: Sequence[Attempt], stage: Stage, kept: frozenset[Part] = frozenset()
    ) -> list[frozenset[Part]]:
        """Which parts of the first call each makes right; none where it makes one `kept` wrong."""
        steps = stage.steps[: stage.first]
        tried = self.bench.run(attempts, stage.sizes, steps)
        return [stage.first_right(what, kept) for what in tried]

    def completing(self, batch: Sequence[Ranked], stage: Stage) -> list[Ranked]:
        """The edits with which all is right."""
        if not batch:
            return []
        tried = self.bench.run([(one.edit,) for one in batch], stage.sizes, stage.steps)
        return [one for one, what in zip(batch, tried, strict=True) if stage.complete(what)]


@contextmanager
def opened(program: Program, topic: RepairTopic, terms: Terms) -> Iterator[Opened]:
    """A fresh worker with the part of the program that the class needs. Raises KitFault."""
    left = max(terms.left(), 0.1)
    limits = Limits(call=min(left, CALL), load=left, total=left)
    # Wrong edits compute whatever they like: a norm that overflows is no news for a terminal.
    quiet = np.errstate(all="ignore")
    with quiet, session(sliced(program), limits, terms.tier, many=terms.many) as student:
        yield Opened(Bench(student, program, topic.subject), topic)
