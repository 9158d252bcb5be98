"""`python -m grader dossier OUT`: questions for the oral exam, on each student's own lines."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.console import Console

from grader.assignment import load
from grader.integrity.dossier.alike_passages import from_store
from grader.integrity.dossier.class_dossiers import PAGE, Commission, write_dossiers
from grader.language import LANGUAGES, default_language, render, say
from grader.reports import outputs
from grader.reports.clean_message import words
from grader.results import course
from grader.results.lock import only_run
from grader.results.store import Store

MOST_NAMED = 20


@click.command()
@click.argument("out", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--student", metavar="ID", help="One student's only.")
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of pages.")
def dossier(out: Path, student: str | None, lang: str | None) -> None:
    """Write OUT/dossier/ID.html: an interview of ten minutes about each student's own program.

    Eight to twelve questions with what the sandbox measured, a weak and a strong answer, and room
    for marks. OUT/dossier.html shows whom to talk to first; the marks are given on the page of
    `score` or in OUT/oral.csv, and `report` brings them into the gradebook. All of it is for the examiner only. Exit code 2: the kit
    itself failed at a program (named).
    """
    console = Console(highlight=False)
    with Store.existing(out) as store, only_run(out):
        language = lang or course.of(store).language or default_language()
        if student is not None and student not in store.student_ids():
            raise click.BadParameter(render(say("nobody here has the id {id}", id=student), language), param_hint="--student")  # fmt: skip
        asked = Commission(out, language, student, alike=from_store(store))
        with console.status(render(say("Running the programs"), language)):
            written = write_dossiers(store, asked)
        if student is None:  # the class page links what is there now
            outputs.write_all(store, out, language, load())
    where = out / "dossier" if student else out / PAGE
    done = say("Dossiers written: {count}; open {page}.", count=written.count, page=str(where))
    messages = [done, *written.notes]
    if written.failed:
        ids = tuple(written.failed[:MOST_NAMED])
        messages.append(say("The kit itself failed at {count} programs: {ids}.", count=len(written.failed), ids=ids))  # fmt: skip
    for message in messages:
        console.print(words(message, language), markup=False, soft_wrap=True)
    sys.exit(2 if written.failed else 0)
