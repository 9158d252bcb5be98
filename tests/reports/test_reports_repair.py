"""A repair in the reports: the student reads the line, the instructor's JSON holds the edit."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from grader.diagnosis.repair.telling import ADDS, RIGHT, told
from grader.language import LANGUAGES, render
from grader.records import Grade, Repair, RepairEdit, RepairedLine
from grader.reports.pages.student_view import student_view
from grader.reports.terminal import print_grade
from grader.results.documents import document
from tests.reports.reports_samples import middling, wording

LINE = RepairedLine("SimpleRNN.backward", 43, "dh = dz @ self.W_hh")
EDIT = RepairEdit("transpose", LINE.method, LINE.line, LINE.code, "dh = dz @ self.W_hh.T")


def repaired(*lines: RepairedLine, edit: RepairEdit = EDIT) -> Grade:
    """A grade with a repair of q4_3."""
    grade = middling()
    words = told("q4_3", lines, (edit,))
    repair = Repair(words, lines, (edit,), together=len(lines) > 1, seconds=0.7)
    questions = tuple(
        replace(one, repair=repair) if one.name == "q4_3" else one for one in grade.questions
    )
    return replace(grade, questions=questions)


def terminal(grade: Grade, language: str) -> str:
    console = Console(file=io.StringIO(), width=200)
    print_grade(grade, language, console, public_only=False, wording=wording(language))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("question", RIGHT)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_name_the_method_the_line_and_the_students_own_code(
    question: str, language: str
) -> None:
    message = told(question, [LINE], [EDIT])
    assert message is not None
    text = render(message, language)
    for part in (LINE.method, str(LINE.line), LINE.code):
        assert part in text
    assert EDIT.after not in text


def test_the_words_tell_several_lines_a_missing_line_and_nothing() -> None:
    other = replace(LINE, line=51)
    assert render(told("q4_3", [LINE, other], [EDIT]), "en") == (  # type: ignore[arg-type]
        "Changing these 2 lines together makes every gradient right: 43, 51."
    )
    missing = told("q4_3", [LINE], [replace(EDIT, kind=ADDS)])
    assert render(missing, "en").startswith("One more line after line 43")  # type: ignore[arg-type]
    assert told("q4_3", [], [EDIT]) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_student_reads_the_line_once_and_never_the_edit(language: str) -> None:
    grade = repaired(LINE)
    (card,) = [
        one for one in student_view(grade, wording(language)).questions if one.name == "q4_3"
    ]
    assert LINE.code in card.repair
    shown = terminal(grade, language)
    assert shown.count(LINE.code) == 1
    assert EDIT.after not in shown + card.repair


def test_where_no_line_is_certain_nothing_is_said() -> None:
    grade = repaired()
    assert LINE.code not in terminal(grade, "en")
    assert all(not one.repair for one in student_view(grade, wording("en")).questions)


def test_the_instructors_document_holds_all_of_it() -> None:
    (question,) = [
        one for one in document(repaired(LINE), "zh")["questions"] if one["name"] == "q4_3"
    ]
    assert list(question["repair"]["edits"]) == [
        {
            "kind": "transpose",
            "method": LINE.method,
            "line": 43,
            "before": LINE.code,
            "after": EDIT.after,
        }
    ]
    assert question["repair"]["told"].startswith("只改 SimpleRNN.backward 的第 43 行")
    others = [one["repair"] for one in document(middling(), "zh")["questions"]]
    assert others == [None] * len(others)


def test_control_characters_of_a_students_line_are_spelled_out() -> None:
    message = told("q4_3", [replace(LINE, code="x = '\x1b[31m\u202e'")], [EDIT])
    assert message is not None
    assert "\x1b" not in render(message, "en")
    assert "\u202e" not in render(message, "en")
