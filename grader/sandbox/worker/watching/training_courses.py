"""The course of each network's training: at which lengths, how long, and with which weights it went on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from grader.sandbox.worker import attribute_path, parameters
from grader.sandbox.worker.array_search import Leaf

MAX_RUNS = 64  # of one network
MAX_BATCHES = 64  # distinct ones that are told apart in one run

Array = np.ndarray[Any, Any]  # not numpy.typing: its import costs every worker 5 ms


@dataclass
class _Run:
    """Training at one length without another length in between."""

    length: int
    goes_on: bool  # with the very weights that the run before ended with
    backwards: int = 0
    batches: set[int] = field(default_factory=set)


@dataclass
class _Course:
    leaf: Leaf | None  # a matrix that every step moves
    runs: list[_Run] = field(default_factory=list)
    ended: int | None = None  # that matrix after the last update, hashed


class Courses:
    """What is noted of networks that the caller keeps alive: an object's id tells which it is."""

    def __init__(self) -> None:
        self.by_object: dict[int, _Course] = {}

    def trains(self, obj: Any, length: int, batch: int) -> None:
        """A backward that follows a forward over so many time steps of this batch, hashed."""
        course = self.by_object.get(id(obj))
        if course is None:
            course = self.by_object[id(obj)] = _Course(_smallest_matrix(obj))
        runs = course.runs
        if not runs or runs[-1].length != length:
            if len(runs) >= MAX_RUNS:
                return
            now = _hashed(obj, course.leaf)
            runs.append(_Run(length, now is not None and now == course.ended))
        runs[-1].backwards += 1
        if len(runs[-1].batches) < MAX_BATCHES:
            runs[-1].batches.add(batch)

    def updated(self, obj: Any) -> None:
        """An update_parameters has ended."""
        if (course := self.by_object.get(id(obj))) is not None:
            course.ended = _hashed(obj, course.leaf)

    def tables(self) -> list[Array]:
        """By network (runs, 4): length, backwards, distinct batches (capped), whether it goes on."""
        return [
            np.array([_row(run) for run in course.runs], np.float64).reshape(-1, 4)
            for course in self.by_object.values()
        ]


def _row(run: _Run) -> tuple[int, int, int, bool]:
    return run.length, run.backwards, len(run.batches), run.goes_on


def _smallest_matrix(obj: Any) -> Leaf | None:
    try:
        held = parameters.leaves(obj, parameters.reach_of(obj))
        found = [leaf for leaf in held if np.ndim(leaf.value) > 1]
    except Exception:  # noqa: BLE001 - attribute access may run a student's code
        return None
    return min(found, key=lambda leaf: np.size(leaf.value), default=None)


def _hashed(obj: Any, leaf: Leaf | None) -> int | None:
    """The matrix that is there now; None where there is none any more."""
    if leaf is None:
        return None
    try:
        holder = obj
        for step in leaf.steps:
            holder = attribute_path.get(holder, step)
        return hash(np.asarray(holder).tobytes())
    except Exception:  # noqa: BLE001 - as above
        return None
