"""`compare`: one's own RNN, GRU and LSTM side by side."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.console import Console

from grader.language import LANGUAGES, default_language


@click.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of the tables and plots.")
def compare(files: tuple[Path, ...], lang: str | None) -> None:
    """Compare one's own SimpleRNN, GRUCell and LSTMCell.

    Parameters, time per step and gradient by lag, measured by running the program in the sandbox;
    nothing is graded. FILES are the program and, where there is one, bonus.py; without them those
    of this folder. Plots go to the folder plots beside the program.
    """
    # numpy and the sandbox: not for --help.
    from grader.home.own_comparison import compare_here  # noqa: PLC0415

    sys.exit(compare_here(files, lang or default_language(), Console(highlight=False)))
