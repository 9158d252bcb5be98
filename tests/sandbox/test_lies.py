"""Whatever a worker replies, the submission gets a grade: no reply is a fault of the kit."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.grading import Settings, grade
from grader.misconceptions import catalogue
from grader.records import Submission
from grader.sandbox import start_command, workers
from grader.sandbox.worker.ordinary import surroundings
from tests.sandbox.liar import Liar

SETTINGS = Settings(secret=b"lies" * 8, tier=start_command.PLAIN)


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A liar is no process of its own: what it loads goes elsewhere, and leaves this one as it is."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(surroundings, "run_as", lambda _: None)


def graded(rate: float, seed: int, monkeypatch: pytest.MonkeyPatch) -> float:
    """The points that an honest program gets from a liar."""
    monkeypatch.setattr(workers, "take", lambda *_, **__: Liar(rate, seed))
    return grade(Submission("1", "x", catalogue.reference_source()), SETTINGS).auto


def test_a_liar_that_tells_the_truth_gets_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    assert graded(0.0, 0, monkeypatch) == 60.0


@pytest.mark.slow
@pytest.mark.parametrize("rate", [0.003, 0.01, 0.03, 0.1, 0.3])
@pytest.mark.parametrize("seed", range(2))
def test_a_lie_is_no_fault_of_the_kit(
    rate: float, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert 0.0 <= graded(rate, seed, monkeypatch) <= 60.0
