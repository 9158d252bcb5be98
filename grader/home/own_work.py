"""`grade` for one's own file: graded in this process, shown in the terminal."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Self

import click
from rich.console import Console
from rich.text import Text

from grader import portability
from grader.assignment import load
from grader.batch.request import GradeRequest
from grader.diagnosis.repair import budget
from grader.intake.reading import own_file
from grader.intake.reading.decoding import Unreadable
from grader.intake.reading.own_file import OwnFile
from grader.language import render, say
from grader.records import Grade, Submission
from grader.reports.clean_message import words
from grader.reports.terminal import print_grade
from grader.reports.wording import load_wording
from grader.results.files import write_atomically

PROGRAMS = ("python", "notebook")
LOCAL = "local"
BONUS = "bonus.py"  # of the optional questions: counts where it lies beside the program
HIDDEN = Path(__file__).parents[1] / "questions" / "hidden"


def grade_here(request: GradeRequest, console: Console) -> int:
    """Grade, print, and with `out` write the same files as for a class. Give the exit code.

    Raises KitFault where the kit fails, click.UsageError where there is nothing to grade.
    """
    require_question(request)
    submission = read(request.paths, request.who, request.language)
    with _Progress(console, request.language) as tell:
        grade, public_only = grade_one(submission, request, tell)
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


class _Progress:
    """Says at once that something happens, and then each question as its turn comes."""

    def __init__(self, console: Console, language: str) -> None:
        self._console = console
        self._language = language
        self._told: set[str] = set()

    def __call__(self, question: str) -> None:
        if question not in self._told:
            self._told.add(question)
            self._print(f"{question} ")

    def __enter__(self) -> Self:
        self._print(render(say("Being graded:"), self._language) + " ")
        return self

    def __exit__(self, *_: object) -> None:
        """End the line, whatever happened: what comes next has one of its own."""
        self._console.print()

    def _print(self, words: str) -> None:
        self._console.print(Text(words, "dim"), end="", soft_wrap=True)
        self._console.file.flush()


def require_question(request: GradeRequest) -> None:
    """Raise click.UsageError where the question that is named does not exist."""
    names = [question.name for question in load().graded]
    if request.question and request.question not in names:
        text = say(
            "There is no question {name}; there are {names}.",
            name=request.question,
            names=tuple(names),
        )
        raise click.UsageError(render(text, request.language))


def grade_one(
    submission: Submission,
    request: GradeRequest,
    tell: Callable[[str], None] = lambda _: None,
    *,
    repair: float = budget.AT_HOME,
) -> tuple[Grade, bool]:
    """The grade, and whether it is of the public cases alone. repair: see `grading.Settings`."""
    # Products here are small: threads that wait for larger ones only take time, and examiners of
    # a class have one as well.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from grader import grading  # noqa: PLC0415  # otter, half a second: not for a wrong path

    if request.public_only or not HIDDEN.is_dir():
        settings = grading.Settings(secret=b"", public_only=True, only=request.question)
    else:
        from grader.batch import inbox_run  # noqa: PLC0415  # the instructor's edition only

        settings = inbox_run.settings(unsafe=request.unsafe, only=request.question)
    settings = replace(settings, many=request.many, repair=repair)
    return grading.grade(submission, settings, tell), settings.public_only


def read(paths: tuple[Path, ...], who: str = "", language: str = "en") -> Submission:
    """One's own work: a program, and a report where one is given. Raises click.UsageError."""
    files = [file for path in paths for file in (_of_folder(path) if path.is_dir() else [path])]
    extra = [file for file in files if file.name == BONUS]
    files = [file for file in files if file not in extra]
    programs = [file for file in files if own_file.kind(file) in PROGRAMS]
    reports = [file for file in files if own_file.kind(file) == "report"]
    others = [file.name for file in files if file not in (*programs, *reports)]
    if len(programs) != 1 or len(reports) > 1 or others:
        text = say(
            "One program (.py or .ipynb) and at most one report (.md) are graded at a time; here are: {files}. "
            "For a whole inbox give --out, and no --local.",
            files=tuple(file.name for file in files) or "–",
        )
        raise click.UsageError(render(text, language))
    name, _, student_id = who.rpartition("-")
    program = _read(programs[0], language)
    report = _read(reports[0], language).report if reports else program.report
    source = program.source or ""
    beside = [programs[0].with_name(BONUS)] if programs[0].with_name(BONUS).is_file() else []
    bonus = next((_read(file, language).source for file in extra or beside), None)
    texts = (source, bonus or "")
    needs = [need for text in texts for need in portability.needs_newer(text)]
    needs += [need for text in texts for need in portability.needs_others(text)]
    notes = (*program.notes, *(portability.words(need) for need in needs))
    return Submission(student_id or LOCAL, name, source, report, notes=notes, bonus=bonus)


def _read(path: Path, language: str) -> OwnFile:
    try:
        return own_file.read(path)
    except Unreadable as unreadable:
        reason = render(unreadable.trouble.reason, language)
        raise click.UsageError(f"{path.name}: {reason}") from None


def _of_folder(folder: Path) -> list[Path]:
    """`rnn.py`, else the only program there is; `report.md`, else the only `.md`; `bonus.py`."""
    found = [path for path in (folder / BONUS,) if path.is_file()]
    for usual, kinds in (("rnn.py", PROGRAMS), ("report.md", ("report",))):
        there = sorted(path for path in folder.iterdir() if own_file.kind(path) in kinds)
        there = [path for path in there if path.name != BONUS]
        own = [path for path in there if path.name == usual]
        # A README is no report.
        found += own or [path for path in there if path.stem.lower() != "readme"]
    return found


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
