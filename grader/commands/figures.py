"""`figures`: measure and draw what the model answers show."""

from __future__ import annotations

import os

import click


@click.command()
def figures() -> None:
    """Measure gradients by lag and the cost of RNN, GRU and LSTM; write solutions/figures/."""
    # One thread, whatever the machine: read by OpenBLAS when NumPy is imported.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    from grader.model_answers.write import write  # noqa: PLC0415  # after the line above

    for path in write():
        click.echo(f"{path.parent.name}/{path.name}")
