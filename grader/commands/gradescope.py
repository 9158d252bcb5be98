"""`python -m grader gradescope --out autograder.zip`: the kit as an autograder for Gradescope."""

from __future__ import annotations

from pathlib import Path

import click

from grader.assignment import load
from grader.commands import course_options
from grader.gradescope import autograder_zip
from grader.language import LANGUAGES, default_language, render, say


@click.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="The zip to write.")
@course_options.late_penalty
@click.option(
    "--lang", is_eager=True, type=click.Choice(LANGUAGES), help="Language of what students read."
)
@click.option("--run", "root", type=click.Path(file_okay=False, path_type=Path), hidden=True)
def gradescope(
    out: Path | None, late_penalty: float | None, lang: str | None, root: Path | None
) -> None:
    """Build an autograder: upload the zip at Gradescope under "Configure Autograder".

    It holds the hidden tests and your secret: give it to nobody. Hidden cases are shown to
    students once you publish the grades.
    """
    language = lang or default_language()
    if root is not None:
        from grader.gradescope import grade_upload  # noqa: PLC0415  # otter: not for who builds the package

        grade_upload.grade_upload(root)
        return
    if out is None:
        text = say("--out autograder.zip says where to write it.")
        raise click.UsageError(render(text, language))
    header = load().assignment
    settings: dict[str, object] = {
        "language": language,
        "late_penalty": header.late_penalty if late_penalty is None else late_penalty,
        "late_penalty_cap": header.late_penalty_cap,
    }
    autograder_zip.build(out, settings)
    possible = load().automatic_points
    text = say(
        "{file} is ready: upload it at Gradescope under “Configure Autograder”, with {points} autograder points and a time limit of 10 minutes. It holds your secret; give it to nobody.",
        file=str(out),
        points=f"{possible:g}",
    )
    click.echo(render(text, language))
