"""`handout`: build the student's zip and notebook."""

from __future__ import annotations

from pathlib import Path

import click

from grader.assignment import load
from grader.handout import build
from grader.language import default_language, render, say


@click.command()
@click.option(
    "--into", type=click.Path(file_okay=False, path_type=Path), default="dist",
    help="Where to write the zip.", show_default=True,
)  # fmt: skip
@click.option("--notebook-only", is_flag=True, help="Write student/rnn.ipynb anew, nothing else.")
@click.option("--lock-only", is_flag=True, help="Write requirements-student.lock, nothing else.")
def handout(*, into: Path, notebook_only: bool, lock_only: bool) -> None:
    """Build the student's zip and notebook.

    The notebook in the zip is made anew from student/rnn.py and student/report.md.
    """
    if notebook_only:
        written = build.write_notebook()
    elif lock_only:
        written = build.write_lock()
    else:
        written = build.build(into)
        address = say("Students send to: {address}", address=load().mail.recipient)
        click.echo(render(address, default_language()), err=True)
    click.echo(written)
