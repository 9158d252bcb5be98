"""`python -m grader report OUT`: all pages and tables again, from the store, without grading."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.console import Console

from grader.assignment import load
from grader.language import LANGUAGES, default_language, render, say
from grader.reports import outputs
from grader.reports.clean_message import words
from grader.reports.summary import print_summary
from grader.reports.wording import load_wording
from grader.results.lock import only_run
from grader.results.reader import StoreReader

OUT = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.argument("out", type=OUT)
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of pages and messages.")
def report(out: Path, lang: str | None) -> None:
    """Rebuild every page and table of OUT from its store, without grading.

    Exit code 0: all is written; 2: OUT has no store, or `written.csv` holds mistakes (named).
    """
    language = lang or default_language()
    console = Console(highlight=False)
    with StoreReader.existing(out) as store, only_run(out):
        with console.status(render(say("Writing pages"), language)):
            mistakes = outputs.write_all(store, out, language, load())
        print_summary(
            list(store.grades()), list(store.problems()), language, console, load_wording(language)
        )
    console.print(
        render(
            say("Written to {out}; open {page}.", out=str(out), page=str(out / "report.html")),
            language,
        ),
        markup=False,
        soft_wrap=True,
    )
    for mistake in mistakes:
        console.print(f"{mistake.file}: {words(mistake.reason, language)}", markup=False)
        console.print(f"  {words(mistake.action, language)}", markup=False)
    sys.exit(2 if mistakes else 0)
