"""`python -m grader fingerprints`."""

from __future__ import annotations

import click

from grader import fingerprinting


@click.command()
def fingerprints() -> None:
    """Write the arrays that diagnose a student's run without any solution code."""
    click.echo(f"{fingerprinting.write()} misconceptions with a fingerprint")
