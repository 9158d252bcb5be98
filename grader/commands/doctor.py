"""`python -m grader doctor`: which sandbox this machine offers, why no better one, what to do."""

from __future__ import annotations

import click

from grader.language import Message, default_language, render, say
from grader.sandbox import remedies, start_command, tiers, workers


@click.command()
@click.option("--lang", type=click.Choice(["zh", "en"]), help="Language; else the locale's.")
def doctor(lang: str | None) -> None:
    """Say which sandbox this machine offers, and what is missing."""
    language = lang or default_language()

    def tell(message: Message, indent: str = "") -> None:
        click.echo(indent + render(message, language))

    best = tiers.best()
    tell(say("Sandbox: {tier}", tier=best))
    tell(remedies.promise(best), "  ")
    for remark in remedies.remarks(best):
        tell(remark, "  ")
    tell(_workers(best), "  ")
    better = start_command.TIERS[: start_command.TIERS.index(best)]
    if not better:
        tell(say("This is the best that there is."))
    for tier in better:
        probe = tiers.probe_tier(tier)
        tell(say("{tier} does not work here: {reason}", tier=tier, reason=probe.reason))
        for step in remedies.steps(probe):
            tell(step, "  - ")


def _workers(tier: str) -> Message:
    """How a class gets its workers."""
    if reason := workers.hindrance(tier):
        return say(
            "Of a class, each program's worker is started by itself: {reason}", reason=reason
        )
    return say(
        "Of a class, workers are forked from one parent, each confined like one that is started."
    )
