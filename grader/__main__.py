"""The command line: the only place that prints or exits.

Each command lives in `grader/commands/NAME.py` as a click command `NAME` and is imported only
when called, so that `make grade` does not pay for what it does not use.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import importlib.util
import sys
from typing import cast

import click

from grader import __version__
from grader.faults import BadFile, KitFault
from grader.language import default_language, render, translations
from grader.language.command_help import speak, translated

COMMANDS = {
    "grade": "Grade files, folders, zips or mailboxes.",
    "fetch": "Fetch mails from an IMAP mailbox into an inbox folder.",
    "score": "Score the written part on a local page.",
    "similar": "Find work that is alike, in this class and earlier ones.",
    "report": "Rebuild all pages and tables of an OUT folder from its store.",
    "dossier": "Write questions for the oral exam, on each student's own lines.",
    "mail": "Write a letter per student, with the feedback page, or what to send again.",
    "gradescope": "Build an autograder for Gradescope.",
    "doctor": "Say which sandbox this machine offers, and what is missing.",
    "explain": "Explain a question: what it asks, its cases, common misconceptions.",
    "compare": "Compare one's own SimpleRNN, GRUCell and LSTMCell.",
    "pack": "Check a submission and write the files and the mail to send.",
    "watch": "Grade again on every save.",
    "handout": "Build the student's zip and notebook.",
    "matrix": "Grade every misconception and variant; write the kill matrix.",
    "calibrate": "Measure the thresholds again over many seeds.",
    "figures": "Measure and draw what the model answers show.",
    "fingerprints": "Write the arrays that diagnose a student's local run.",
}
# Objects made between two collections: while modules are loaded there is no garbage to be found,
# and looking for it takes a tenth of the time of `make grade`.
RARELY = 100_000


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called, and listed from the table."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """The commands that are there: a handout's wheel carries the student's only."""
        return [name for name in COMMANDS if importlib.util.find_spec(_module(name)) is not None]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        command = getattr(importlib.import_module(_module(cmd_name)), cmd_name)
        return translated(cast(click.Command, command), default_language())

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        spoken = translations(default_language()).gettext
        with formatter.section(spoken("Commands")):
            formatter.write_dl([(name, spoken(COMMANDS[name])) for name in self.list_commands(ctx)])


def _module(command: str) -> str:
    return f"grader.commands.{command}"


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="ml6-kit")
def cli() -> None:
    """Autograder for assignment ml-6, recurrent neural networks."""


def main() -> None:
    """Run the command line. Exit code 2: wrong use, or the kit itself failed."""
    gc.set_threshold(RARELY)
    atexit.register(gc.freeze)  # nor is it looked for when all of it ends: a tenth again
    speak(default_language())
    try:
        translated(cli, default_language())()
    except BadFile as mistake:
        click.echo(render(mistake.reason, default_language()), err=True)
        sys.exit(2)
    except KitFault as fault:
        click.echo(f"kit fault: {fault}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
