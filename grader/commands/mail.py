"""`python -m grader mail OUT`: one letter per student as `.eml`, to be looked at and sent by hand."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from grader.batch.mailing import write_letters
from grader.language import LANGUAGES, default_language, render, say
from grader.reports.clean_message import words

MOST = 20  # ids named on the screen


@click.command()
@click.argument("out", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--lang", type=click.Choice(LANGUAGES), help="One language for everybody.")
def mail(out: Path, lang: str | None) -> None:
    """Write OUT/mail/ID.eml for everybody: the feedback page, or what to send again.

    Each in the language that the student writes. Nothing is sent: open the files in a mail
    program, look at them, send them there.
    """
    console = Console(highlight=False)
    language = lang or default_language()
    with console.status(render(say("Writing letters"), language)):
        done = write_letters(out, lang)
    lines = [
        say(
            "{count} letters in {folder}; nothing was sent.",
            count=done.written,
            folder=str(done.folder),
        )
    ]
    if done.resend:
        lines.append(say("{count} of them ask for the work again.", count=done.resend))
    if done.unaddressed:
        shown = tuple(done.unaddressed[:MOST])
        lines.append(
            say(
                "No address is known for {count} students ({ids}); a roster with e-mails helps.",
                count=len(done.unaddressed),
                ids=shown,
            )
        )
    for line in lines:
        console.print(words(line, language), markup=False, soft_wrap=True)
