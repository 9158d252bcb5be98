"""The settings of a course that are kept in OUT: options that several commands take alike."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from grader.language import default_language, render, say
from grader.results.course import NONE

FORMATS = ("canvas", "moodle", "gradescope")


def reader_language(context: click.Context | None) -> str:
    """The language of what is said of the other options: --lang is eager where this is asked."""
    return (context.params.get("lang") if context else None) or default_language()


def assignment_number(
    context: click.Context, parameter: click.Parameter, value: str | None
) -> str | None:
    """Check the number of an assignment in Canvas."""
    if value is not None and not value.isdecimal():
        text = say("{value} is no number like 1234.", value=value)
        raise click.BadParameter(render(text, reader_language(context)), context, parameter)
    return value


class Share(click.ParamType[float]):
    """A part of one: 0.1, or 10%."""

    name = "share"

    def convert(
        self, value: str | float, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        text = unicodedata.normalize("NFKC", str(value)).strip()
        with suppress(ValueError):
            share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
            if 0 <= share <= 1:
                return share
        words = say("{value} is no part of one like 0.1 or 10%.", value=text)
        return self.fail(render(words, reader_language(ctx)), param, ctx)


roster = click.option(
    "--roster",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Class list (CSV: id, name, e-mail).",
)
late_penalty = click.option(
    "--late-penalty",
    type=Share(),
    metavar="SHARE",
    help="Of the automatic points, per started day: 0.1.",
)


def exports(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command --format, --assignment-id and --worksheet."""
    for option in reversed(_EXPORTS):
        command = option(command)
    return command


_EXPORTS = (
    click.option(
        "--format",
        "formats",
        multiple=True,
        type=click.Choice((*FORMATS, NONE)),
        help="Also write grades for this system.",
    ),
    click.option(
        "--assignment-id",
        metavar="NUMBER",
        callback=assignment_number,
        help="The assignment's number in Canvas.",
    ),
    click.option(
        "--worksheet",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="Moodle's grading worksheet, to be filled in.",
    ),
)
