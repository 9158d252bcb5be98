"""The matrix as a picture: misconceptions down, cases across."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from grader.matrix.grade_subject import MatrixRow
from grader.matrix.judgement import rightly_named

# Okabe and Ito's palette, which colour-blind readers can tell apart.
KEPT, PARTLY, LOST, NAMED = "#f4f4f2", "#f0c27b", "#d55e00", "#0072b2"
LEVELS = ("kept", "lost in some bases", "lost in all, not named", "lost in all, named rightly")
ROW_INCHES, CASE_INCHES = 0.115, 0.125


def draw(rows: Sequence[MatrixRow], folder: Path, file: str = "kill-matrix") -> tuple[Path, Path]:
    """Write kill-matrix.svg and kill-matrix.png; returns their paths."""
    wrong = [row for row in rows if row.subject.misconception]
    names = list(dict.fromkeys(row.subject.misconception for row in wrong))
    cases = list(dict.fromkeys(case for row in wrong for case in row.asked))
    cases.sort(key=lambda case: case.partition("/")[0])
    figure = _figure(_grid(wrong, names, cases), names, cases)
    paths = folder / f"{file}.svg", folder / f"{file}.png"
    # Without a date and with fixed ids, a run that finds the same writes the same bytes.
    with mpl.rc_context({"svg.hashsalt": "kill-matrix", "svg.fonttype": "none"}):
        figure.savefig(paths[0], metadata={"Date": None})
        figure.savefig(paths[1], dpi=110)
    return paths


def _grid(wrong: Sequence[MatrixRow], names: Sequence[str], cases: Sequence[str]) -> np.ndarray:
    """Level of each misconception and case, (names, cases); -1 where the case was not asked."""
    grid = np.full((len(names), len(cases)), -1)
    for i, name in enumerate(names):
        group = [row for row in wrong if row.subject.misconception == name]
        for j, case in enumerate(cases):
            asked = [row for row in group if case in row.asked]
            if asked:
                grid[i, j] = _level(asked, case)
    return grid


def _level(asked: Sequence[MatrixRow], case: str) -> int:
    lost = [row for row in asked if case in row.lost]
    if not lost:
        return 0
    if len(lost) < len(asked):
        return 1
    return 3 if all(rightly_named(row) for row in lost) else 2


def _figure(grid: np.ndarray, names: Sequence[str], cases: Sequence[str]) -> Figure:
    size = (4.2 + CASE_INCHES * len(cases), 2.2 + ROW_INCHES * len(names))
    figure = Figure(figsize=size, layout="constrained")
    axes = figure.subplots()
    axes.imshow(
        np.maximum(grid, 0),
        cmap=ListedColormap([KEPT, PARTLY, LOST, NAMED]),
        vmin=-0.5,
        vmax=3.5,
        aspect="auto",
        interpolation="nearest",
    )
    axes.set_xticks(range(len(cases)), cases, rotation=90, fontsize=6)
    axes.set_yticks(range(len(names)), names, fontsize=6)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    for place in _borders(cases):
        axes.axvline(place - 0.5, color="white", linewidth=2)
    for side in axes.spines.values():
        side.set_visible(False)
    patches = [mpl.patches.Patch(color=color) for color in (KEPT, PARTLY, LOST, NAMED)]
    figure.legend(
        patches, LEVELS, loc="outside lower center", ncols=len(LEVELS), fontsize=8, frameon=False
    )
    return figure


def _borders(cases: Sequence[str]) -> list[int]:
    """Places where a new question begins."""
    questions = [case.partition("/")[0] for case in cases]
    return [place for place in range(1, len(questions)) if questions[place] != questions[place - 1]]
