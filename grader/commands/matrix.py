"""`matrix`: grade every misconception and every correct variant; write the kill matrix."""

from __future__ import annotations

from pathlib import Path

import click
from rich.progress import track

from grader.faults import KitFault
from grader.matrix import heatmap, table
from grader.matrix.grade_subject import MatrixRow
from grader.matrix.grade_subjects import rows
from grader.matrix.judgement import Judgement, judge
from grader.matrix.subjects import correct, optional_correct, optional_wrong, wrong


@click.command
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
@click.option("--optional", is_flag=True, help="The optional questions, instead of all others.")
def matrix(out: Path, workers: int, *, optional: bool) -> None:
    """Grade every misconception and variant; write the kill matrix.

    Exit code 2 where a misconception keeps full marks or loses what it should not, where a correct
    variant loses anything, or where too few are diagnosed by their right name.
    """
    subjects = [*optional_wrong(), *optional_correct()] if optional else [*wrong(), *correct()]
    graded = list(track(rows(subjects, workers), "Grading", total=len(subjects)))
    judgement = judge(graded)
    _write(out, graded, judgement, "kill-matrix-optional" if optional else "kill-matrix")
    click.echo(
        f"{judgement.misconceptions} misconceptions in {judgement.mutants} programs: "
        f"{judgement.killed} lose points, {judgement.diagnosed} diagnosed rightly; "
        f"{judgement.variants} correct programs"
    )
    if judgement.complaints:
        raise KitFault("the kill matrix is not as it must be:\n" + "\n".join(judgement.complaints))


def _write(out: Path, graded: list[MatrixRow], judgement: Judgement, name: str) -> None:
    out.mkdir(parents=True, exist_ok=True)
    (out / f"{name}.csv").write_text(table.as_csv(graded), encoding="utf-8")
    text = table.as_markdown(graded, judgement)
    (out / f"{name}.md").write_text(text, encoding="utf-8")
    heatmap.draw(graded, out, name)
