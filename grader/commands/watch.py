"""`watch`: grade again on every save, in a process that has loaded everything already."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text
from watchfiles import watch as changes

from grader.batch.request import GradeRequest
from grader.commands.question_option import question_name
from grader.faults import KitFault
from grader.home.own_work import BONUS, grade_here
from grader.language import LANGUAGES, default_language, render, say

# Editors write in several steps; wait for the last.
SETTLE_MILLISECONDS = 300
TICK_MILLISECONDS = 1_000


@click.command()
@click.argument(
    "source", type=click.Path(exists=True, dir_okay=False, path_type=Path), default="rnn.py"
)
@click.option(
    "--question", default="", metavar="q4_3", callback=question_name, help="One question only."
)
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of the messages.")
def watch(*, source: Path, question: str, lang: str | None) -> None:
    """Grade again on every save. Ctrl-C ends it."""
    language = lang or default_language()
    console = Console(highlight=False)
    request = GradeRequest(
        paths=(source,), language=language, question=question, public_only=True, many=True
    )
    for _ in saves(source):
        console.clear()
        _grade(request, console)


def saves(source: Path) -> Iterator[None]:
    """Once now, and once for each time that the file's content has changed; ends on Ctrl-C.

    What is saved while the grader is busy is seen afterwards: each tick looks at the content.
    """
    graded = _content(source)
    yield
    # The folder, not the file: many editors save by putting a new file in its place.
    ticks = changes(
        source.resolve().parent,
        recursive=False,
        step=SETTLE_MILLISECONDS,
        rust_timeout=TICK_MILLISECONDS,
        yield_on_timeout=True,
        raise_interrupt=False,
    )
    for _ in ticks:
        now = _content(source)
        if now is not None and now != graded:
            graded = now
            yield


def _content(source: Path) -> bytes | None:
    """What is graded: the program, and bonus.py where it lies beside."""
    bonus = source.with_name(BONUS)
    try:
        return source.read_bytes() + (bonus.read_bytes() if bonus.is_file() else b"")
    except OSError:
        return None  # between the removal of the old file and the new one


def _grade(request: GradeRequest, console: Console) -> None:
    began = time.monotonic()
    try:
        grade_here(request, console)
    except click.UsageError as wrong:
        console.print(Text(wrong.format_message(), "red"))
    except KitFault as fault:
        text = say("The grader itself failed: {why}", why=str(fault))
        console.print(Text(render(text, request.language), "red"))
    text = say(
        "{time}  {seconds} s; waiting for the next save of {file} (Ctrl-C ends)",
        time=time.strftime("%H:%M:%S"),
        seconds=f"{time.monotonic() - began:.1f}",
        file=request.paths[0].name,
    )
    console.print(Text(render(text, request.language), "dim"))
