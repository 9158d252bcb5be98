"""Every judgement has a submission that deserves it: exactly these cases fail, and no others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from grader.grading import Settings, default_limits, grade
from tests.expectations import assert_deserved, folders, load

# Long enough to train at import, short for a program that never ends to be imported.
SETTINGS = Settings(
    secret=b"one secret for the whole suite..", limits=replace(default_limits(), load=8.0)
)


@pytest.mark.slow
@pytest.mark.parametrize(
    "folder",
    folders("variants/*", "wrong/*", "broken/*"),
    ids=lambda folder: f"{folder.parent.name}/{folder.name}",
)
def test_submission_gets_what_it_deserves(folder: Path) -> None:
    expected = load(folder)
    assert_deserved(grade(expected.submission(), SETTINGS), expected)
