"""The sheet that every plot is drawn on: one look, one size, margins in inches.

Margins are given and not computed: matplotlib's layout engines draw everything twice, and a class
has thousands of plots.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from grader.language import Message, render
from grader.reports.plots.fonts import speakable
from grader.reports.plots.svg import settings, to_svg

# Okabe and Ito's blue and vermilion, shifted to stand on light and dark alike (contrast >= 3).
BLUE, ORANGE, GREY = "#3a86c8", "#d9730d", "#8a94a3"
WIDTH, HEIGHT = 5.6, 2.4  # inches

Speak = Callable[[Message], str]


@dataclass(frozen=True, slots=True)
class Plot:
    """A picture, and what it shows in one sentence."""

    svg: str
    summary: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """Where a plot goes: `key` is unique on its page; `language` is the reader's."""

    key: str
    language: str


@dataclass(frozen=True, slots=True)
class Margins:
    """Room around the axes, in inches, for labels and legends."""

    left: float = 0.66
    right: float = 0.14
    bottom: float = 0.46
    top: float = 0.3


def picture(
    sheet: Sheet,
    summary: Message,
    draw: Callable[[Axes, Speak], None],
    height: float = HEIGHT,
    margins: Margins | None = None,
) -> Plot:
    """Run `draw` on fresh axes; labels fall back to English where no font shows Chinese."""
    spoken = speakable(sheet.language)
    text = render(summary, sheet.language)
    room = margins or Margins()
    with settings():
        figure = Figure(figsize=(WIDTH, height))
        figure.subplots_adjust(
            left=room.left / WIDTH,
            right=1 - room.right / WIDTH,
            bottom=room.bottom / height,
            top=1 - room.top / height,
        )
        draw(figure.add_subplot(), lambda message: render(message, spoken))
        return Plot(to_svg(figure, sheet.key, text), text)
