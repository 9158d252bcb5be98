"""`explain`: a question in words, with its public cases, tolerances, pitfalls and lecture."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from grader.commands.question_option import question_name
from grader.language import LANGUAGES, Message, default_language, render, say
from grader.questions import guide

INDENT = (0, 0, 0, 2)


@click.command()
@click.argument("question", required=False, callback=question_name)
@click.option(
    "--submission",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A program: search it for the lines that make wrong answers right (20 s a question).",
)
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of the explanation.")
def explain(*, question: str | None, submission: Path | None, lang: str | None) -> None:
    """Explain a question: what it asks, its cases, common misconceptions.

    QUESTION is a name like q4_3; without it all questions are listed. With --submission, what
    would make the program right, in this question or in all.
    """
    language = lang or default_language()
    console = Console(highlight=False)
    if submission is not None:
        from grader.home import repairs  # noqa: PLC0415  # otter, half a second

        repairs.print_repairs(submission, question or "", language, console)
        return
    if question is None:
        _print_list(console, language)
        return
    if question not in guide.GUIDES:
        text = say(
            "There is no question {name}; there are {names}.",
            name=question,
            names=tuple(guide.names()),
        )
        raise click.UsageError(render(text, language))
    _print_question(console, question, language)


def _print_list(console: Console, language: str) -> None:
    for name in guide.names():
        question = guide.question(name)
        console.print(
            Text.assemble(
                (f"{name:6}", "cyan"), f"{question.points:4g}  {question.title[language]}"
            )
        )
    console.print(Text(render(say("More about one: make explain Q=q4_3"), language), "dim"))


def _print_question(console: Console, name: str, language: str) -> None:
    question, help_ = guide.question(name), guide.GUIDES[name]
    points = render(say("{points} points", points=f"{question.points:g}"), language)
    console.print(
        Text.assemble((name, "bold cyan"), f"  {question.title[language]}  ", (points, "dim"))
    )
    _print_part(console, say("What it asks"), [help_.asks], language)
    _print_cases(console, name, language)
    _print_part(console, say("How close"), guide.tolerances(name), language)
    pitfalls = [Message("{text}", {"text": hint}) for hint in guide.pitfalls(name, language)]
    _print_part(console, say("Common misconceptions"), pitfalls, language)
    _print_part(console, say("Where to read"), help_.lecture, language)


def _print_cases(console: Console, name: str, language: str) -> None:
    cases = guide.public_cases(name)
    lines = [
        say(
            "{name} ({points}): {claim}",
            name=case.name,
            points=f"{case.points:g}",
            claim=case.claim or "",
        )
        for case in cases
    ]
    hidden = guide.question(name).points - sum(case.points for case in cases)
    if cases:
        lines.append(
            say(
                "… and hidden cases for {points} points, which ask for the same with other inputs.",
                points=f"{hidden:g}",
            )
        )
    _print_part(console, say("Public cases"), lines, language)


def _print_part(
    console: Console, title: Message, lines: tuple[Message, ...] | list[Message], language: str
) -> None:
    if not lines:
        return
    console.print()
    console.print(Text(render(title, language), "bold"))
    for line in lines:
        console.print(Padding(Text(f"• {render(line, language)}"), INDENT))
