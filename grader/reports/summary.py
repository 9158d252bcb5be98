"""A class at a glance, in the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.language import say
from grader.records import Grade
from grader.reports.clean_message import points
from grader.reports.labels import STATUS_STATES, STATUSES
from grader.reports.wording import Wording
from grader.reports.writer import STATUS_STYLES, TerminalWriter


def print_summary(
    grades: Sequence[Grade],
    problems: Sequence[object],
    language: str,
    console: Console,
    wording: Wording | None = None,
) -> None:
    """Print a batch: how many of each status, the questions' means, the commonest misconceptions."""
    writer = TerminalWriter(console, wording or Wording(language))
    console.print(_status_line(writer, grades, len(problems)))
    scored = [grade for grade in grades if grade.questions]
    if scored:
        console.print(_class_table(writer, scored))
    for line in _commonest(writer, scored):
        console.print(line)


def _status_line(writer: TerminalWriter, grades: Sequence[Grade], problems: int) -> Text:
    line = Text(writer.say(say("submissions: {count}", count=len(grades))), "bold")
    for status, label in STATUSES.items():
        count = sum(grade.status is status for grade in grades)
        if count:
            line.append("  ").append(
                f"{count} {writer.say(label)}", STATUS_STYLES[STATUS_STATES[status]]
            )
    if problems:
        line.append("  ").append(writer.say(say("problems: {count}", count=problems)), "red")
    return line


def _class_table(writer: TerminalWriter, grades: Sequence[Grade]) -> Table:
    table = Table(box=writer.box, pad_edge=False)
    table.add_column(writer.say(say("question")), overflow="fold")
    table.add_column(writer.say(say("mean")), justify="right", no_wrap=True)
    if not writer.narrow:
        table.add_column("")
    table.add_column(writer.say(say("full marks")), justify="right", no_wrap=True)
    for name in dict.fromkeys(question.name for grade in grades for question in grade.questions):
        table.add_row(*_class_row(writer, name, grades))
    return table


def _class_row(writer: TerminalWriter, name: str, grades: Sequence[Grade]) -> list[Text]:
    results = [
        question for grade in grades for question in grade.questions if question.name == name
    ]
    mean = sum(result.score for result in results) / len(results)
    possible = max(result.possible for result in results)
    full = sum(result.score >= result.possible for result in results)
    row = [
        Text(f"{name} {writer.wording.title(name)}"),
        Text(f"{points(mean)} / {points(possible)}"),
    ]
    if not writer.narrow:
        row.append(writer.bar(mean, possible))
    return [*row, Text(f"{full} / {len(results)}")]


def _commonest(writer: TerminalWriter, grades: Sequence[Grade], most: int = 5) -> list[Text]:
    counts: dict[str, int] = {}
    for grade in grades:
        for name in grade.diagnoses:
            counts[name] = counts.get(name, 0) + 1
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:most]
    return [Text(f"{count:>4} × {writer.wording.misconception(name)}") for name, count in ranked]
