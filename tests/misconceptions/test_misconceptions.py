"""The list of known misconceptions: sound, complete, and kind to the reader."""

from __future__ import annotations

import ast
import re

import pytest

from grader.assignment import load
from grader.matrix.subjects import REFERENCE, bases, correct
from grader.misconceptions import catalogue
from grader.questions import otter

ALL = catalogue.misconceptions()
PARTS = {"init", "forward", "bptt", "update", "lstm", "data", "training", "evaluation"}
by_name = pytest.mark.parametrize("one", ALL, ids=lambda one: one.name)


def every_case() -> set[str]:
    return {
        f"{path.stem}/{case.name}"
        for path in otter.paths()
        for case in otter.loaded(path).test_cases
    }


def test_the_list_covers_every_part_of_the_assignment() -> None:
    assert len(ALL) >= 80
    assert {one.part for one in ALL} == PARTS


def test_every_automatic_question_is_lost_by_some_misconception() -> None:
    lost = {case.partition("/")[0] for one in ALL for case in one.loses}
    assert lost == {question.name for question in load().automatic}


def test_at_least_four_other_bases_get_most_mistakes() -> None:
    others = [base for base in bases() if base != REFERENCE]
    assert len(others) >= 4
    for base in others:
        assert sum(base in one.bases for one in ALL) >= len(ALL) / 2, base
    assert sum(len(one.bases) >= 3 for one in ALL) >= len(ALL) / 2


def test_at_least_forty_correct_variants() -> None:
    assert sum(subject.base.startswith("variants/") for subject in correct()) >= 40


@by_name
def test_change_makes_another_program_in_every_base(one: catalogue.Misconception) -> None:
    sources = bases()
    for base, change in {REFERENCE: catalogue.Change(one.old, one.new), **one.bases}.items():
        mutant = catalogue.changed(sources[base], change, one.name)
        assert ast.dump(ast.parse(mutant)) != ast.dump(ast.parse(sources[base])), base


@by_name
def test_loses_cases_that_exist(one: catalogue.Misconception) -> None:
    assert one.loses, "a misconception must lose something"
    assert set(one.loses) <= every_case()
    assert all(set(change.also) <= every_case() for change in one.bases.values())
    assert len(set(one.loses)) == len(one.loses)


@by_name
def test_hint_explains_and_does_not_give_the_line_away(one: catalogue.Misconception) -> None:
    assert re.fullmatch(r"[A-Za-z0-9]+(-[a-z0-9]+)*", one.name)
    assert set(one.hint) == {"zh", "en"}
    assert len(one.hint["en"]) > 20
    assert re.search(r"[\u4e00-\u9fff]{4}", one.hint["zh"])
    for text in one.hint.values():
        assert "{" not in text, "hints are rendered as messages, where braces are fields"
        assert one.old.strip() not in text
        assert one.new.strip() not in text


def test_hints_differ_from_one_another() -> None:
    for language in ("zh", "en"):
        texts = [one.hint[language] for one in ALL]
        repeated = {text for text in texts if texts.count(text) > 1}
        assert not repeated
