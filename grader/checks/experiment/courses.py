"""What the course of each network's training tells: losses of every epoch, a fresh network each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np

from grader.checks.experiment.evaluations import Line
from grader.protocol import Array, Observation

COLUMNS = 4  # of a course, see `Observation.courses`
MOST = 16  # networks whose course is noted; of more some are not known
FEWEST = 5  # losses that are compared
EXACT = 1e-9  # relative: a loss and the squared size of its derivative


@dataclass(frozen=True, slots=True)
class Thinned:
    """Losses of every how manieth epoch, and whether those are the first of so many."""

    every: int
    first: bool


def thinned(losses: Line, seen: Observation) -> Thinned | None:
    """Whether the losses are, to the digit, those of every n-th epoch only; None where not certain.

    Each step of such a training takes all windows at once, so that it is an epoch.
    """
    steps = list(_whole_epochs(seen))
    if losses.size < FEWEST or any(_proportional(losses, one) for one in steps):
        return None
    for errors in steps:
        for every in range(2, errors.size // (losses.size - 1) + 1):
            for start in (0, every - 1):
                if _proportional(losses, errors[start::every]):
                    return Thinned(every, first=start == 0)
    return None


def _whole_epochs(seen: Observation) -> Iterator[Line]:
    """Squared gradients of each run in which every step took the same batch."""
    return (errors for batches, errors in runs(seen) if batches == 1)


def runs(seen: Observation) -> Iterator[tuple[int, Line]]:
    """Of each network's training at one length: how many batches (capped), and the squared gradients."""
    for course, errors in zip(seen.courses, seen.squared_errors, strict=False):
        if not _is_course(course) or course[:, 1].sum() != errors.size:
            continue
        ends = np.cumsum(course[:, 1]).astype(int)
        for end, (_, count, batches, _) in zip(ends, course, strict=True):
            yield int(batches), np.asarray(errors[end - int(count) : end], np.float64)


def _proportional(losses: Line, errors: Line) -> bool:
    """Whether losses, or their squares, are one multiple of the squared gradients."""
    if losses.size != errors.size or not np.all(np.isfinite(errors) & (errors > 0)):
        return False
    shares = (losses / errors, losses**2 / errors)
    alike = (np.ptp(one) <= EXACT * np.abs(one).max() for one in shares)
    return bool(np.ptp(errors) > 0) and any(alike)


def one_for_all(lengths: Collection[int], seen: Observation) -> bool:
    """Whether one and the same network was trained on at each of these lengths, and nothing else was.

    Each time with the very weights that the length before had ended with.
    """
    if not all(map(_is_course, seen.courses)) or not 0 < len(seen.courses) < MOST:
        return False
    trained_by: dict[int, set[int]] = defaultdict(set)
    for network, course in enumerate(seen.courses):
        for length in course[:, 0]:
            trained_by[int(length)].add(network)
    # A window of L values may be L - 1 inputs and a target.
    steps = {next((T for T in (L, L - 1) if T in trained_by), 0) for L in lengths}
    if len(steps) < max(2, len(lengths)) or 0 in steps:
        return False
    owners = set().union(*(trained_by[T] for T in steps))
    return len(owners) == 1 and bool(np.all(seen.courses[owners.pop()][1:, 3]))


def only_length(lengths: Collection[int], seen: Observation) -> int | None:
    """The one length at which several networks were trained, each judged at another; else None."""
    if len(seen.courses) < 2 or not all(map(_is_course, seen.courses)):  # noqa: PLR2004  # several
        return None
    trained = {int(length) for course in seen.courses for length in course[:, 0]}
    # A window of L values may be L - 1 inputs and a target.
    judged = [L for L in lengths if {L, L - 1} & {*seen.lengths_evaluated}]
    if len(trained) != 1 or {*seen.lengths_trained} != trained or len(judged) < len(lengths):
        return None
    return trained.pop() if len(seen.lengths_evaluated) >= len(lengths) else None


def most_updates(seen: Observation) -> int:
    """How many backwards the network that was trained longest had; 0 where that is not known."""
    counts = [int(course[:, 1].sum()) for course in seen.courses if _is_course(course)]
    return max(counts, default=0)


def _is_course(course: Array) -> bool:
    """Whether it has the form that the worker's own word has."""
    return course.ndim == 2 and course.shape[1] == COLUMNS and len(course) > 0  # noqa: PLR2004  # a table
