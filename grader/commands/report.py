"""`python -m grader report OUT`: all pages, tables and exports again, from the store, ungraded."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console

from grader.assignment import load
from grader.batch.given import given_settings
from grader.commands import course_options
from grader.language import LANGUAGES, Message, default_language, render, say
from grader.reports import outputs
from grader.reports.clean_message import words
from grader.reports.outputs import Outputs
from grader.reports.summary import print_summary
from grader.reports.wording import load_wording
from grader.results import course
from grader.results.lock import only_run
from grader.results.store import Store

OUT = click.Path(exists=True, file_okay=False, path_type=Path)


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """What is given anew; the deadline decides what is read, so only `grade` takes it."""

    lang: str | None
    roster: Path | None
    late_penalty: float | None
    formats: tuple[str, ...]
    assignment_id: str | None
    worksheet: Path | None
    deadline: str | None = None


@click.command()
@click.argument("out", type=OUT)
@course_options.roster
@course_options.late_penalty
@course_options.exports
@click.option("--lang", is_eager=True, type=click.Choice(LANGUAGES), help="Language of pages.")
def report(out: Path, **given: object) -> None:
    """Rebuild every page, table and export of OUT from its store, without grading.

    What is given is kept in OUT, as `grade` keeps it. Exit code 0: all is written; 2: OUT has no
    store, or a table that you keep there holds mistakes (named).
    """
    request = ReportRequest(**given)  # type: ignore[arg-type]  # click has checked the types
    console = Console(highlight=False)
    with Store.existing(out) as store, only_run(out):
        settings = given_settings(request)
        messages = list(course.told(course.of(store), settings))
        course.keep(store, settings)
        language = course.of(store).language or default_language()
        _tell(console, messages, language)
        with console.status(render(say("Writing pages"), language)):
            written = outputs.write_all(store, out, language, load())
        print_summary(
            list(store.grades()), list(store.problems()), language, console, load_wording(language)
        )
    page = str(out / "report.html")
    done = say("Written to {out}; open {page}.", out=str(out), page=page)
    _tell(console, [done, *written.notes], language)
    _tell_mistakes(console, written, language)
    sys.exit(2 if written.mistakes else 0)


def _tell(console: Console, messages: list[Message], language: str) -> None:
    for message in messages:
        console.print(words(message, language), markup=False, soft_wrap=True)


def _tell_mistakes(console: Console, written: Outputs, language: str) -> None:
    for mistake in written.mistakes:
        reason, action = words(mistake.reason, language), words(mistake.action, language)
        console.print(f"{mistake.file}: {reason}", markup=False, soft_wrap=True)
        console.print(f"  {action}", markup=False, soft_wrap=True)
