"""Held-out scores of q5_2's tasks: correct code from many starts, and the wrong code to be caught.

Trains the classes directly, not through proxies: the arithmetic is the same, and 1,000 starts are
done in minutes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator

from grader.calibration.seeded_jobs import cut
from grader.checks.learning.tasks import Task
from grader.checks.learning.training import prepare, train_reference
from grader.misconceptions import catalogue
from grader.protocol import Array
from grader.questions.hidden_tasks import names, task

Init = Callable[[Generator, int, int], Array]

# How public code starts its weights, (fan_in, fan_out).
INITS: dict[str, Init] = {
    "Xavier uniform": lambda rng, m, n: rng.uniform(-1, 1, (m, n)) * np.sqrt(6 / (m + n)),
    "He normal": lambda rng, m, n: rng.normal(0, np.sqrt(2 / m), (m, n)),
    "torch": lambda rng, m, n: rng.uniform(-1, 1, (m, n)) / np.sqrt(max(m, n)),
    "orthogonal": lambda rng, m, n: np.linalg.qr(rng.normal(size=(max(m, n),) * 2))[0][:m, :n],
    "0.1 normal": lambda rng, m, n: rng.normal(0, 0.1, (m, n)),
    "0.01 normal": lambda rng, m, n: rng.normal(0, 0.01, (m, n)),
}
WEIGHTS = ("W_xh", "W_hh", "W_hy")


@dataclass(frozen=True, slots=True)
class Scores:
    """Held-out scores on one task. `misconception` is "" for correct code."""

    task: str
    misconception: str
    values: tuple[float, ...]

    def worst(self) -> float:
        """The score of correct code nearest to the threshold, or beyond it; NaN counts as worst."""
        return _extreme(self, task(self.task), best=False)

    def best(self) -> float:
        """The score of wrong code nearest to the threshold, or beyond it."""
        return _extreme(self, task(self.task), best=True)

    def passing(self) -> int:
        """How many reach the threshold."""
        subject = task(self.task)
        return sum(subject.reaches(value, subject.numbers.threshold) for value in self.values)


@dataclass(frozen=True, slots=True)
class Job:
    """One task, one kind of code, some seeds. Picklable."""

    task: str
    misconception: str
    seeds: range


def jobs(seeds: int) -> Iterator[Job]:
    """Correct code over all seeds, wrong code over a tenth of them, cut into small jobs."""
    for name in names():
        yield from cut(Job(name, "", range(seeds)))
        for misconception in task(name).numbers.catches:
            yield from cut(Job(name, misconception, range(max(1, seeds // 10))))


def scores(job: Job) -> Scores:
    """Train on all seeds of a job."""
    subject = task(job.task)
    source = _source(job.misconception)
    made = catalogue.module(source, job.misconception or "reference")["SimpleRNN"]
    with np.errstate(all="ignore"):
        values = tuple(_score(subject, made, seed) for seed in job.seeds)
    return Scores(job.task, job.misconception, values)


def _score(subject: Task, made: Any, seed: int) -> float:
    rng = np.random.default_rng([seed, *subject.name.encode()])
    course = prepare(subject, rng)
    start = dict(course.start) if course.start is not None else _own_start(subject, rng, seed)
    return train_reference(made, course, start, whole=False)[0].score


def _own_start(subject: Task, rng: Generator, seed: int) -> dict[str, Array]:
    """What a student's own __init__ gives: one of the usual ways, in turn."""
    init = list(INITS.values())[seed % len(INITS)]
    I, H, O = subject.sizes  # noqa: E741  # sizes as in the equations
    shapes = {"W_xh": (I, H), "W_hh": (H, H), "W_hy": (H, O)}
    weights = {name: init(rng, *shapes[name]) for name in WEIGHTS}
    return {**weights, "b_h": np.zeros(H), "b_y": np.zeros(O)}


def _source(misconception: str) -> str:
    if not misconception:
        return catalogue.reference_source()
    return next(one.source() for one in catalogue.misconceptions() if one.name == misconception)


def _extreme(found: Scores, subject: Task, *, best: bool) -> float:
    """The highest or lowest of the scores, infinity for NaN."""
    values = np.nan_to_num(found.values, nan=np.inf, posinf=np.inf)
    highest = best == subject.classes
    return float(values.max() if highest else values.min())
