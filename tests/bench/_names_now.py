"""What `_side` measures, by the names of this build."""

from __future__ import annotations

from typing import Any

from grader.batch.coordinator import run
from grader.batch.inbox_run import Quiet
from grader.batch.pools import LocalExaminers
from grader.grading import Settings, grade
from grader.records import Submission
from grader.reports import outputs
from grader.results.store import NAME, Store
from grader.sandbox import Limits, tiers, workers
from tests.batch import batch_fakes as fakes

__all__ = [
    "NAME", "LocalExaminers", "Quiet", "Settings", "Store", "Submission", "fakes", "grade", "outputs",
    "run",
]  # fmt: skip
MANY = {"many": True}  # gradings in one process
PRELOAD = "grader.batch.at_hand"


def take() -> Any:
    """A worker for the next program of a class."""
    return workers.take(Limits(), tiers.best(), draws=True, many=True)
