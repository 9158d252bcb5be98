"""`calibrate`: measure the thresholds again over many seeds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from os import environ
from pathlib import Path
from typing import TypeVar

import click
from rich.progress import track

from grader import assignment
from grader.calibration import histogram, measurements
from grader.calibration.false_fails import Tally, trials
from grader.calibration.net_separation import (
    NetScores,
    net_complaints,
    net_jobs,
    net_scores,
)
from grader.calibration.seeded_jobs import joined
from grader.calibration.separation import Scores, jobs, scores
from grader.matrix.grade_subject import examine

SCORES = "scores"

Given = TypeVar("Given")
Result = TypeVar("Result")


@click.command
@click.option(
    "--seeds",
    type=click.IntRange(min=10),
    default=1000,
    show_default=True,
    help="Runs of correct code.",
)
@click.option(
    "--only",
    multiple=True,
    help="A question, as q4_2; or 'scores': the held-out scores of q5_2. Several times for several.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("docs"),
    show_default=True,
    help="Folder for the table and the picture.",
)
@click.option(
    "--workers", type=click.IntRange(min=1), default=2, show_default=True, help="Processes."
)
def calibrate(seeds: int, only: Sequence[str], out: Path, workers: int) -> None:
    """Measure the thresholds again over many seeds.

    Takes an hour; Ctrl-C keeps the false-fail rates measured so far. Exit code 2 where correct code
    fails a case, or wrong code reaches a threshold that it must not.
    """
    automatic = [question.name for question in assignment.load().graded]
    if unknown := sorted({*only} - {*automatic, SCORES}):
        raise click.BadParameter(f"no such question: {', '.join(unknown)}", param_hint="--only")
    questions = [name for name in automatic if not only or name in only]
    wanted = list(jobs(seeds)) if not only or SCORES in only else []
    found = joined(_mapped(scores, wanted, workers))
    nets = joined(_mapped(net_scores, list(net_jobs(questions, seeds)), workers))
    counted = Tally()
    try:
        for row in _mapped(examine, list(trials(questions, seeds)) if questions else [], workers):
            counted.add(row)
    finally:  # an interrupted run has measured something as well, and says how much
        _write(out, found, counted, nets)
    problems = [*measurements.complaints(found, counted), *net_complaints(nets)]
    click.echo(
        f"{len(found) + len(nets)} distributions, {sum(counted.asked.values())} cases asked, {len(problems)} complaints"
    )
    measurements.require_none(problems)


def _write(
    out: Path, found: Sequence[Scores], counted: Tally, nets: Sequence[NetScores] = ()
) -> None:
    out.mkdir(parents=True, exist_ok=True)
    table = out / "calibration.md"
    before = table.read_text(encoding="utf-8") if table.exists() else ""
    text = measurements.markdown(found, counted, before, nets)
    table.write_text(text, encoding="utf-8")
    measurements.write_beside(assignment.PATH, measurements.beside(text))
    if found:
        histogram.draw(found, out)


def _mapped(
    function: Callable[[Given], Result], given: Sequence[Given], workers: int
) -> Iterator[Result]:
    """Results in order, on a few processes of one thread each, with a progress bar."""
    environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from track(pool.map(function, given), "Measuring", total=len(given))
