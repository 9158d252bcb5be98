"""`explain` says of every question what it asks, how close, what goes wrong, and where to read."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from grader import contract
from grader.assignment import load
from grader.checks import probe_point
from grader.commands.explain import explain
from grader.questions import guide

AUTOMATIC = [question.name for question in load().automatic]
ALL = [question.name for question in load().questions]


def said(*words: str, code: int = 0) -> str:
    done = CliRunner().invoke(explain, list(words))
    assert done.exit_code == code, done.output
    return " ".join(done.output.split())


def test_every_question_has_a_guide():
    assert list(guide.GUIDES) == ALL


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", ALL)
def test_every_question_is_explained(name: str, language: str):
    text = said(name, "--lang", language)
    assert guide.question(name).title[language] in text
    assert {"zh": "问什么", "en": "What it asks"}[language] in text
    assert {"zh": "在哪里读到", "en": "Where to read"}[language] in text
    assert {"zh": "讲", "en": "Lecture"}[language] in text


@pytest.mark.parametrize("name", AUTOMATIC)
def test_the_public_cases_are_listed_and_the_rest_is_named(name: str):
    text = said(name, "--lang", "en")
    cases = guide.public_cases(name)
    assert cases
    for case in cases:
        assert f"{case.name} ({case.points:g}): " in text
        assert case.claim is not None
    left = guide.question(name).points - sum(case.points for case in cases)
    assert f"hidden cases for {left:g} points" in text


@pytest.mark.parametrize("name", AUTOMATIC)
def test_pitfalls_are_hints_of_this_question(name: str):
    hints = {hint.en: hint for hint in probe_point.hints().values()}
    found = guide.pitfalls(name, "en")
    assert 0 < len(found) <= guide.MOST_PITFALLS
    assert all(hints[text].part in contract.BY_NAME[name].parts for text in found)
    assert len({hints[text].family for text in found}) == len(found)


def test_the_numbers_are_the_configurations():
    assert f"below {load().tolerances.numeric_float64} in float64" in said("q4_3", "--lang", "en")
    seconds = load().limits.training_seconds
    assert f"{seconds} seconds at most" in said("q5_3", "--lang", "en")


def test_without_a_name_all_are_listed():
    text = said("--lang", "en")
    assert all(name in text for name in ALL)


def test_an_unknown_name_is_wrong_use():
    assert "q4_3" in said("q9", code=2)
