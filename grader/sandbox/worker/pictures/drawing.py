"""The border to matplotlib: what goes wrong while a program draws costs its picture at most.

A call from the student's own code that raises in matplotlib gives `Nothing` instead, and the
training goes on: a font file of Windows, LaTeX for labels, a window to maximise, an argument that
this version has not. What is missing is told on standard error and kept in `failures`.

This file runs in the worker: it imports the standard library and its siblings only, and matplotlib
where the student's code does.
"""

from __future__ import annotations

import functools
import importlib
import logging
import sys
import types
import warnings
from collections.abc import Callable, Collection, Iterator
from typing import Any, Self

from grader.sandbox.worker.source import MODULE

MOST = 20  # failures that are kept and told
# What a call gives where it is taken apart; one thing otherwise.
_PARTS = {"subplots": 2, "hist": 3}

# What programs reach besides pyplot; others than these are seldom asked and slow to load.
_MODULES = ("cm", "colors", "font_manager", "style", "ticker")

failures: list[tuple[Exception, int]] = []  # and the student's line


class Nothing:
    """Stands for what could not be drawn: whatever is asked of it does nothing."""

    def __init__(self, parts: int = 1) -> None:
        self._parts = parts

    def __getattr__(self, name: str) -> Nothing:
        if name.startswith("__"):
            raise AttributeError(name)
        return Nothing()

    def __call__(self, *_: Any, **__: Any) -> Nothing:
        return Nothing()

    def __getitem__(self, _key: Any) -> Nothing:
        return Nothing()

    def __setitem__(self, _key: Any, _value: Any) -> None:
        """Nothing is kept."""

    def __iter__(self) -> Iterator[Nothing]:
        return (Nothing() for _ in range(self._parts))

    def __bool__(self) -> bool:
        return False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing was opened."""


def guard(pyplot: Any) -> None:
    """Stand between the student's code and all of pyplot, figures, axes and their settings."""
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)  # "findfont: ..."
    warnings.filterwarnings("ignore", "Glyph .* missing from")
    for name, member in list(vars(pyplot).items()):
        if _is_own(pyplot.__name__, name, member):
            setattr(pyplot, name, guarded(member))
    style: Any = _module("style")
    style.use = guarded(style.use)
    for name in _MODULES:
        _guard_module(_module(name))
    pyplot.__getattr__ = _absent("matplotlib.pyplot")
    for cls in _classes():
        for name, member in list(vars(cls).items()):
            if isinstance(member, types.FunctionType) and not name.startswith("_"):
                setattr(cls, name, guarded(member))
    for cls in _tops():
        cls.__getattr__ = _absent(cls.__name__)
    settings = type(pyplot.rcParams)
    settings.__setitem__, settings.update = map(guarded, (settings.__setitem__, settings.update))


def _guard_module(module: Any) -> None:
    """Its functions, and what it no longer has: `cm.get_cmap`, `font_manager._rebuild`."""
    for name, member in list(vars(module).items()):
        if _is_own(module.__name__, name, member):
            setattr(module, name, guarded(member))
    if "__getattr__" not in vars(module):
        module.__getattr__ = _absent(module.__name__, {"_rebuild"})


def guarded(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function; called by the student's own code, it gives `Nothing` where it raises."""

    @functools.wraps(function)
    def call(*arguments: Any, **named: Any) -> Any:
        frame = sys._getframe(1)
        if not _by_student(frame):
            return function(*arguments, **named)
        try:
            return function(*arguments, **named)
        except Exception as error:  # noqa: BLE001 - whatever matplotlib raises
            _note(error, frame)
            return Nothing(_PARTS.get(function.__name__, 1))

    return call


def went_wrong(error: BaseException | None) -> bool:
    """Whether an exception comes out of drawing: from matplotlib, or after something failed there."""
    trace = error.__traceback__ if error is not None else None
    while trace is not None:
        if str(trace.tb_frame.f_globals.get("__name__", "")).partition(".")[0] == "matplotlib":
            return True
        trace = trace.tb_next
    return error is not None and bool(failures)


def _by_student(frame: types.FrameType) -> bool:
    """Whether the student's module called; a notebook's goes by `__main__`, and is it all the same."""
    module = sys.modules.get(MODULE)
    return module is not None and frame.f_globals is module.__dict__


def _note(error: Exception, frame: types.FrameType) -> None:
    """Keep a failure, and tell it once."""
    words = f"matplotlib: {type(error).__name__}: {error} (line {frame.f_lineno})"
    if len(failures) < MOST and words not in _told:
        failures.append((error, frame.f_lineno))
        _told.add(words)
        sys.stderr.write(f"{words}\n")


_told: set[str] = set()


def _absent(owner: str, inner: Collection[str] = ()) -> Callable[..., Any]:
    """A last resort for attributes that are not there: the student's own code gets `Nothing`.

    inner: names with an underscore that people use all the same.
    """

    def absent(*place: Any) -> Any:  # (self, name) of a class, (name,) of a module
        error = AttributeError(f"{owner!r} has no attribute {place[-1]!r}")
        frame = sys._getframe(1)
        hidden = str(place[-1]).startswith("_") and place[-1] not in inner
        if hidden or not _by_student(frame):
            raise error
        _note(error, frame)
        return Nothing()

    return absent


def _is_own(module: str, name: str, member: Any) -> bool:
    """Whether a function is the module's own, and public."""
    is_function = isinstance(member, types.FunctionType)
    return is_function and not name.startswith("_") and member.__module__ == module


def _classes() -> list[type]:
    """Figures, canvases, axes and what stands on them, with all their bases."""
    names = {
        "figure": ("Figure", "SubFigure"),
        "axes": ("Axes",),
        "axis": ("XAxis", "YAxis"),
        "lines": ("Line2D",),
        "text": ("Text",),
        "legend": ("Legend",),
        "backends.backend_agg": ("FigureCanvasAgg",),
        "backend_bases": ("FigureManagerBase",),
        "font_manager": ("FontManager", "FontProperties"),
    }
    found: dict[type, None] = {}
    for module, wanted in names.items():
        for name in wanted:
            found |= dict.fromkeys(getattr(_module(module), name).__mro__)
    return [cls for cls in found if cls.__module__.startswith("matplotlib")]


def _tops() -> tuple[Any, ...]:
    """The classes from which all figures, axes and artists come, and canvases and their windows."""
    bases = _module("backend_bases")
    return (_module("artist").Artist, bases.FigureCanvasBase, bases.FigureManagerBase)


def _module(name: str) -> Any:
    return importlib.import_module(f"matplotlib.{name}")
