"""`pack`: check a submission, then write the files and the mail to send."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.console import Console, JustifyMethod
from rich.table import Table
from rich.text import Text

from grader.intake.reading import own_file
from grader.language import LANGUAGES, Message, default_language, render, say
from grader.pack.complaints import Complaint, Severity
from grader.pack.packing import Packed, Request
from grader.pack.packing import pack as pack_up
from grader.reports.clean_message import clean
from grader.written.checklist import Evidence, Section, State

SIGNS = {
    Severity.FATAL: ("✗", "red"),
    Severity.ERROR: ("✗", "red"),
    Severity.WARNING: ("!", "yellow"),
}
STATES: dict[State, tuple[str, str, Message]] = {
    State.FILLED: ("✓", "green", say("answered")),
    State.SHORT: ("!", "yellow", say("very short")),
    State.TEMPLATE: ("·", "red", say("open")),
    State.MISSING: ("✗", "red", say("heading missing")),
}
TITLE_WIDTH = 36
FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option("--name", required=True, help="Your name, as the course knows it.")
@click.option("--id", "student_id", required=True, help="Your student id.")
@click.option(
    "--source", type=FILE, default="rnn.py", help="Your program, .py or .ipynb.", show_default=True
)
@click.option(
    "--report",
    type=FILE,
    help="Your report, .md or .ipynb; by default the notebook, else report.md.",
)
@click.option(
    "--into", type=click.Path(file_okay=False, path_type=Path), default="to-send",
    help="Where to write.", show_default=True,
)  # fmt: skip
@click.option("--force", is_flag=True, help="Write the files though errors were found.")
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of the messages.")
def pack(
    *,
    name: str,
    student_id: str,
    source: Path,
    report: Path | None,
    into: Path,
    force: bool,
    lang: str | None,
) -> None:
    """Check a submission and write the files and the mail to send.

    Exit code 0: written; 1: something has to be put right first.
    """
    console = Console(highlight=False)
    language = lang or default_language()
    report = report or (source if own_file.is_notebook(source) else Path("report.md"))
    packed = pack_up(Request(name, student_id, source, report, into, force), language)
    taken = say("Program: {source}. Report: {report}.", source=str(source), report=str(report))
    console.print(Text(render(taken, language), "dim"), soft_wrap=True)
    _print_checklist(console, packed.evidence, language)
    for finding in packed.findings:
        console.print(_line(finding, language), soft_wrap=True)
    _print_outcome(console, packed, into, language)
    sys.exit(0 if packed.files else 1)


def _print_checklist(console: Console, evidence: Evidence, language: str) -> None:
    if not evidence.sections:
        return
    titles = [say("section"), say("state"), say("characters"), say("formulas"), say("pictures")]
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column, title in enumerate(titles):
        justify: JustifyMethod = "right" if column > 1 else "left"
        table.add_column(render(title, language), justify=justify, no_wrap=True)
    for section in evidence.sections:
        table.add_row(*_row(section, language))
    console.print(table)


def _row(section: Section, language: str) -> list[Text]:
    sign, style, state = STATES[section.state]
    title = Text(f"{section.number} {section.titles[0 if language == 'zh' else -1]}")
    title.truncate(TITLE_WIDTH, overflow="ellipsis")
    counts = (section.characters, section.formulas, section.figures)
    return [
        title,
        Text(f"{sign} {render(state, language)}", style),
        *(Text(str(count) if count else "") for count in counts),
    ]


def _line(finding: Complaint, language: str) -> Text:
    sign, style = SIGNS[finding.severity]
    place = f"{finding.file}:{finding.line}" if finding.line else finding.file
    return Text.assemble(
        (f"{sign} ", style),
        (clean(place, 120), "bold"),
        "  ",
        clean(render(finding.message, language), 600),
    )


def _print_outcome(console: Console, packed: Packed, into: Path, language: str) -> None:
    if not packed.files:
        count = sum(finding.severity is not Severity.WARNING for finding in packed.findings)
        text = say("Nothing was written: put {count} things right first.", count=count)
        console.print(Text(render(text, language), "bold red"))
        if not any(finding.severity is Severity.FATAL for finding in packed.findings):
            hint = say("To send it as it is all the same: make pack … FORCE=1 (or --force).")
            console.print(Text(render(hint, language), "dim"))
        return
    console.print(
        Text(render(say("Written to {folder}:", folder=str(into)), language), "bold green")
    )
    for name, content in packed.files.items():
        console.print(Text(f"  {name}  ({len(content):,} B)"))
    address = say("To: {address}", address=packed.recipient)
    console.print(Text(render(address, language), "bold"), soft_wrap=True)
    advice = say("Open the .eml with your mail program, look at it, and send it. Keep the receipt.")
    console.print(Text(render(advice, language)))
    console.print(Text(f"sha256 {packed.sha256}"), soft_wrap=True)
