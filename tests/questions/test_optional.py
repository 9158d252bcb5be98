"""What counts as begun in a bonus.py, by its text."""

from __future__ import annotations

import pytest

from grader.questions.optional import written
from tests import ROOT

ADAM = "class Adam:\n    '''Docs.'''\n    def step(self, p, g, r):\n        {body}\n"


@pytest.mark.parametrize("body", ["pass", "...", "'docs'", "raise NotImplementedError"])
def test_a_stub_is_not_begun(body: str) -> None:
    assert written(ADAM.format(body=body)) == frozenset()


def test_the_skeleton_and_no_file_are_not_begun() -> None:
    assert written((ROOT / "student/bonus.py").read_text(encoding="utf-8")) == frozenset()
    assert written(None) == frozenset()


def test_one_line_begins_its_question_only() -> None:
    assert written(ADAM.format(body="p['W'] -= r * g['W']")) == {"q6_5"}


def test_a_text_that_is_no_python_has_begun_all() -> None:
    assert len(written("class Adam(:")) == 5
