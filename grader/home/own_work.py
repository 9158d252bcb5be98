"""`grade` for one's own file: graded in this process, shown in the terminal."""

from __future__ import annotations

import io
import tokenize
from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from grader.assignment import load
from grader.batch.request import GradeRequest
from grader.language import render, say
from grader.records import Grade, Submission
from grader.reports.clean_message import words
from grader.reports.terminal import print_grade
from grader.reports.wording import load_wording
from grader.results.files import write_atomically

PROGRAMS = (".py", ".ipynb")
LOCAL = "local"
HIDDEN = Path(__file__).parents[1] / "questions" / "hidden"


def grade_here(request: GradeRequest, console: Console) -> int:
    """Grade, print, and with `out` write the same files as for a class. Give the exit code.

    Raises KitFault where the kit fails, click.UsageError where there is nothing to grade.
    """
    submission = read(request.paths, request.who)
    grade, public_only = grade_one(submission, request)
    wording = load_wording(request.language)
    # One knows who one is; the name stands in only where files are written.
    shown = grade if request.who else replace(grade, student_id="")
    print_grade(shown, request.language, console, public_only=public_only, wording=wording)
    if request.plots:
        _draw(grade, request, console)
    if request.out is None or request.question:
        return 0
    from grader.batch import inbox_run  # noqa: PLC0415  # the instructor's edition only

    return inbox_run.write_one(
        submission, grade, request.out, request.language, console, public=public_only
    )


def grade_one(submission: Submission, request: GradeRequest) -> tuple[Grade, bool]:
    """The grade, and whether it is of the public cases alone."""
    names = [question.name for question in load().automatic]
    if request.question and request.question not in names:
        raise click.UsageError(
            f"--question: there is no {request.question}; there are {', '.join(names)}."
        )
    from grader import grading  # noqa: PLC0415  # otter, half a second: not for a wrong path

    if request.public_only or not HIDDEN.is_dir():
        settings = grading.Settings(secret=b"", public_only=True, only=request.question)
    else:
        from grader.batch import inbox_run  # noqa: PLC0415  # the instructor's edition only

        settings = inbox_run.settings(unsafe=request.unsafe, only=request.question)
    settings = replace(settings, many=request.many)
    return grading.grade(submission, settings), settings.public_only


def read(paths: tuple[Path, ...], who: str = "") -> Submission:
    """One's own work: a program, and a report where one is given. Raises click.UsageError."""
    files = [file for path in paths for file in (_of_folder(path) if path.is_dir() else [path])]
    programs = [file for file in files if file.suffix.lower() in PROGRAMS]
    reports = [file for file in files if file.suffix.lower() == ".md"]
    others = [file.name for file in files if file not in (*programs, *reports)]
    if len(programs) != 1 or len(reports) > 1 or others:
        raise click.UsageError(
            "one program (.py or .ipynb) and at most one report (.md) are graded at a time, not "
            + (", ".join(file.name for file in files) or "an empty folder")
            + ". For a whole inbox give --out, and no --local."
        )
    name, _, student_id = who.rpartition("-")
    source, embedded = _program(programs[0])
    report = text_of(reports[0]) if reports else embedded
    return Submission(student_id or LOCAL, name, source, report)


def _of_folder(folder: Path) -> list[Path]:
    """`rnn.py`, else the only program there is; and `report.md`, else the only `.md`."""
    found: list[Path] = []
    for usual, suffixes in (("rnn.py", PROGRAMS), ("report.md", (".md",))):
        there = sorted(path for path in folder.iterdir() if path.suffix.lower() in suffixes)
        own = [path for path in there if path.name == usual]
        # A README is no report.
        found += own or [path for path in there if path.stem.lower() != "readme"]
    return found


def _program(path: Path) -> tuple[str, str | None]:
    """The source, and the report that a notebook holds besides."""
    if path.suffix.lower() != ".ipynb":
        return text_of(path), None
    from grader.intake.reading.notebooks import read_notebook  # noqa: PLC0415  # nbformat is slow

    notebook = read_notebook(text_of(path))
    return notebook.program, notebook.report or None


def text_of(path: Path) -> str:
    """The text of a file in UTF-8, in what a coding cookie says, or in what Windows writes here."""
    data = path.read_bytes()
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return data.decode(encoding).replace("\r\n", "\n")
    except (SyntaxError, UnicodeDecodeError):
        pass
    try:
        return data.decode("gb18030").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise click.UsageError(f"{path.name} is no text; save it as UTF-8.") from None


def _draw(grade: Grade, request: GradeRequest, console: Console) -> None:
    """Write every exhibit into `plots/` beside the program, and say where."""
    from grader.reports.plots.canvas import Sheet  # noqa: PLC0415  # matplotlib takes a second
    from grader.reports.plots.exhibit_plots import plot  # noqa: PLC0415

    folder = (request.paths[0] if request.paths[0].is_dir() else request.paths[0].parent) / "plots"
    for number, exhibit in enumerate(grade.exhibits, start=1):
        drawn = plot(exhibit, Sheet(f"p{number}", request.language))
        name = f"{number}-{exhibit.question}-{exhibit.kind}"
        if exhibit.png:
            file, content = folder / f"{name}.png", exhibit.png
        elif drawn is not None:
            file, content = folder / f"{name}.svg", str(drawn.svg).encode()
        else:
            continue
        write_atomically(file, content)
        title = f"{file}: {words(exhibit.title, request.language)}"
        console.print(Text(title), soft_wrap=True)
    if not grade.exhibits:
        console.print(Text(render(say("There is nothing to draw yet."), request.language)))
