"""The plots of `compare`: parameters, time and gradient of one's own networks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import NullLocator

from grader.architectures.comparison_figure import draw_by_lag, draw_by_size
from grader.architectures.own_networks import OwnCost, OwnNetwork
from grader.language import Message, say
from grader.reports.plots.canvas import Plot, Sheet, Speak, picture

FLOOR = 1e-12  # below it central differences are rounding
HEIGHT = 3.2  # inches


def plots(networks: Sequence[OwnNetwork], language: str) -> dict[str, Plot]:
    """All of them by name."""
    parameters = say("Parameters by hidden size")
    time = say("Time of one step by hidden size, in microseconds")
    reach = say("Norm of dh(t)/dx(t-k) by lag k, as a share of that at k = 0")
    return {
        "parameters": _by_size(networks, parameters, lambda cost: cost.parameters, language),
        "time": _by_size(networks, time, lambda cost: cost.seconds * 1e6, language),
        "gradient": _by_lag(networks, reach, language),
    }


def _by_size(
    networks: Sequence[OwnNetwork],
    title: Message,
    value: Callable[[OwnCost], float],
    language: str,
) -> Plot:
    lines = {
        network.name: (
            [cost.hidden_size for cost in network.costs],
            [value(cost) for cost in network.costs],
        )
        for network in networks
    }

    def draw(axes: Axes, speak: Speak) -> None:
        draw_by_size(axes, lines)
        axes.set_yscale("log")
        axes.set_xticks(next(iter(lines.values()))[0])
        _plain(axes.xaxis)
        _plain(axes.yaxis)
        axes.set_xlabel(speak(say("hidden size H")))
        axes.set_title(speak(title))

    return picture(Sheet(key="size", language=language), title, draw, HEIGHT)


def _by_lag(networks: Sequence[OwnNetwork], title: Message, language: str) -> Plot:
    norms = {network.name: [max(norm, FLOOR) for norm in network.norms] for network in networks}

    def draw(axes: Axes, speak: Speak) -> None:
        draw_by_lag(axes, norms, first=0)
        _plain(axes.yaxis)
        axes.set_xlabel(speak(say("lag k, in time steps")))
        axes.set_title(speak(title))

    return picture(Sheet(key="lag", language=language), title, draw, HEIGHT)


def _plain(axis: Axis) -> None:
    """Numbers as 0.01 and 1,000: the pages' figures know no mathematical text."""
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(lambda value, _: f"{value:,.0f}" if value >= 1 else f"{value:g}")
