"""What `_side` measures, by the names of b1ec81a, beside which this build is measured."""

from __future__ import annotations

from typing import Any

from grader.commands.grade_batch import Quiet
from grader.examiners import LocalExaminers
from grader.results.records import Submission

from grader.batch import run
from grader.grading import Settings, grade
from grader.reports import outputs
from grader.results.store import NAME, Store
from grader.sandbox import Limits, tiers
from grader.sandbox.launch import open_worker
from tests import batch_fakes as fakes

__all__ = [
    "NAME", "LocalExaminers", "Quiet", "Settings", "Store", "Submission", "fakes", "grade", "outputs",
    "run",
]  # fmt: skip
MANY: dict[str, bool] = {}
PRELOAD = "grader.grading"


def take() -> Any:
    """A worker for the next program of a class."""
    return open_worker(Limits(), tiers.best(), draws=True)
