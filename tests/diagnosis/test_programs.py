"""Every judgement has a program that deserves it: what it loses, and what is claimed of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from grader.language import render
from grader.records import Verdict
from tests.diagnosis.programs import FOLDERS, expected, told
from tests.inprocess import candidates, outcomes_of


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_program_is_told_what_is_wrong_with_it(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    source = (folder / "rnn.py").read_text(encoding="utf-8")
    with np.errstate(all="ignore"):
        outcomes = outcomes_of(candidates(source))
    assert told(outcomes) == expected(folder)
    assert not caplog.records, "the experiments themselves failed"


def test_there_are_enough_programs() -> None:
    assert len(FOLDERS) >= 25 + 11 + 4


def test_words_are_translated_and_short() -> None:
    """At most three sentences, besides the one that counts others."""
    source = (FOLDERS[0].parent / "two-faults" / "rnn.py").read_text(encoding="utf-8")
    outcomes = outcomes_of(candidates(source))
    hints = [one.hint for one in outcomes.values() if one.verdict is not Verdict.PASSED]
    assert hints
    for hint in hints:
        assert hint is not None
        assert str(hint).count(". ") <= 3
        assert render(hint, "zh") != str(hint)
