"""Many submissions to one store, over a `concurrent.futures.Executor`.

Only this process, the coordinator, writes. Few submissions are in flight at a time, each grade is
recorded as soon as it comes back, and nothing else is remembered: so memory is flat, and a run that
is killed at any moment goes on where it stopped.

When an examiner dies, whoever was in flight with it is retried alone, one after another. Who kills
its examiner twice with nobody else in flight gets `kit_fault`, and the rest goes on.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    CancelledError,
    Executor,
    Future,
    wait,
)
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from grader.batch.examine import (
    ExaminerReply,
    Grader,
    describe,
    examine,
    misfit,
    without_score,
)
from grader.batch.interrupts import held
from grader.batch.pools import Examiners
from grader.language import Message, say
from grader.records import Grade, Status, Submission
from grader.results.store import Store

TICK = 1.0  # seconds between two looks at examiners that send nothing
DEATHS = 2  # examiners that a submission alone may take with it before it is given up

NO_REASON = say("The kit itself failed; the cases of this submission say where.")


class Progress(Protocol):
    """Who watches a run."""

    def skipped(self, submission: Submission) -> None:
        """It has its grade from before."""
        ...

    def graded(self, grade: Grade) -> None:
        """It has its grade now, and the store has it."""
        ...

    def stopping(self, in_flight: int) -> None:
        """Ctrl-C: only what is in flight comes to its end."""
        ...


@dataclass(slots=True)
class Summary:
    """What a run did. `faults`: student id and what failed in the kit itself."""

    graded: int = 0
    skipped: int = 0
    faults: list[tuple[str, Message]] = field(default_factory=list)


def run(
    submissions: Iterable[Submission],
    grade: Grader,
    store: Store,
    examiners: Examiners,
    progress: Progress,
) -> Summary:
    """Grade what has no grade yet; record every grade in `store` as it comes.

    `grade` must be picklable; `store` has begun a run. Raises KitFault where examiners or store
    give out, and KeyboardInterrupt after Ctrl-C, once what was in flight is recorded; a second
    Ctrl-C drops that too. Whatever is raised, the store has what was graded, and `progress` has
    heard of it; the same call goes on.
    """
    executor = examiners.start()
    batch = _Batch(iter(submissions), grade, store, examiners, progress, executor)
    try:
        batch.go()
    except KeyboardInterrupt:
        progress.stopping(len(batch.in_flight))
        batch.drain()
        raise
    finally:
        examiners.close(drop=bool(batch.in_flight))
    return batch.summary


@dataclass(slots=True)
class _Batch:
    """A run under way."""

    todo: Iterator[Submission]
    grade: Grader
    store: Store
    examiners: Examiners
    progress: Progress
    executor: Executor
    in_flight: dict[Future[ExaminerReply], Submission] = field(default_factory=dict)
    suspects: deque[Submission] = field(default_factory=deque)  # flew when an examiner died
    alone: bool = False  # the one in flight is a suspect
    deaths: Counter[str] = field(default_factory=Counter)
    summary: Summary = field(default_factory=Summary)
    heard: float = field(default_factory=time.monotonic)  # when something last came back

    def go(self) -> None:
        """Launch and collect until nothing is left."""
        self._launch()
        while self.in_flight:
            self._collect()
            self._launch()

    def drain(self) -> None:
        """Record what is in flight; launch nothing more."""
        for future, submission in list(self.in_flight.items()):
            # What dies now is not graded; the next run does it.
            with suppress(CancelledError, *self.examiners.died):
                outcome = future.result()
                with held():
                    self._conclude(submission, outcome)
            del self.in_flight[future]

    def _launch(self) -> None:
        """Bring what is in flight up to capacity. A suspect flies alone."""
        if self.in_flight and (self.suspects or self.alone):
            return
        self.alone = bool(self.suspects)
        if self.suspects:
            self._submit(self.suspects.popleft())
            return
        while len(self.in_flight) < self.examiners.capacity():
            submission = next(self.todo, None)
            if submission is None:
                return
            if self.store.settle(submission):
                self.summary.skipped += 1
                self.progress.skipped(submission)
            else:
                self._submit(submission)

    def _submit(self, submission: Submission) -> None:
        try:
            future = self.executor.submit(examine, self.grade, submission)
        except self.examiners.died as error:
            # The pool broke since we last looked. Its future says so, as if it had flown.
            future = Future()
            future.set_exception(error)
        self.in_flight[future] = submission

    def _collect(self) -> None:
        """Record what has come back; after a death, sort out who was in flight with it."""
        done, _ = wait(self.in_flight, timeout=TICK, return_when=FIRST_COMPLETED)
        if not done:
            self.examiners.check(time.monotonic() - self.heard)
            return
        self.heard = time.monotonic()
        with held():
            died = [self._land(future) for future in done]
        if any(died):
            if self.examiners.shared_fate:
                for future in wait(self.in_flight).done:
                    self._land(future)
            self.executor = self.examiners.revive()

    def _land(self, future: Future[ExaminerReply]) -> bool:
        """Take one result. True where its examiner died."""
        submission = self.in_flight.pop(future)
        try:
            outcome = future.result()
        except self.examiners.died:
            self._suspect(submission)
            return True
        except CancelledError:
            self.examiners.check(float("inf"))
            self._suspect(submission)
            return True
        except Exception as error:  # noqa: BLE001  It could not be sent there, or back.
            outcome = ExaminerReply(None, describe(error))
        self._conclude(submission, outcome)
        return False

    def _suspect(self, submission: Submission) -> None:
        """Retry alone; or, where nobody else can have done it twice, record the fault."""
        self.deaths[submission.student_id] += self.alone
        if self.deaths[submission.student_id] >= DEATHS:
            self._fail(submission, say("its examiner process died or hung, again and again"))
        else:
            self.suspects.append(submission)

    def _conclude(self, submission: Submission, outcome: ExaminerReply) -> None:
        """Record the grade that came back, or the fault that came in its place."""
        grade = outcome.grade
        if grade is None:
            self._fail(submission, outcome.fault)
        elif reason := misfit(grade, submission, self.store.run.kit):
            self._fail(submission, reason)
        else:
            self._record(submission, grade)

    def _fail(self, submission: Submission, reason: str | Message) -> None:
        self._record(submission, without_score(submission, self.store.run.kit, reason))

    def _record(self, submission: Submission, grade: Grade) -> None:
        self.store.record(submission, grade)
        if grade.status is Status.KIT_FAULT:
            reason = grade.notes[-1] if grade.notes else NO_REASON
            self.summary.faults.append((submission.student_id, reason))
        else:
            self.summary.graded += 1
        self.progress.graded(grade)
