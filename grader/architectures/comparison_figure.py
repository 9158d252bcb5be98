"""Lines for costs and gradients, on axes that are given: for the model answers and for a student's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from numpy.typing import ArrayLike

STYLES = ("-", "--", "-.", ":")  # nothing is told by colour alone
MARKERS = ("o", "s", "^")


def draw_by_lag(axes: Axes, norms: Mapping[str, Sequence[float]], first: int = 1) -> None:
    """Norms by lag for each name, on a logarithmic axis; the first stands at lag `first`."""
    for (name, values), style in zip(norms.items(), STYLES, strict=False):
        axes.semilogy(range(first, first + len(values)), values, style, label=name)
    _finish(axes)


def draw_by_size(axes: Axes, lines: Mapping[str, tuple[ArrayLike, ArrayLike]]) -> None:
    """For each name (hidden sizes, values), on a logarithmic axis of sizes."""
    for (name, (sizes, values)), marker in zip(lines.items(), MARKERS, strict=False):
        axes.semilogx(sizes, values, f"{marker}-", label=name)
    _finish(axes)


def _finish(axes: Axes) -> None:
    axes.legend()
    axes.grid(visible=True, alpha=0.3)
