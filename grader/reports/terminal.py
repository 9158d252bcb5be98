"""A grade at a glance, in the terminal.

Ships in the student's handout: rich only, nothing that the handout does not install. Rich leaves
colours out where the output is no terminal or `NO_COLOR` is set. A student's text is only ever
a `Text`, cleaned, so neither escapes nor rich's own markup get through.
"""

from __future__ import annotations

from collections import Counter

from rich.box import ASCII, ROUNDED
from rich.console import Console, Group
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from grader.language import render, say
from grader.records import (
    CaseResult,
    Grade,
    QuestionResult,
    Status,
    Verdict,
)
from grader.reports.clean_message import one_line, points
from grader.reports.guard import case_hint, case_print, case_text
from grader.reports.labels import STATUS_STATES, STATUSES
from grader.reports.next_steps import (
    VERDICTS,
    first_to_fix,
    lost,
    next_step,
)
from grader.reports.summary import print_summary
from grader.reports.wording import Wording
from grader.reports.writer import STATUS_STYLES, STYLES, TerminalWriter

__all__ = ["print_grade", "print_summary"]

PRINTED_LIMIT = 600
MARGIN = 4  # columns that a panel's border or an indent takes


def print_grade(
    grade: Grade,
    language: str,
    console: Console,
    *,
    public_only: bool,
    wording: Wording | None = None,
) -> None:
    """Print one student's grade: what to fix first, the table of points, what else failed."""
    writer = TerminalWriter(console, wording or Wording(language))
    _print_heading(writer, grade)
    for note in grade.notes:
        console.print(Text(one_line(render(note, language), 400), "yellow"))
    _print_first(writer, grade)
    console.print(_question_table(writer, grade))
    _print_others(writer, grade)
    console.print(Text(_closing(writer, grade, public_only=public_only), "bold"))


def _print_heading(writer: TerminalWriter, grade: Grade) -> None:
    who = "  ".join(filter(None, (one_line(grade.name, 40), one_line(grade.student_id, 40))))
    label, style = STATUSES[grade.status], STATUS_STYLES[STATUS_STATES[grade.status]]
    heading = Text(who, "bold")
    if grade.status is not Status.GRADED:
        heading.append(f"  {writer.say(label)}", f"bold {style}")
    if heading.plain:
        writer.console.print(heading)


def _print_first(writer: TerminalWriter, grade: Grade) -> None:
    found = first_to_fix(grade)
    if found is None:
        return
    question, case = found
    heading = Text(f"{question.name}  {writer.wording.title(question.name)}", "bold")
    step = _hint(writer, case) or writer.say(next_step(grade, question, case))
    lines = [heading, _case_line(writer, case), _step_line(writer, step), *_printed(writer, case)]
    box = ROUNDED if writer.sign("╭", "+") == "╭" else ASCII
    title = writer.say(say("Fix this first"))
    panel = Panel(Group(*lines), title=title, title_align="left", box=box, border_style="yellow")
    writer.console.print(panel)


def _case_line(writer: TerminalWriter, case: CaseResult, times: int = 1) -> Text:
    """Write the verdict, which case, how often, and the message."""
    name = _case_name(writer, case) + (f" ×{times}" if times > 1 else "")
    message = case_text(case, writer.wording.language) or writer.say(VERDICTS[case.verdict])
    mark = writer.mark(case.verdict)
    text = Text(writer.fold(f"{mark.plain} {name}: {message}", MARGIN))
    text.stylize(mark.style, 0, 1)
    text.stylize("cyan", 2, 2 + len(name))
    return text


def _step_line(writer: TerminalWriter, step: str) -> Text:
    return Text(writer.fold(f"{writer.sign('→', '>')} {step}", MARGIN), "yellow")


def _hint(writer: TerminalWriter, case: CaseResult) -> str:
    return case_hint(case, writer.wording)


def _printed(writer: TerminalWriter, case: CaseResult) -> list[Text]:
    printed = case_print(case, PRINTED_LIMIT)
    return [Text(f"{writer.say(say('your code printed:'))}\n{printed}", "dim")] if printed else []


def _case_name(writer: TerminalWriter, case: CaseResult) -> str:
    return writer.say(say("hidden case")) if case.hidden else one_line(case.name, 60)


def _question_table(writer: TerminalWriter, grade: Grade) -> Table:
    table = Table(box=writer.box, pad_edge=False)
    table.add_column("")
    table.add_column(
        writer.say(say("question")), overflow="fold", ratio=1 if writer.narrow else None
    )
    table.add_column(writer.say(say("points")), justify="right", no_wrap=True)
    if not writer.narrow:
        table.add_column("")
        table.add_column(writer.say(say("cases")), overflow="fold")
    for question in grade.questions:
        table.add_row(*_question_row(writer, question))
    table.add_section()
    total = Text(f"{points(grade.auto)} / {points(grade.auto_possible)}", "bold")
    bar = () if writer.narrow else (writer.bar(grade.auto, grade.auto_possible),)
    table.add_row("", Text(writer.say(say("automatic part")), "bold"), total, *bar)
    return table


def _question_row(writer: TerminalWriter, question: QuestionResult) -> list[Text]:
    row = [
        writer.mark(_worst(question)),
        Text(f"{question.name} {writer.wording.title(question.name)}"),
        Text(f"{points(question.score)} / {points(question.possible)}"),
    ]
    if not writer.narrow:
        row += [writer.bar(question.score, question.possible), _cases(writer, question)]
    return row


def _worst(question: QuestionResult) -> Verdict:
    """Choose what the sign in front of a question stands for: its worst case."""
    order = (*(verdict for verdict in Verdict if verdict not in STYLES), *STYLES)
    seen = {case.verdict for case in question.cases if lost(case)}
    if seen == {Verdict.PASSED}:  # it passed, but not for all of its points
        return Verdict.FAILED
    return next((verdict for verdict in order if verdict in seen), Verdict.PASSED)


def _cases(writer: TerminalWriter, question: QuestionResult) -> Text:
    passed = sum(not lost(case) for case in question.cases)
    text = say("{passed} of {all} passed", passed=passed, all=len(question.cases))
    return Text(writer.say(text), "dim")


def _print_others(writer: TerminalWriter, grade: Grade) -> None:
    """Print all else that lost points, in order; a stub has said so in the table already."""
    first = first_to_fix(grade)
    told = {_hint(writer, first[1])} if first else set()
    for question in grade.questions:
        cases = [case for case in question.cases if lost(case) and (question, case) != first]
        lines = _other_lines(writer, [case for case in cases if case.verdict not in STYLES], told)
        if lines:
            title = f"{question.name} {writer.wording.title(question.name)}"
            writer.console.print(Text(title, "bold"), Padding(Group(*lines), (0, 0, 1, 2)))


def _other_lines(writer: TerminalWriter, cases: list[CaseResult], told: set[str]) -> list[Text]:
    """One line for cases that say the same, and each hint once on the page."""
    lines = []
    counts = Counter(_case_line(writer, case).plain for case in cases)
    for case in cases:
        times = counts.pop(_case_line(writer, case).plain, 0)
        if not times:
            continue
        lines.append(_case_line(writer, case, times))
        hint = _hint(writer, case)
        if hint and hint not in told:
            told.add(hint)
            lines.append(_step_line(writer, hint))
    return lines


def _closing(writer: TerminalWriter, grade: Grade, *, public_only: bool) -> str:
    """Write the last line. It never says that all tests passed: a public run has not seen all."""
    score, possible = points(grade.auto), points(grade.auto_possible)
    if not public_only:
        return _closing_full(writer, grade)
    ran = {question.name for question in grade.questions}
    whole = sum(points for name, points in writer.wording.possible.items() if name in ran)
    hidden = whole - grade.auto_possible
    if hidden <= 0:
        return writer.say(
            say(
                "public: {score}/{possible}; hidden tests add more when your teacher grades",
                score=score,
                possible=possible,
            )
        )
    return writer.say(
        say(
            "public: {score}/{possible}; hidden tests add {hidden} points when your teacher grades",
            score=score,
            possible=possible,
            hidden=points(hidden),
        )
    )


def _closing_full(writer: TerminalWriter, grade: Grade) -> str:
    score, possible = points(grade.auto), points(grade.auto_possible)
    written = sum(writer.wording.written.values())
    if not written:
        return writer.say(say("automatic part: {score}/{possible}", score=score, possible=possible))
    return writer.say(
        say(
            "automatic part: {score}/{possible}; a person gives the {written} points for Parts 1 to 3",
            score=score,
            possible=possible,
            written=points(written),
        )
    )
