"""The instructor's page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from grader.assignment import load
from grader.language import Message, render, say
from grader.records import Problem
from grader.reports.classroom import Classroom
from grader.reports.pages.class_view import class_view
from grader.reports.pages.render import page
from grader.reports.pages.student_page import plotted
from grader.reports.pages.student_view import FigureView
from grader.reports.plots import class_plots
from grader.reports.plots.canvas import Plot, Sheet
from grader.reports.wording import Wording


def class_page(
    room: Classroom,
    problems: Sequence[Problem],
    wording: Wording,
    files: Mapping[str, str],
    fingerprint: str = "",
) -> str:
    """Render the page as HTML. `files`: student id -> file name without suffix."""
    figures = class_figures(room, wording.language)
    return page(
        "report.html",
        wording.language,
        heading=load().assignment.title[wording.language],
        v=class_view(room, problems, wording, files, figures),
        scripted=True,
        fingerprint=fingerprint,
    )


def class_figures(room: Classroom, language: str) -> Iterator[FigureView]:
    scores = [row.auto for row in room.scored]
    possible = max((row.possible for row in room.scored), default=0.0)
    questions, cases = list(room.questions.values()), list(room.cases.values())
    drawn: list[tuple[Message, Plot | None]] = [
        (say("Scores"), class_plots.distribution(scores, possible, Sheet("scores", language))),
        (say("Questions"), class_plots.by_question(questions, Sheet("questions", language))),
        (say("Cases"), class_plots.by_case(cases, Sheet("cases-plot", language))),
    ]
    for title, plot in drawn:
        if plot is not None:
            yield plotted(plot, render(title, language))
