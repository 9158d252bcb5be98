"""`python -m grader fetch imaps://USER@HOST/INBOX --into inbox`."""

from __future__ import annotations

import os
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from grader.intake.imap import download
from grader.intake.imap.mailboxes import FetchError, Mailbox, parse_url
from grader.language import Message, default_language, render, say

PASSWORD_VARIABLE = "ML6_IMAP_PASSWORD"  # noqa: S105 - the variable's name, no password


class FetchFailure(click.ClickException):
    """Ends the command with the exit code for wrong use."""

    exit_code = 2


@click.command(
    epilog=f"The password is asked for, or read from {PASSWORD_VARIABLE}; it is never an argument."
)
@click.argument("url", metavar="imaps://USER@HOST[:PORT]/FOLDER")
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder for the .eml files.",
)
@click.option(
    "--ca-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The CA to trust (PEM) instead of the system's.",
)
@click.option("--lang", type=click.Choice(["zh", "en"]), help="Language; else the locale's.")
def fetch(url: str, into: Path, ca_file: Path | None, lang: str | None) -> None:
    """Save every mail of an IMAP folder as .eml; read-only, and it goes on where it stopped."""
    language = lang or default_language()
    try:
        mailbox = parse_url(url)
        fetched = _with_progress(mailbox, _password(mailbox, language), into, ca_file)
    except FetchError as error:
        raise FetchFailure(render(error.message, language)) from error
    for message in _summary(fetched, into):
        click.echo(render(message, language))


def _password(mailbox: Mailbox, language: str) -> str:
    if password := os.environ.get(PASSWORD_VARIABLE):
        return password
    asked = say("Password of {user} at {host}", user=mailbox.user, host=mailbox.host)
    return str(click.prompt(render(asked, language), hide_input=True, err=True))


def _with_progress(
    mailbox: Mailbox, password: str, into: Path, ca_file: Path | None
) -> download.Fetched:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task(mailbox.folder.replace("[", r"\["), total=None)
        return download.fetch(
            mailbox,
            password,
            into,
            ca_file=ca_file,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )


def _summary(fetched: download.Fetched, into: Path) -> list[Message]:
    messages = [
        say(
            "{total} messages: {new} saved to {into}, {present} were there already.",
            total=fetched.total,
            new=fetched.new,
            present=fetched.present,
            into=str(into),
        )
    ]
    if fetched.skipped:
        messages.append(
            say(
                "Not fetched because larger than {limit} MiB, UID: {uids}. Save them by hand.",
                limit=download.LARGEST >> 20,
                uids=tuple(map(str, fetched.skipped)),
            )
        )
    return messages
