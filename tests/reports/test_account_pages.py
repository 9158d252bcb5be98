"""The whole account on the student's page, and a class sorted by what a person has to do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.language import say
from grader.records import Concern, Grade, Problem, Status
from grader.reports.account import GradebookRow, Rules, account
from grader.reports.attention import AttentionSection, attention
from grader.reports.breakout import signs
from grader.reports.classroom import Classroom, Superseded
from grader.reports.pages.student_page import student_page
from grader.results.notes import LATE
from grader.results.overrides import Override, gathered
from grader.results.reader import Decision
from grader.written.scores import WrittenRow
from tests.reports.reports_samples import good, middling, wording
from tests.reports.test_reports_pages import Page, assert_closed

DEADLINE = "2025-11-30T23:59:59+08:00"
SENT = "2025-12-02T10:00:00+08:00"  # on the second day after it
BY_HAND = ("q1", "q2", "q3")


def rules(*decided: Override) -> Rules:
    return Rules(DEADLINE, 0.1, 0.5, by_hand=BY_HAND, decided=gathered(decided))


def late(grade: Grade) -> Grade:
    return replace(grade, late=True, submitted_at=SENT, notes=(*grade.notes, LATE))


def text(grade: Grade, row: GradebookRow) -> str:
    html = student_page(grade, wording("en"), row=row)
    assert_closed(html)
    return " ".join(Page(html.replace("><", "> <")).text.split())


def test_the_page_shows_how_the_total_comes_about() -> None:
    grade = late(middling())
    scored = WrittenRow({"q1": 12.0, "q2": 9.5}, bonus=3.0, comment="Well argued.", oral=2.0)
    shown = text(grade, account(grade, scored, rules()))
    for words in (
        "Automatic part 43 / 60",
        "Late penalty days started after 2025-11-30 23:59+08:00: 2 −8.6",
        "Written part 21.5 / 40",
        "Part 1: concepts 12 / 15",
        "Part 3: derivation not scored yet / 13",
        "Bonus 3",
        "Oral exam kept apart from the total 2",
        "Total so far 58.9",
        "From your teacher Well argued.",
    ):
        assert words in shown


def test_a_total_is_final_once_everything_is_scored() -> None:
    scored = WrittenRow({"q1": 15.0, "q2": 12.0, "q3": 13.0}, bonus=5.0)
    shown = text(good(), account(good(), scored, rules()))
    assert "Total 105" in shown
    assert "so far" not in shown


@pytest.mark.parametrize(
    ("decided", "penalty", "words", "note"),
    [
        ((), 8.6, "after 2025-11-30 23:59+08:00: 2 −8.6", True),
        (("extension", "2 days"), 0.0, "The deadline is extended: 2 days (ill)", False),
        (("extension", "1 day"), 4.3, "after 2025-12-01 23:59+08:00: 1 −4.3", True),
        (("waive", ""), 0.0, "nothing is taken off 0", True),
    ],
)
def test_what_a_person_decided_counts_and_is_shown(
    decided: tuple[str, str],
    penalty: float,
    words: str,
    note: bool,  # noqa: FBT001  # one row of the table above
) -> None:
    grade = late(middling())
    rows = [Override(grade.student_id, *decided, "ill")] if decided else []
    row = account(grade, None, rules(*rows))
    assert row.penalty == pytest.approx(penalty)
    shown = text(grade, row)
    assert words in shown
    assert ("It came after the deadline." in shown) is note


def test_optional_questions_are_a_bonus_and_never_cut() -> None:
    grade = late(middling())
    row = account(grade, None, replace(rules(), optional=frozenset({"q5_3"})))
    extra = next(each.score for each in grade.questions if each.name == "q5_3")
    assert row.bonus_code == extra
    assert row.auto == 43 - extra
    assert row.penalty == pytest.approx(0.2 * (43 - extra))
    assert row.total == pytest.approx(0.8 * (43 - extra) + extra)


def test_who_is_excused_reads_no_alarm() -> None:
    nothing = replace(good(), status=Status.MISSING, questions=(), exhibits=(), files=(), notes=())
    excused = account(nothing, None, rules(Override(nothing.student_id, "excuse", "", "ill")))
    assert "You are excused" in text(nothing, excused)
    absent = account(nothing, None, rules())
    assert "Nothing has come in from you." in text(nothing, absent)
    foreign = replace(nothing, status=Status.FOREIGN)
    assert "the work of another assignment" in text(foreign, account(foreign, None, rules()))


def test_what_people_write_is_text() -> None:
    row = account(good(), WrittenRow({}, comment="<b>x</b>\x1b[31m"), rules())
    row = replace(row, overrides=(Override("1", "file", "<i>", "<script>alert(1)</script>"),))
    html = student_page(good(), wording("en"), row=row)
    assert_closed(html)
    assert "<script>alert" not in html
    assert "\x1b" not in html


# -- the class -----------------------------------------------------------------------------------


def student(number: int, status: Status = Status.GRADED, **fields: object) -> Grade:
    grade = replace(good(), student_id=f"20230{number}", name=f"S{number}", exhibits=())
    bare = {} if status in (Status.GRADED, Status.NEEDS_REVIEW) else {"questions": ()}
    return replace(grade, status=status, **bare, **fields)  # type: ignore[arg-type]


def sections(room: Classroom, *problems: Problem) -> dict[str, AttentionSection]:
    names = {row.student_id: row.student_id for row in room.rows}
    return {each.key: each for each in attention(room, problems, "en", names)}


def people(section: AttentionSection) -> dict[str, list[str]]:
    return {group.title: [each.who for each in group.entries] for group in section.groups}


def problem(number: int, kind: Concern) -> Problem:
    return Problem(f"{number}.rar", "0" * 64, say("Odd."), say("Look."), f"20230{number}", kind)


def test_a_class_is_sorted_by_what_has_to_be_done() -> None:
    room = Classroom()
    room.add(student(1))
    room.add(student(2, Status.NEEDS_REVIEW))
    room.add(student(3, Status.UNREADABLE))
    room.add(student(4, Status.MISSING))
    room.add(student(5, Status.FOREIGN))
    excused = student(6, Status.MISSING)
    room.add(excused, account(excused, None, rules(Override("202306", "excuse", "", "ill"))))
    behind = student(7, late=True, submitted_at=SENT)
    room.add(behind, account(behind, None, rules()))
    room.signs = {"202302": signs("import os\nos.kill(1, 9)")}
    room.superseded = [Superseded("202301", "S1", SENT, ("rnn_v1.py",))]
    room.decisions = [Decision(Override("202306", "excuse", "", "ill"), "2026-01-02", "")]
    found = sections(
        room,
        problem(2, Concern.DECISION),
        problem(3, Concern.UNREADABLE),
        problem(1, Concern.INFORMATION),
    )
    assert people(found["decide"]) == {
        "Needs review": ["S2 202302"],
        "Reaches beyond the assignment": ["S2 202302"],
        "Files with a problem": ["S2 202302"],
    }
    assert found["decide"].count == 1  # one student, for three reasons
    assert people(found["nothing"]) == {"On the roster, and nothing came in": ["S4 202304"]}
    assert people(found["unreadable"]) == {
        "No program that can be read": ["S3 202303"],
        "Work of another assignment": ["S5 202305"],
    }
    assert people(found["information"]) == {
        "Late": ["S7 202307"],
        "Decided by a person": ["S6 202306"],
        "Excused": ["S6 202306"],
        "Versions that do not count": ["S1 202301"],
        "Noticed while reading": ["S1 202301"],
    }
    reasons = found["information"].groups[0].entries[0].reasons
    assert reasons == ["days started after 2025-11-30 23:59+08:00: 2"]


def test_a_quiet_class_has_nothing_to_decide() -> None:
    room = Classroom()
    room.add(student(1))
    assert sections(room) == {}
