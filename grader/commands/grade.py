"""`grade`: one file at once with a table in the terminal, or an inbox into an OUT folder.

The student's wheel carries this file and `grade_local`; an inbox needs the instructor's parts.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from grader.batch.request import GradeRequest
from grader.commands import course_options
from grader.commands.question_option import question_name
from grader.faults import BadFile, KitFault
from grader.home.own_work import grade_here
from grader.language import LANGUAGES, Message, default_language, render, say
from grader.results import overrides
from grader.results.course import NONE

WRONG_USE = 2


class IsoTime(click.ParamType[str]):
    """An ISO 8601 time, as `overrides.moment` reads it."""

    name = "time"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value == NONE:
            return ""
        if overrides.moment(value) is None:
            text = say("{value} is no time like 2025-11-30T23:59:59+08:00.", value=value)
            self.fail(render(text, course_options.reader_language(ctx)), param, ctx)
        return value


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Folder for everything written.")
@click.option("--local", is_flag=True, help="PATH is one's own work, whatever it is called.")
@click.option("--as", "who", default="", metavar="NAME-ID", help="Whose work it is, with --local.")
@click.option(
    "--question",
    default="",
    metavar="q4_3",
    callback=question_name,
    help="One question only; writes nothing.",
)
@click.option("--public-only", is_flag=True, help="Leave the hidden cases out.")
@click.option("--plots", is_flag=True, help="Draw what the network predicts, with --local.")
@click.option("--workers", type=click.IntRange(1), help="Processes; as many as cores by default.")
@click.option("--cluster", metavar="tcp://HOST:PORT", help="Grade on a Dask cluster's workers.")
@click.option("--regrade", is_flag=True, help="Grade again what has its grade; see changes.csv.")
@course_options.roster
@click.option("--deadline", type=IsoTime(), help="Instead of the one in assignment.toml; or none.")
@course_options.late_penalty
@course_options.exports
@click.option("--unsafe", is_flag=True, help="Grade without a sandbox where there is none.")
@click.option(
    "--lang", is_eager=True, type=click.Choice(LANGUAGES), help="Language of messages and reports."
)
def grade(lang: str | None, **options: Any) -> None:
    """Grade files, folders, zips or mailboxes.

    Without --out one's own file is graded and nothing is written. Roster, deadline, penalty,
    language and formats are kept in OUT and used by later runs until they are given anew. Exit
    code 0: everything that came in has a row; 2: wrong use, or the kit itself failed, and the
    message says which.
    """
    request = GradeRequest(language=lang or default_language(), lang=lang, **options)
    console = Console(highlight=False)
    try:
        if request.local or request.out is None:
            sys.exit(grade_here(request, console))
        if request.question:
            text = say("--question grades one's own file: leave --out away.")
            raise click.UsageError(render(text, request.language))
        sys.exit(_grade_inbox(request, request.out, console))
    except KitFault as fault:
        sys.exit(_complain(fault, request.language))


def _grade_inbox(request: GradeRequest, out: Path, console: Console) -> int:
    try:
        # Lazily: none of it is in the student's wheel.
        from grader.batch.inbox_run import grade_inbox  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if error.name is None or not error.name.startswith("grader.batch.inbox_run"):
            raise
        text = say("This is the student's edition: it grades one file, without --out.")
        raise click.UsageError(render(text, request.language)) from error
    return grade_inbox(request, out, console)


def _complain(fault: KitFault, language: str) -> int:
    what = fault.args[0] if fault.args else ""
    reason = what if isinstance(what, Message) else str(fault)
    text = say("Not graded: {reason}", reason=reason)
    if isinstance(fault, BadFile):
        text = fault.reason
    click.echo(render(text, language), err=True)
    return WRONG_USE
