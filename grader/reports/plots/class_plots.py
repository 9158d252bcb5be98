"""The plots of the instructor's page: how the class did, as a whole, by question and by case."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import mean, median

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from grader.language import say
from grader.reports.classroom import CaseTally, QuestionTally
from grader.reports.clean_message import percent, points
from grader.reports.plots.canvas import (
    BLUE,
    GREY,
    ORANGE,
    Margins,
    Plot,
    Sheet,
    Speak,
    picture,
)

BINS = 20
ROW = 0.3  # inches a question takes
TALL = 3.6  # inches: beside the questions' plot


def distribution(scores: Sequence[float], possible: float, sheet: Sheet) -> Plot | None:
    """Draw how many students have how many automatic points."""
    if not scores or possible <= 0:
        return None
    summary = say(
        "Automatic points of {count} students: mean {mean}, median {median} of {possible}.",
        count=len(scores),
        mean=points(mean(scores)),
        median=points(median(scores)),
        possible=points(possible),
    )

    def draw(axes: Axes, speak: Speak) -> None:
        axes.hist(scores, bins=BINS, range=(0, possible), color=BLUE, rwidth=0.9)
        middle = median(scores)
        axes.axvline(middle, color=ORANGE, linewidth=1.6, linestyle="--")
        label = speak(say("median {median}", median=points(middle)))
        axes.text(middle, 1.02, label, transform=axes.get_xaxis_transform(), ha="center")
        axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
        axes.grid(visible=False, axis="x")
        axes.set_xlim(0, possible)
        axes.set_xlabel(speak(say("automatic points")))
        axes.set_ylabel(speak(say("students")))

    return picture(sheet, summary, draw, TALL)


def by_question(tallies: Sequence[QuestionTally], sheet: Sheet) -> Plot | None:
    """Draw for each question the share of points earned and of students with full marks."""
    if not tallies:
        return None
    hardest = min(tallies, key=lambda tally: tally.earned)
    summary = say(
        "Points earned per question, from {low} ({name}) upwards.",
        low=percent(hardest.earned),
        name=hardest.name,
    )

    def draw(axes: Axes, speak: Speak) -> None:
        rows = range(len(tallies))
        axes.barh(
            rows, [100 * t.earned for t in tallies], height=0.62, color=BLUE,
            label=speak(say("points earned (mean)")),
        )  # fmt: skip
        axes.plot(
            [100 * t.full for t in tallies], rows, linestyle="", marker="D", markersize=5,
            color=ORANGE, label=speak(say("students with full marks")),
        )  # fmt: skip
        _percent_axis(axes, [t.name for t in tallies], speak(say("share (%)")))

    height = 0.95 + ROW * len(tallies)
    return picture(sheet, summary, draw, height, Margins(left=0.6, top=0.36))


def by_case(tallies: Sequence[CaseTally], sheet: Sheet) -> Plot | None:
    """Draw the pass rate of every case, a row a question; hidden cases are hollow."""
    names = list(dict.fromkeys(tally.question for tally in tallies))
    if not names:
        return None
    summary = say(
        "Pass rates of {count} cases, from {low} to {high}.",
        count=len(tallies),
        low=percent(min(tally.rate for tally in tallies)),
        high=percent(max(tally.rate for tally in tallies)),
    )

    def draw(axes: Axes, speak: Speak) -> None:
        for hidden, label in ((False, say("public case")), (True, say("hidden case"))):
            shown = [tally for tally in tallies if tally.hidden is hidden]
            axes.plot(
                [100 * tally.rate for tally in shown],
                [names.index(tally.question) + (0.16 if hidden else -0.16) for tally in shown],
                linestyle="", marker="o" if hidden else "s", markersize=6.5, markeredgewidth=1.6,
                color=ORANGE if hidden else BLUE, markerfacecolor="none" if hidden else BLUE,
                alpha=0.85, label=speak(label), clip_on=False,
            )  # fmt: skip
        _percent_axis(axes, names, speak(say("students who pass (%)")))

    height = 0.95 + ROW * len(names)
    return picture(sheet, summary, draw, height, Margins(left=0.6, top=0.36))


def _percent_axis(axes: Axes, names: Sequence[str], label: str) -> None:
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_xlim(0, 100)
    axes.set_xlabel(label)
    axes.grid(visible=False, axis="y")
    axes.hlines(range(len(names)), 0, 100, color=GREY, linewidth=0.5, alpha=0.35, zorder=0)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0.2)
