"""`explain --submission`: which lines of a program, changed, make its wrong answers right."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from grader.batch.request import GradeRequest
from grader.diagnosis.repair import budget
from grader.diagnosis.repair.questions import TOPICS
from grader.diagnosis.repair.wide import search_widely
from grader.home import own_work
from grader.language import Message, render, say
from grader.records import Grade, Repair, RepairEdit, Verdict
from grader.reports.clean_message import one_line, words

INDENT = (0, 0, 0, 2)
LONGEST = 300  # characters of an edit that are shown


def print_repairs(path: Path, question: str, language: str, console: Console) -> None:
    """Grade the program and search widely for repairs of what is wrong.

    The edits themselves are for the instructor; a student reads the lines.
    """
    request = GradeRequest(paths=(path,), out=None, language=language, question=question)
    own_work.require_question(request)
    submission = own_work.read((path,), language=language)
    grade, public_only = own_work.grade_one(submission, request, repair=0.0)
    names = _wrong(grade)
    if not names:
        text = say("Nothing of it is wrong that a changed line could make right.")
        console.print(Text(render(text, language)))
    for name in names:
        found = search_widely(submission.source or "", name, seconds=budget.WIDE)
        console.print(Text(name, "bold"))
        for line in _lines(found, with_edits=not public_only):
            console.print(Padding(Text(words(line, language, LONGEST)), INDENT))


def _wrong(grade: Grade) -> list[str]:
    """The questions with a wrong answer of which a stage can be judged."""
    return [
        question.name
        for question in grade.questions
        if question.name in TOPICS
        and any(case.verdict is Verdict.FAILED for case in question.cases)
    ]


def _lines(found: Repair | None, *, with_edits: bool) -> list[Message]:
    if found is None:
        return [say("No change of a few lines was found that makes it right.")]
    lines = [found.told or say("Several lines could be changed; none is certain.")]
    if with_edits:
        lines += [_heading(found), *map(_edit, found.edits)]
    return lines


def _heading(found: Repair) -> Message:
    if found.together:
        return say("All of these changes are needed:")
    return say(
        "Each of these changes is enough; found in {seconds} s and verified at other sizes:",
        seconds=f"{found.seconds:.1f}",
    )


def _edit(edit: RepairEdit) -> Message:
    return say(
        "{method}, line {line} ({kind}): {before}  →  {after}",
        method=edit.method,
        line=edit.line,
        kind=edit.kind,
        before=one_line(edit.before, LONGEST),
        after=one_line(edit.after, LONGEST),
    )
