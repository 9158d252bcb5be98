"""Every judgement has a submission that deserves it: exactly these cases fail, and no others."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.grading import Settings, grade
from tests.expectations import assert_deserved, folders, load

SETTINGS = Settings(secret=b"one secret for the whole suite..")


@pytest.mark.slow
@pytest.mark.parametrize(
    "folder", folders("variant-*", "wrong-*", "broken-*"), ids=lambda folder: folder.name
)
def test_submission_gets_what_it_deserves(folder: Path) -> None:
    expected = load(folder)
    assert_deserved(grade(expected.submission(), SETTINGS), expected)
