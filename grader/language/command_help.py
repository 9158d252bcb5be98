"""The command line's help and click's own words in the reader's language.

Help is written where click reads it: as docstrings and `help=` in English, which are the message
ids of `grader/language/zh/help.po`. click looks its own words up under the name `_` in each of its
modules; that is where they are translated, because gettext's global domain would want compiled
files in folders of its own.
"""

from __future__ import annotations

import copy
from importlib import import_module

import click

from grader.language import translations, unfolded

MODULES = ("core", "decorators", "exceptions", "formatting", "types", "parser")


def speak(language: str) -> None:
    """From here on click says its own words in this language."""
    spoken = translations(language).gettext

    def counted(one: str, many: str, number: int) -> str:
        return spoken(one if number == 1 else many)

    for name in MODULES:
        names = vars(import_module(f"click.{name}"))
        names["_"] = spoken
        if "ngettext" in names:
            names["ngettext"] = counted


def texts(command: click.Command) -> list[str]:
    """Every text of a command that its help shows."""
    options = [param for param in command.params if isinstance(param, click.Option)]
    given = [command.help, *(option.help for option in options)]
    return [unfolded(text) for text in given if text]


def translated(command: click.Command, language: str) -> click.Command:
    """A copy of a command whose help is in this language."""
    spoken = copy.copy(command)
    spoken.help = _spoken(command.help, language)
    spoken.params = [copy.copy(param) for param in command.params]
    for param in spoken.params:
        if isinstance(param, click.Option):
            param.help = _spoken(param.help, language)
    return spoken


def _spoken(text: str | None, language: str) -> str | None:
    return translations(language).gettext(unfolded(text)) if text else text
