"""`score`: a local page on which a person scores the written part."""

from __future__ import annotations

import getpass
import secrets
import socket
import sys
import webbrowser
from pathlib import Path

import click

from grader.language import LANGUAGES, default_language, render, say
from grader.results.reader import StoreReader
from grader.scoring import page_scores
from grader.scoring import rubric as rubric_file
from grader.scoring.desk import Desk
from grader.scoring.score_store import ScoreStore

HOST = "127.0.0.1"


@click.command()
@click.argument("out", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="0: a free one.")
@click.option("--no-browser", is_flag=True, help="Print the address only.")
@click.option("--reader", default="", metavar="NAME", help="Who scores; your user name by default.")
@click.option("--export", type=click.Path(dir_okay=False, path_type=Path),
              help="Write the page's points as a written.csv, and end.")  # fmt: skip
@click.option("--names", is_flag=True, help="Show student ids: not blind.")
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of the page.")
def score(  # one argument per option
    *,
    out: Path,
    port: int,
    no_browser: bool,
    reader: str,
    export: Path | None,
    names: bool,
    lang: str | None,
) -> None:
    """Score the written part of OUT, and the oral exam, on a local page. Ctrl-C ends it; nothing is lost.

    Only this machine can reach the page, and only at the address that is printed.
    """
    language = lang or default_language()
    if export is not None:
        page_scores.write_table(out, export)
        click.echo(render(say("Written to {file}", file=str(export)), language))
        return
    import uvicorn  # noqa: PLC0415  # this command alone needs a server

    from grader.scoring.app import app  # noqa: PLC0415  # as above

    StoreReader.existing(out).close()  # a folder without results gets no store of scores
    rubric = rubric_file.load()
    store = ScoreStore(out, rubric)
    desk = Desk(out, rubric, store, reader or getpass.getuser(), blind=not names)
    listening = socket.create_server((HOST, port))
    token, at = secrets.token_urlsafe(16), listening.getsockname()[1]
    address = f"http://{HOST}:{at}/{token}/"
    click.echo(render(say("Scoring page: {address}   (Ctrl-C ends)", address=address), language))
    if not no_browser:
        webbrowser.open(address)
    # h11 whether or not httptools is installed: what is tested is what runs.
    config = uvicorn.Config(
        app(desk, token, at, language), http="h11", ws="none", lifespan="off", log_level="warning",
        access_log=False, server_header=False, timeout_graceful_shutdown=2,
    )  # fmt: skip
    try:
        uvicorn.Server(config).run(sockets=[listening])
    except KeyboardInterrupt:
        sys.exit(0)
    finally:
        store.close()
