"""What is said of mistakes in the optional questions that no rule was written for."""

from __future__ import annotations

import pytest

from grader.matrix.grade_subject import examine
from tests.diagnosis.optional.mistakes import Mistake, mistakes, subject


@pytest.mark.slow
@pytest.mark.parametrize("mistake", mistakes(), ids=lambda one: one.name)
def test_a_mistake_loses_these_cases_and_hears_these_causes(mistake: Mistake) -> None:
    row = examine(subject(mistake))
    assert {case.partition("/")[2] for case in row.lost} == {*mistake.loses}
    said = {lost.words.partition("\n")[2] for lost in row.lost.values()} - {""}
    assert said == {*mistake.says}


def test_most_mistakes_hear_a_cause() -> None:
    told = [one for one in mistakes() if one.says]
    assert len(told) / len(mistakes()) > 0.8
    assert all(one.loses for one in mistakes())
