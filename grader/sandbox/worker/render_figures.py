"""Figures of matplotlib, rendered to PNG on the side where the student's code runs.

matplotlib is used when the student's code has imported it already.
"""

from __future__ import annotations

import contextlib
import io
import math
import os
import sys
from typing import Any

MAX_BYTES = 2 * 1024 * 1024
MAX_PIXELS = 2_000_000
DPI = 100.0
SIGNATURE = b"\x89PNG\r\n\x1a\n"

Rendered = tuple[bytes, int, int]  # PNG, number of axes, number of lines and point clouds

# What a file that `savefig` wrote showed: {absolute path: (axes, lines)}. See `watch`.
saved: dict[str, tuple[int, int]] = {}

# Pictures of figures that nothing has changed since: {id: (the figure, which keeps its id alive, its picture)}.
current: dict[int, tuple[Any, Rendered]] = {}


def of(value: Any) -> Rendered | None:
    """The picture that `value` stands for: a figure, axes, (figure, axes), PNG bytes or a path.

    `issubclass` throughout: `isinstance` asks the student's object for its `__class__` as well.
    """
    kind = type(value)
    if issubclass(kind, bytes):
        return _from_bytes(value)
    if issubclass(kind, (str, os.PathLike)):
        return _from_path(str(os.fspath(value)))
    figure = _figure(value)
    if figure is None:
        return None
    return current_picture(figure)


def current_picture(figure: Any) -> Rendered | None:
    """What `render` gives, drawn anew only where something in the figure has changed."""
    if id(figure) in current:
        return current[id(figure)][1]
    picture = render(figure)
    if picture is not None:
        with contextlib.suppress(Exception):  # of a student's subclass
            figure.stale_callback = _has_changed
            current[id(figure)] = (figure, picture)
    return picture


def _has_changed(figure: Any, _stale: bool) -> None:  # noqa: FBT001 - as matplotlib calls it
    current.pop(id(figure), None)


def render(figure: Any) -> Rendered | None:
    """A figure as PNG of at most `MAX_PIXELS`; None where it is too large, or no figure at all.

    Where it cannot be drawn (losses near 1e308), the name of the exception stands in the picture:
    the panels and lines are there all the same.
    """
    try:
        width, height = (float(size) for size in figure.get_size_inches())
        dpi = min(DPI, math.sqrt(MAX_PIXELS / max(width * height, 1e-3)))
        axes, lines = count(figure)
        png = _drawn_or_said(figure, dpi)
    except Exception:  # noqa: BLE001 - whatever a student's subclass of Figure raises
        return None
    return (png, axes, lines) if len(png) <= MAX_BYTES else None


def _drawn_or_said(figure: Any, dpi: float) -> bytes:
    from matplotlib.figure import Figure  # noqa: PLC0415 - loaded by now

    with contextlib.suppress(Exception):
        return _drawn(figure, dpi)
    try:
        _use_plain_letters(figure)
        return _drawn(figure, dpi)
    except Exception as error:  # noqa: BLE001 - whatever a student's artist raises
        words = Figure(figsize=(6, 2))
        words.text(0.5, 0.5, type(error).__name__[:60], ha="center", parse_math=False)
        return _drawn(words, DPI)


def _use_plain_letters(figure: Any) -> None:
    """The usual font for all words: one that is named may lie on the student's machine only."""
    from matplotlib.font_manager import FontProperties  # noqa: PLC0415 - loaded by now
    from matplotlib.text import Text  # noqa: PLC0415 - likewise

    for words in figure.findobj(Text):
        words.set_usetex(False)
        words.set_fontproperties(FontProperties(size=words.get_size()))


def _drawn(figure: Any, dpi: float) -> bytes:
    """What `savefig` writes; that draws every figure twice."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - loaded by now

    buffer = io.BytesIO()
    canvas, before = figure.canvas, figure.dpi
    drawing: Any = FigureCanvasAgg(figure)
    try:
        figure.dpi = dpi
        drawing.print_png(buffer)
    finally:
        figure.dpi = before
        figure.set_canvas(canvas)
    return buffer.getvalue()


def count(figure: Any) -> tuple[int, int]:
    """Axes, and lines and point clouds in them."""
    axes = list(figure.axes)
    return len(axes), sum(len(one.lines) + len(one.collections) for one in axes)


def _figure(value: Any) -> Any:
    """The Figure in a Figure, Axes, or sequence that starts with one of them."""
    matplotlib_figure = sys.modules.get("matplotlib.figure")
    matplotlib_axes = sys.modules.get("matplotlib.axes")
    if matplotlib_figure is None:
        return None
    kind = type(value)
    if issubclass(kind, matplotlib_figure.Figure):
        return value
    if matplotlib_axes is not None and issubclass(kind, matplotlib_axes.Axes):
        return value.get_figure()
    if type(value) in (tuple, list) and 0 < len(value) <= 8:  # noqa: PLR2004 - (fig, axes...)
        first, *rest = value
        if any(issubclass(type(one), matplotlib_figure.Figure) for one in rest):
            return None  # several figures: each is a picture of its own
        return None if issubclass(type(first), (tuple, list)) else _figure(first)
    return None


def _from_bytes(value: bytes) -> Rendered | None:
    return (value, 0, 0) if value.startswith(SIGNATURE) and len(value) <= MAX_BYTES else None


def _from_path(value: str) -> Rendered | None:
    if not value.lower().endswith(".png") or len(value) > 400:  # noqa: PLR2004 - a sane path
        return None
    try:
        with open(value, "rb") as file:  # noqa: PTH123 - Path is the student's to patch
            png = file.read(MAX_BYTES + 1)
    except (OSError, ValueError):
        return None
    axes, lines = saved.get(os.path.realpath(value), (0, 0))
    return (png, axes, lines) if png.startswith(SIGNATURE) and len(png) <= MAX_BYTES else None
