"""`python -m grader similar OUT`: whose work is alike, as pages; a reason to talk, and no proof."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from grader.assignment import load
from grader.integrity.similarity.similar_run import find_alike
from grader.language import LANGUAGES, default_language, render, say
from grader.reports import gradebook
from grader.reports.clean_message import words
from grader.reports.pages.all_pages import write_class
from grader.reports.wording import load_wording
from grader.results import alike, course
from grader.results.lock import only_run
from grader.results.store import Store

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.argument("out", type=FOLDER)
@click.option("--against", "against", multiple=True, type=FOLDER, metavar="OLD_OUT",
              help="OUT of an earlier class; may be repeated.")  # fmt: skip
@click.option("--given", "given", multiple=True, type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="A text that everybody had; it is taken off. May be repeated.")  # fmt: skip
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of the pages.")
def similar(
    out: Path, against: tuple[Path, ...], given: tuple[Path, ...], lang: str | None
) -> None:
    """Compare programs, reports and pictures of OUT; write OUT/similar.html, and a page for each pair.

    What is found is a reason to talk, and no proof. A row "ID,alike,OTHER_ID,reason" in
    OUT/overrides.csv says that a person looked and all is fine; that stays.
    """
    console = Console(highlight=False)
    with Store.existing(out) as store, only_run(out):
        language = lang or course.of(store).language or default_language()
        book = gradebook.read(store, out, load())
        store.decide(book.decided.rows)
        with console.status(render(say("Comparing"), language)):
            run = find_alike(store, out, against, given, language)
        write_class(store, out, load_wording(language), book)
        waiting = len(alike.open_pairs(store))
    lines = [
        say(
            "{count} submissions compared; {pairs} pairs to look at. Open {page}.",
            count=run.compared + run.earlier,
            pairs=waiting,
            page=str(out / "similar.html"),
        ),
        say("A pair is a reason to talk, and no proof."),
    ]
    lines += [mistake.reason for mistake in book.decided.problems]
    for line in lines:
        console.print(words(line, language), markup=False, soft_wrap=True)
