"""Figures that a student's program draws: kept when it shows, saves or closes them."""

from __future__ import annotations

import importlib
import os
import sys
import warnings
from typing import Any

from grader.sandbox.worker import render_figures
from grader.sandbox.worker.pictures import drawing

MAX_FIGURES = 6


class Figures:
    """Collects figures between `start` and `stop`."""

    def __init__(self) -> None:
        # By id, which the figure keeps alive.
        self.kept: dict[int, tuple[Any, render_figures.Rendered]] = {}
        self.undo: list[tuple[Any, str, Any]] = []

    def start(self) -> None:
        """Hook show, close and savefig, where matplotlib is loaded."""
        render_figures.current.clear()
        self.pyplot = sys.modules.get("matplotlib.pyplot")
        if self.pyplot is None or self.undo:
            return
        pyplot = self.pyplot
        figure_class = sys.modules["matplotlib.figure"].Figure
        original_close, original_save = pyplot.close, figure_class.savefig

        def show(*_: Any, **__: Any) -> None:
            self._keep_open()

        def close(*arguments: Any, **named: Any) -> Any:
            self._keep_open()
            return original_close(*arguments, **named)

        def savefig(figure: Any, name: Any, *arguments: Any, **named: Any) -> Any:
            try:
                return original_save(figure, name, *arguments, **named)
            finally:  # afterwards: to draw it anywhere counts as a change
                if isinstance(name, (str, os.PathLike)):
                    path = os.path.realpath(os.fspath(name))
                    render_figures.saved[path] = render_figures.count(figure)
                    self._keep(figure)

        self._replace(pyplot, "show", drawing.guarded(show))
        self._replace(pyplot, "close", drawing.guarded(close))
        self._replace(figure_class, "savefig", drawing.guarded(savefig))

    def stop(self) -> None:
        """Keep what is still open and take the hooks away."""
        if self.pyplot is None:
            self.pyplot = sys.modules.get("matplotlib.pyplot")  # imported while training
        self._keep_open(again=True)
        for owner, name, original in self.undo:
            setattr(owner, name, original)
        self.undo = []

    def rendered(self) -> list[render_figures.Rendered]:
        return [picture for _, picture in self.kept.values()]

    def _replace(self, owner: Any, name: str, new: Any) -> None:
        self.undo.append((owner, name, getattr(owner, name)))
        setattr(owner, name, new)

    def _keep_open(self, *, again: bool = False) -> None:
        if self.pyplot is None:
            return
        for number in self.pyplot.get_fignums():
            self._keep(self.pyplot.figure(number), again=again)

    def _keep(self, figure: Any, *, again: bool = False) -> None:
        """Render `figure` unless it was; at the end once more where it has grown."""
        if id(figure) in self.kept and not again:
            return
        if id(figure) not in self.kept and len(self.kept) >= MAX_FIGURES:
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a glyph that the font lacks is nobody's fault
            picture = render_figures.current_picture(figure)
        if picture is not None and render_figures.count(figure) != (0, 0):
            self.kept[id(figure)] = (figure, picture)


def wanted(source: str) -> bool:
    """Whether a program imports matplotlib, by any of the ways to import something."""
    return any("import" in line and "matplotlib" in line for line in source.splitlines())


def prepare() -> None:
    """Load pyplot before a student's program does, and let nothing ask for a window: there is no screen.

    `matplotlib.use("TkAgg")` and the like do nothing from here on.
    """
    matplotlib: Any = importlib.import_module("matplotlib")
    pyplot: Any = importlib.import_module("matplotlib.pyplot")
    pyplot.switch_backend("Agg")
    matplotlib.use = pyplot.switch_backend = _stay
    drawing.guard(pyplot)


def rehearse() -> None:
    """Draw a figure and throw it away: the first one finds fonts and loads what all others use.

    What it has read of the fonts themselves is of no use: matplotlib opens them anew in a fork, and
    a formula that was laid out before would read from a descriptor that is another file's by then.
    """
    pyplot: Any = importlib.import_module("matplotlib.pyplot")
    figure, (plain, logarithmic) = pyplot.subplots(1, 2)
    plain.plot([-1.0, 1.0], "o--", label="loss")
    plain.set(title="loss", xlabel="epoch", ylabel="loss")
    plain.grid(visible=True)
    plain.legend()
    logarithmic.semilogy([0.02, 30.0])  # its labels are formulas, whose grammar takes long to build
    render_figures.render(figure)
    pyplot.close(figure)


def _stay(*_: Any, **__: Any) -> None:
    """Stay with Agg."""
