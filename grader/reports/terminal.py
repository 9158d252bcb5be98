"""A grade at a glance, in the terminal.

Ships in the student's handout: rich only, nothing that the handout does not install. Rich leaves
colours out where the output is no terminal or `NO_COLOR` is set. A student's text is only ever
a `Text`, cleaned, so neither escapes nor rich's own markup get through.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from itertools import groupby

from rich.box import ASCII, ROUNDED
from rich.console import Console, Group
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from grader.language import Message, render, say
from grader.records import (
    CaseResult,
    Grade,
    QuestionResult,
    Status,
    Verdict,
)
from grader.reports.causes import FailureCause, cause_of, causes
from grader.reports.clean_message import one_line, points
from grader.reports.guard import case_hint, case_print, case_text, repair_text
from grader.reports.labels import STATUS_STATES, STATUSES
from grader.reports.next_steps import (
    VERDICTS,
    first_to_fix,
    load_note,
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
    """Print one student's grade: the table of points, what failed, and last what to fix first."""
    writer = TerminalWriter(console, wording or Wording(language))
    _print_heading(writer, grade)
    broken, found = load_note(grade), causes(grade)
    for note in grade.notes:
        if note is not broken:
            console.print(Text(one_line(render(note, language), 400), "yellow"))
    first = None if broken else _first_cause(grade, found)
    console.print(_question_table(writer, grade))
    _print_others(writer, [cause for cause in found.values() if cause is not first], first)
    console.print(Text(_closing(writer, grade, public_only=public_only), "bold"))
    # The last thing on the screen is the first to put right.
    if broken:
        _print_panel(writer, _loading(writer, broken))
    elif first:
        _print_panel(writer, _to_fix(writer, first))


def _print_heading(writer: TerminalWriter, grade: Grade) -> None:
    who = "  ".join(filter(None, (one_line(grade.name, 40), one_line(grade.student_id, 40))))
    label, style = STATUSES[grade.status], STATUS_STYLES[STATUS_STATES[grade.status]]
    heading = Text(who, "bold")
    if grade.status is not Status.GRADED:
        heading.append(f"  {writer.say(label)}", f"bold {style}")
    if heading.plain:
        writer.console.print(heading)


def _first_cause(grade: Grade, found: Mapping[Hashable, FailureCause]) -> FailureCause | None:
    first = first_to_fix(grade)
    if first is None:
        return None
    cause = found[cause_of(*first)]
    cause.question, cause.case = first  # of all that met it, the one that explains most
    return cause


def _loading(writer: TerminalWriter, note: Message) -> list[Text]:
    step = say("Mend this first: it hides what stands below it.")
    text = one_line(render(note, writer.wording.language), 600)
    return [Text(writer.fold(text, MARGIN)), _step_line(writer, writer.say(step))]


def _to_fix(writer: TerminalWriter, cause: FailureCause) -> list[Text]:
    question, case = cause.question, cause.case
    heading = Text(f"{question.name}  {writer.wording.title(question.name)}", "bold")
    step = _hint(writer, case) or writer.say(next_step(question, case))
    lines = [heading, _case_line(writer, case), _step_line(writer, step)]
    lines += [*_also(writer, cause, question.name), *_repair(writer, question)]
    return [*lines, *_printed(writer, case)]


def _print_panel(writer: TerminalWriter, lines: list[Text]) -> None:
    box = ROUNDED if writer.sign("╭", "+") == "╭" else ASCII
    title = writer.say(say("Fix this first"))
    panel = Panel(Group(*lines), title=title, title_align="left", box=box, border_style="yellow")
    writer.console.print(panel)


def _also(writer: TerminalWriter, cause: FailureCause, here: str) -> list[Text]:
    """Where else the same is met: said in one line, not told again."""
    places = {here: cause.here - 1 if here else 0, **cause.elsewhere}
    named = tuple(f"{name} ×{count}" for name, count in places.items() if count)
    if not named:
        return []
    text = writer.say(say("The same again: {places}", places=named))
    return [Text(writer.fold(text, MARGIN), "dim")]


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


def _repair(writer: TerminalWriter, question: QuestionResult) -> list[Text]:
    told = repair_text(question, writer.wording.language)
    return [_step_line(writer, told)] if told else []


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
    for question in (each for each in grade.questions if not each.optional):
        table.add_row(*_question_row(writer, question))
    if not _is_optional_alone(grade):
        _add_sum(writer, grade, table)
    _add_optional(writer, grade, table)
    return table


def _is_optional_alone(grade: Grade) -> bool:
    """Whether nothing but optional questions was looked at: then there is no automatic part."""
    return bool(grade.questions) and all(question.optional for question in grade.questions)


def _add_sum(writer: TerminalWriter, grade: Grade, table: Table) -> None:
    table.add_section()
    total = Text(f"{points(grade.auto)} / {points(grade.auto_possible)}", "bold")
    bar = () if writer.narrow else (writer.bar(grade.auto, grade.auto_possible),)
    table.add_row("", Text(writer.say(say("automatic part")), "bold"), total, *bar)


def _add_optional(writer: TerminalWriter, grade: Grade, table: Table) -> None:
    """Below the sum what comes on top of it, where any of it was begun."""
    if grade.bonus_code is None:
        return
    table.add_section()
    for question in (each for each in grade.questions if each.optional):
        table.add_row(*_question_row(writer, question))
    extra = Text(f"+ {points(grade.bonus_code)}", "bold")
    table.add_row("", Text(writer.say(say("bonus for code, optional")), "bold"), extra)


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


def _print_others(
    writer: TerminalWriter, found: list[FailureCause], first: FailureCause | None
) -> None:
    """Print all else that lost points, in order; a stub has said so in the table already."""
    told = {_hint(writer, first.case)} if first else set()
    told_of = [cause for cause in found if cause.case.verdict not in STYLES or cause.case.hint]
    for _, group in groupby(told_of, lambda cause: cause.question.name):
        causes_here = list(group)
        question = causes_here[0].question
        lines = [line for cause in causes_here for line in _other_lines(writer, cause, told)]
        if first is None or question is not first.question:
            lines += _repair(writer, question)
        title = f"{question.name} {writer.wording.title(question.name)}"
        writer.console.print(Text(title, "bold"), Padding(Group(*lines), (0, 0, 1, 2)))


def _other_lines(writer: TerminalWriter, cause: FailureCause, told: set[str]) -> list[Text]:
    """The case and how often it is met, and its hint unless the page has it already."""
    lines = [_case_line(writer, cause.case, cause.here), *_also(writer, cause, "")]
    hint = _hint(writer, cause.case)
    if hint and hint not in told:
        told.add(hint)
        lines.append(_step_line(writer, hint))
    return lines


def _closing(writer: TerminalWriter, grade: Grade, *, public_only: bool) -> str:
    """Write the last line. It never says that all tests passed: a public run has not seen all."""
    if _is_optional_alone(grade):
        return _closing_optional(writer, grade, public_only=public_only)
    score, possible = points(grade.auto), points(grade.auto_possible)
    if not public_only:
        return _closing_full(writer, grade)
    ran = {question.name for question in grade.questions}
    whole = sum(points for name, points in writer.wording.possible.items() if name in ran)
    hidden = whole - grade.auto_possible
    if hidden <= 0:
        return _closing_public(writer, score, possible)
    return writer.say(
        say(
            "public: {score}/{possible}; hidden tests add {hidden} points when your teacher grades",
            score=score,
            possible=possible,
            hidden=points(hidden),
        )
    )


def _closing_public(writer: TerminalWriter, score: str, possible: str) -> str:
    return writer.say(
        say(
            "public: {score}/{possible}; hidden tests add more when your teacher grades",
            score=score,
            possible=possible,
        )
    )


def _closing_optional(writer: TerminalWriter, grade: Grade, *, public_only: bool) -> str:
    score = points(sum(question.score for question in grade.questions))
    possible = points(sum(question.possible for question in grade.questions))
    if public_only:
        return _closing_public(writer, score, possible)
    return writer.say(
        say(
            "optional: {score}/{possible}, on top of the 100 points", score=score, possible=possible
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
