"""One student's page."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from grader.assignment import load
from grader.language import render, say
from grader.records import Exhibit, Grade
from grader.reports.account import GradebookRow
from grader.reports.clean_message import one_line, words
from grader.reports.pages.render import page
from grader.reports.pages.student_view import FigureView, student_view
from grader.reports.plots import exhibit_plots
from grader.reports.plots.canvas import Plot, Sheet
from grader.reports.plots.own_figure import data_uri
from grader.reports.wording import Wording

MOST_EXHIBITS = 12


def student_page(
    grade: Grade, wording: Wording, fingerprint: str = "", row: GradebookRow | None = None
) -> str:
    """Render the page as HTML: one file, no script, no request to anywhere."""
    return page(
        "feedback.html",
        wording.language,
        heading=load().assignment.title[wording.language],
        v=student_view(grade, wording, list(figures(grade, wording.language)), row),
        scripted=False,
        fingerprint=fingerprint,
    )


def figures(grade: Grade, language: str) -> Iterator[tuple[str, FigureView]]:
    """Turn exhibits into (question, figure); what cannot be shown safely says so instead."""
    public = [exhibit for exhibit in grade.exhibits if not exhibit.hidden]
    for number, exhibit in enumerate(public[:MOST_EXHIBITS]):
        if exhibit.kind == "figure":
            yield exhibit.question, own_figure(exhibit, language)
        elif (drawn := exhibit_plots.plot(exhibit, Sheet(f"p{number}", language))) is not None:
            yield exhibit.question, plotted(drawn, one_line(words(exhibit.title, language), 120))


def own_figure(exhibit: Exhibit, language: str) -> FigureView:
    title = one_line(words(exhibit.title, language), 120)
    uri = data_uri(exhibit.png)
    if uri is None:
        return FigureView(title, render(say("Your figure could not be shown."), language))
    return FigureView(title, render(say("The figure that your code drew."), language), uri=uri)


def plotted(drawn: Plot, title: str) -> FigureView:
    return FigureView(title, drawn.summary, svg=Markup(drawn.svg))  # noqa: S704 -- rebuilt by svg.py
