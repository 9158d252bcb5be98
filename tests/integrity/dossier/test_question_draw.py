"""Which questions are drawn: enough, varied, the same again, and others for a neighbour."""

from __future__ import annotations

from collections import Counter

import pytest

from grader.integrity.dossier.oral_question import (
    ALWAYS,
    Excerpt,
    Level,
    OralQuestion,
    QuestionDraft,
)
from grader.integrity.dossier.question_draw import FEWEST, MOST, draw
from grader.language import say


def draft(level: Level, topic: str, kind: str, line: int, **options: float) -> QuestionDraft:
    question = OralQuestion(
        level,
        say("{topic} {kind} {line}", topic=topic, kind=kind, line=line),
        *(say("Note"),) * 3,
        excerpt=Excerpt(line, ("x",)),
        reason=say("Note") if options.get("urgency") else None,
    )
    return QuestionDraft(level, topic, kind, (line, line), lambda: question, **options)


def many() -> list[QuestionDraft]:
    topics = ("forward", "backward", "cell", "update")
    return [
        draft(level, topic, f"{kind} {level}", 10 * at + 100 * place + 1000 * level)
        for level in Level
        for place, topic in enumerate(topics)
        for at, kind in enumerate(("role", "shape", "change"))
    ]


def texts(drafts: list[QuestionDraft], student_id: str) -> list[str]:
    return [str(one.text) for one in draw(drafts, student_id)]


def test_the_same_student_gets_the_same_and_neighbours_get_others() -> None:
    drawn = {student: tuple(texts(many(), student)) for student in ("1", "2", "3", "4")}
    assert len(set(drawn.values())) == 4
    assert tuple(texts(many(), "1")) == drawn["1"]


@pytest.mark.parametrize("student", ["1", "2", "学生", "\ud800"])
def test_three_levels_and_no_question_twice(student: str) -> None:
    questions = draw(many(), student)
    assert FEWEST <= len(questions) <= MOST
    assert min(Counter(one.level for one in questions).values()) >= 2
    assert len({str(one.text) for one in questions}) == len(questions)
    assert [one.level for one in questions] == sorted(one.level for one in questions)


def test_weak_points_come_last_and_the_most_urgent_of_them() -> None:
    weak = [draft(Level.EXPLAIN, "lost", f"q{n}", 5000 + n, urgency=float(n)) for n in range(1, 8)]
    questions = draw([*many(), *weak], "1")
    reasons = [one for one in questions if one.reason]
    assert questions[-4:] == reasons
    assert [str(one.text) for one in reasons] == [f"lost q{n} {5000 + n}" for n in (7, 6, 5, 4)]
    assert len(questions) == MOST


def test_what_everybody_is_asked_is_always_drawn() -> None:
    flow = draft(Level.EXPLAIN, "backward", "flow", 1, weight=ALWAYS)
    for student in "123456":
        assert "backward flow 1" in texts([*many(), flow], student)


def test_a_question_that_cannot_be_made_is_left_out() -> None:
    none = [QuestionDraft(Level.READ, "cell", "role", (1, 1), lambda: None)]
    assert draw(none, "1") == []
    assert draw([], "1") == []
