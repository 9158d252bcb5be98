"""Every judgement has a submission that deserves it: exactly these cases fail, and no others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from grader.grading import Settings, grade
from grader.sandbox.limits import Limits
from tests.expectations import Deserved, assert_deserved, folders, read, submission_of

# Long enough to train at import, short for a program that never ends to be imported.
SETTINGS = Settings(secret=b"one secret for the whole suite..", limits=replace(Limits(), load=8.0))


@pytest.mark.slow
@pytest.mark.parametrize(
    "folder",
    folders("variants/*", "wrong/*", "broken/*"),
    ids=lambda folder: f"{folder.parent.name}/{folder.name}",
)
def test_submission_gets_what_it_deserves(folder: Path) -> None:
    assert_deserved(grade(submission_of(folder), SETTINGS), read(folder, Deserved))
