"""`grader.contract` is the one table of what is asked for: everything else agrees with it."""

from __future__ import annotations

import pytest

from grader import contract
from grader.assignment import load
from grader.diagnosis.match import CONCERNS, RECORDS
from grader.handout import notebook, template
from grader.language import LANGUAGES
from grader.misconceptions import catalogue
from grader.questions import guide
from grader.questions.otter import QUESTIONS
from grader.sandbox.worker import source

NAMES = [question.name for question in contract.QUESTIONS]
OPTIONAL = [question.name for question in contract.OPTIONAL_QUESTIONS]


def test_the_configuration_has_the_same_questions_in_the_same_order() -> None:
    assert [question.name for question in load().automatic] == NAMES, (
        "grader/contract.py and grader/assignment.toml name different automatic questions"
    )
    assert [question.name for question in load().optional] == OPTIONAL


@pytest.mark.parametrize("kind", ["public", "hidden"])
def test_every_question_has_its_files(kind: str) -> None:
    files = {path.stem for path in (QUESTIONS / kind).glob("q*.py")}
    assert files == {*NAMES, *OPTIONAL}, f"grader/questions/{kind} and grader/contract.py differ"


@pytest.mark.parametrize("question", contract.BY_NAME.values(), ids=lambda question: question.name)
def test_a_question_is_told_in_words_and_both_languages(
    question: contract.AutomaticQuestion,
) -> None:
    assert question.name in guide.GUIDES, "grader/questions/guide.py does not explain it"
    title = {each.name: each.title for each in load().questions}[question.name]
    assert set(title) == set(LANGUAGES), "grader/assignment.toml lacks a title"
    assert guide.pitfalls(question.name, "zh"), "no misconception is of its parts"


def test_an_optional_question_is_of_optional_names() -> None:
    subjects = [name for each in contract.OPTIONAL_QUESTIONS for name in each.subjects]
    assert sorted(subjects) == sorted(contract.OPTIONAL_NAMES)


def test_every_part_of_the_catalogue_belongs_to_a_question() -> None:
    parts = {part for question in contract.QUESTIONS for part in question.parts}
    assert {one.part for one in catalogue.misconceptions()} == parts, (
        "solutions/misconceptions.toml and grader/contract.py name different parts"
    )


def test_what_a_misconception_loses_is_asked() -> None:
    lost = {case.partition("/")[0] for one in catalogue.misconceptions() for case in one.loses}
    assert lost <= set(NAMES)


def test_a_question_with_a_record_is_diagnosed_from_it() -> None:
    recorded = {each.name: each.record for each in contract.QUESTIONS if each.record}
    assert set(CONCERNS) == set(recorded), "grader/diagnosis/match.py: CONCERNS"
    assert set(RECORDS) == set(recorded.values()), "grader/diagnosis/match.py: RECORDS"


def test_the_skeleton_defines_what_is_asked_for() -> None:
    namespace: dict[str, object] = {}
    exec(compile(template.skeleton(), "rnn.py", "exec"), namespace)  # our own file
    found = source.defined(namespace, contract.CLASSES, contract.FUNCTIONS)
    assert {each.name for each in found} == set(contract.NAMES)
    assert not [each for each in found if each.missing]
    exec(compile(template.bonus(), "bonus.py", "exec"), namespace)  # our own file
    extra = source.defined(namespace, contract.OPTIONAL_CLASSES, contract.OPTIONAL_FUNCTIONS)
    assert {each.name for each in extra} == set(contract.OPTIONAL_NAMES)
    assert not [each for each in extra if each.missing]


def test_the_notebook_asks_every_question_once() -> None:
    text = notebook.build()
    assert [text.count(f'grader.check(\\"{name}\\")') for name in NAMES] == [1] * len(NAMES)
    assert [text.count(f'optional.check(\\"{name}\\")') for name in OPTIONAL] == [1] * len(OPTIONAL)
