"""The plots of the pages, as SVG, with a sentence that says the same to who cannot see them.

Series and labels come from a student's code: any length, NaN, infinite, ragged, empty. Each
plotting function returns None where nothing is left to draw. Colours are Okabe and Ito's
("Color Universal Design", 2008), darkened or lightened to stand on light and dark alike; nothing
is told by colour alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.patches import Patch
from matplotlib.ticker import NullLocator
from rich.cells import cell_len, set_cell_size

from grader.language import say
from grader.records import Exhibit
from grader.reports.clean_message import one_line
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
from grader.reports.plots.fonts import drawable

MOST_POINTS = 600
MOST_ROWS, MOST_STEPS = 24, 60
LARGEST = 1e100  # beyond it matplotlib's own arithmetic overflows

# Relative error of a gradient: 0 where the case allows it, 1e-6 or, in float32, 1e-3.
ERROR_BOUNDS = (1e-6, 1e-4, 1e-2, 1e-1)
ERROR_COLOURS = ("#cfe3f3", "#fbe3c4", "#f5b971", "#e07b28", "#a8430a")
ERROR_TICKS = ("0", "< 1e-4", "< 1 %", "< 10 %", "≥ 10 %")
NO_NUMBER = len(ERROR_COLOURS)


def plot(exhibit: Exhibit, sheet: Sheet) -> Plot | None:
    """Draw an exhibit; None for a kind that has no plot, or nothing to draw."""
    drawer = DRAWERS.get(exhibit.kind)
    return drawer(exhibit, sheet) if drawer is not None else None


def losses(exhibit: Exhibit, sheet: Sheet) -> Plot | None:
    """Draw the student's own training curve: loss per epoch."""
    values = exhibit.series.get("losses", ())
    steps, kept = thin(values)
    if len(kept) < 2:  # noqa: PLR2004 -- a line needs two points
        return None
    summary = say(
        "Loss over {count} epochs: {first} at the start, {last} at the end.",
        count=len(values),
        first=f"{kept[0]:.3g}",
        last=f"{kept[-1]:.3g}",
    )

    def draw(axes: Axes, speak: Speak) -> None:
        axes.plot(steps, kept, color=BLUE, linewidth=1.6)
        if min(kept) > 0 and max(kept) / min(kept) > 30:  # noqa: PLR2004 -- a decade and a half
            axes.set_yscale("log")
            axes.yaxis.set_minor_locator(NullLocator())
            axes.yaxis.set_major_formatter("{x:g}")
        axes.set_xlabel(speak(say("epoch")))
        axes.set_ylabel(speak(say("loss (mean squared error)")))

    return picture(sheet, summary, draw)


def prediction(exhibit: Exhibit, sheet: Sheet) -> Plot | None:
    """Draw predicted against true values, step by step."""
    pairs = zip(exhibit.series.get("true", ()), exhibit.series.get("predicted", ()), strict=False)
    kept = [pair for pair in pairs if all(map(usable, pair))][:MOST_POINTS]
    if len(kept) < 2:  # noqa: PLR2004 -- a line needs two points
        return None
    off = math.sqrt(sum((true - predicted) ** 2 for true, predicted in kept) / len(kept))
    summary = say(
        "Prediction against truth over {count} steps; root mean square error {error}.",
        count=len(kept),
        error=f"{off:.3g}",
    )

    def draw(axes: Axes, speak: Speak) -> None:
        true, predicted = zip(*kept, strict=True)
        axes.plot(true, color=GREY, linewidth=3.5, alpha=0.75, label=speak(say("true")))
        axes.plot(
            predicted, color=ORANGE, linewidth=1.4, marker="o", markersize=2.6,
            label=speak(say("predicted by your network")),
        )  # fmt: skip
        axes.set_xlabel(speak(say("time step")))
        axes.set_ylabel(speak(say("value")))
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0.2)

    return picture(sheet, summary, draw)


def gradient(exhibit: Exhibit, sheet: Sheet) -> Plot | None:
    """Draw where the gradient is off: one row a parameter, one column a time step."""
    rows = [list(row[:MOST_STEPS]) for row in exhibit.grid[:MOST_ROWS] if row]
    if not rows:
        return None
    steps = max(map(len, rows))
    levels = [[_level(v) for v in row] + [NO_NUMBER] * (steps - len(row)) for row in rows]
    labels = _labels(exhibit.labels, len(rows))
    worst = [name for name, row in zip(labels, levels, strict=True) if any(row)]
    summary = (
        say("The gradient is off for {names}.", names=tuple(worst))
        if worst
        else say("The gradient agrees for every parameter at every time step.")
    )

    def draw(axes: Axes, speak: Speak) -> None:
        _draw_grid(axes, levels)
        axes.set_yticks(range(len(labels)), labels)
        axes.set_xticks(range(0, steps, max(1, steps // 12)))
        axes.set_xlabel(speak(say("time step t")))
        _error_scale(axes, speak(say("relative error")), speak(say("no number")), levels)

    left = 0.3 + 0.085 * max(map(cell_len, labels))
    height = max(0.8 + 0.27 * len(rows), 1.9)
    return picture(sheet, summary, draw, height, Margins(left, right=1.45, top=0.1))


def _labels(names: Sequence[str], rows: int) -> list[str]:
    """Name the rows; the names are a student's own and may be anything."""
    labels = [set_cell_size(drawable(one_line(name, 20)), 18).rstrip() for name in names[:rows]]
    return labels + [str(number) for number in range(len(labels), rows)]


def _draw_grid(axes: Axes, levels: list[list[int]]) -> None:
    colours = [*ERROR_COLOURS, GREY]
    rows, steps = range(len(levels)), range(len(levels[0]))
    norm = BoundaryNorm(range(len(colours) + 1), len(colours))
    axes.pcolormesh(steps, rows, levels, cmap=ListedColormap(colours), norm=norm)
    # Not by colour alone: a cross where it is off.
    off = [(step, row) for row in rows for step in steps if levels[row][step]]
    if off:
        axes.plot(*zip(*off, strict=True), linestyle="", marker="x", markersize=4, color="#1b1b1b")
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.invert_yaxis()


def _level(error: float) -> int:
    """Sort an error into `ERROR_COLOURS`."""
    if math.isnan(error):
        return NO_NUMBER
    return sum(abs(error) >= bound for bound in ERROR_BOUNDS)


def _error_scale(axes: Axes, title: str, no_number: str, levels: list[list[int]]) -> None:
    shown = list(zip(ERROR_COLOURS, ERROR_TICKS, strict=True))
    if any(NO_NUMBER in row for row in levels):
        shown.append((GREY, no_number))
    handles = [Patch(facecolor=colour, label=tick) for colour, tick in shown]
    axes.legend(
        handles=handles, title=title, loc="center left", bbox_to_anchor=(1.01, 0.5), fontsize=8.5
    )


Drawer = Callable[[Exhibit, Sheet], Plot | None]
DRAWERS: dict[str, Drawer] = {"losses": losses, "prediction": prediction, "gradient": gradient}


def thin(values: Sequence[float]) -> tuple[list[int], list[float]]:
    """Leave out what cannot be drawn, and all but `MOST_POINTS` points; their positions stay."""
    every = max(1, -(-len(values) // MOST_POINTS))
    kept = [(step, value) for step, value in enumerate(values) if usable(value)]
    chosen = kept[::every] + (kept[-1:] if (len(kept) - 1) % every else [])
    return [step for step, _ in chosen], [value for _, value in chosen]


def usable(value: float) -> bool:
    return math.isfinite(value) and abs(value) < LARGEST
