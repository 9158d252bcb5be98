"""`python -m grader fingerprints`."""

from __future__ import annotations

import click

from grader.misconceptions import probe_records


@click.command()
def fingerprints() -> None:
    """Write the arrays that diagnose a student's run without any solution code."""
    click.echo(f"{probe_records.write()} misconceptions with a fingerprint")
