"""The distributions of held-out scores, correct and wrong, and the thresholds between them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from grader.calibration.separation import Scores
from grader.questions.hidden_tasks import task

# Okabe and Ito's palette, which colour-blind readers can tell apart.
CORRECT, WRONG, REVIEW = "#0072b2", "#d55e00", "#e69f00"
TITLES = {
    "fibonacci": "Fibonacci modulo 3",
    "product": "product of two neighbours",
    "echo": "echo of five steps back",
    "sine": "sine, own start",
}
WORST = 10.0  # an error beyond is drawn here; infinity too


def draw(found: Sequence[Scores], folder: Path) -> tuple[Path, Path]:
    """Write calibration.svg and calibration.png; returns their paths."""
    tasks = list(dict.fromkeys(one.task for one in found))
    figure = Figure(figsize=(11, 1.2 + 2.4 * len(tasks)), layout="constrained")
    for axes, name in zip(figure.subplots(len(tasks), squeeze=False)[:, 0], tasks, strict=True):
        _panel(axes, name, [one for one in found if one.task == name])
    paths = folder / "calibration.svg", folder / "calibration.png"
    # Without a date and with fixed ids, a run that finds the same writes the same bytes.
    with mpl.rc_context({"svg.hashsalt": "calibration", "svg.fonttype": "none"}):
        figure.savefig(paths[0], metadata={"Date": None}, dpi=110)
        figure.savefig(paths[1], dpi=110)
    return paths


def _panel(axes: Axes, name: str, found: Sequence[Scores]) -> None:
    subject = task(name)
    for row, one in enumerate(found):
        # A fixed seed: the jitter only keeps equal scores apart.
        height = row + np.random.default_rng(row).uniform(-0.3, 0.3, len(one.values))
        color = WRONG if one.misconception else CORRECT
        axes.plot(_shown(one), height, ".", color=color, markersize=3, alpha=0.5, rasterized=True)
    numbers = subject.numbers
    axes.axvline(numbers.threshold, color="black")
    axes.axvspan(*sorted((numbers.threshold, numbers.review)), color=REVIEW, alpha=0.3, linewidth=0)
    axes.set_yticks(
        range(len(found)),
        [f"{one.misconception or 'correct'} ({len(one.values)})" for one in found],
    )
    axes.invert_yaxis()
    measure = "accuracy" if subject.classes else "squared error / variance"
    axes.set(title=TITLES[name], xlabel=f"held-out {measure}")
    if not subject.classes:
        axes.set_xscale("log")


def _shown(one: Scores) -> np.ndarray:
    """Scores as drawn: what is infinite or not a number stands at the edge."""
    return np.clip(np.nan_to_num(one.values, nan=WORST, posinf=WORST), 1e-6, WORST)
