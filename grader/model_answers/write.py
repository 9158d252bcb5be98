"""Write the figures beside the model answers, and their numbers into them, between two marks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from grader.architectures.comparison_figure import draw_by_lag, draw_by_size
from grader.architectures.cost import Cost, costs
from grader.architectures.gradient_by_lag import HIDDEN, NOISE, Curve, curves
from grader.faults import KitFault

SOLUTIONS = Path(__file__).parents[2] / "solutions"
REPORT = SOLUTIONS / "report.md"
FIGURES = SOLUTIONS / "figures"
BEGIN, END = "<!-- {name}: python -m grader figures -->", "<!-- /{name} -->"
SHOWN = (1, 5, 10, 20, 40, 60)  # lags in the table


def write() -> list[Path]:
    """Measure, draw, and bring the report's tables up to date; the files that were written."""
    FIGURES.mkdir(exist_ok=True)
    by_lag, cost = curves(), costs()
    drawn = [
        _save(_draw_curves(by_lag), "gradient-by-lag"),
        _save(_draw_costs(cost), "cost"),
    ]
    text = REPORT.read_text(encoding="utf-8")
    text = replaced(text, "gradient-by-lag", _curve_table(by_lag))
    text = replaced(text, "cost", _cost_table(cost))
    REPORT.write_text(text, encoding="utf-8")
    return [*drawn, REPORT]


def replaced(text: str, name: str, table: str) -> str:
    """The text with what stands between the marks of `name` made new. KitFault without marks."""
    begin, end = BEGIN.format(name=name), END.format(name=name)
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise KitFault(f"{REPORT.name}: the marks of {name} are missing")
    return f"{before}{begin}\n\n{table}\n\n{end}{after}"


def _curve_table(found: Sequence[Curve]) -> str:
    head = "| | " + " | ".join(f"$t-k={lag}$" for lag in SHOWN) + " |"
    rows = [
        f"| {curve.name} | " + " | ".join(f"{curve.norms[lag - 1]:.2g}" for lag in SHOWN) + " |"
        for curve in found
    ]
    note = f"（$H={HIDDEN}$，$W_{{hh}}=\\rho\\,Q$，$Q$ 为随机正交矩阵，输入项标准差 {NOISE:g}。）"
    picture = "![梯度范数随间隔的变化](figures/gradient-by-lag.svg)"
    return "\n".join([picture, "", head, "|---" * (len(SHOWN) + 1) + "|", *rows, "", note])


def _cost_table(found: Sequence[Cost]) -> str:
    rows = [
        f"| {one.name} | {one.input_size} | {one.hidden_size} | {one.parameters:,} | {one.ratio:.1f} |"
        for one in found
    ]
    head = ["| 结构 | $I$ | $H$ | 参数个数 | 每步时间（RNN = 1） |", "|---|---|---|---|---|"]
    return "\n".join(["![参数与时间](figures/cost.svg)", "", *head, *rows])


def _draw_curves(found: Sequence[Curve]) -> Figure:
    figure = Figure(figsize=(6.4, 3.8), layout="constrained")
    axes = figure.subplots()
    draw_by_lag(axes, {curve.name: curve.norms.tolist() for curve in found})
    axes.set_xlabel("lag $t-k$")
    axes.set_ylabel("norm of the Jacobian")
    return figure


def _draw_costs(found: Sequence[Cost]) -> Figure:
    figure = Figure(figsize=(6.4, 3.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    by_name = {one.name: [each for each in found if each.name == one.name] for one in found}
    sizes = {name: [each.hidden_size for each in own] for name, own in by_name.items()}
    counts = {name: [each.parameters for each in own] for name, own in by_name.items()}
    ratios = {name: [each.ratio for each in own] for name, own in by_name.items()}
    draw_by_size(left, {name: (sizes[name], counts[name]) for name in sizes})
    draw_by_size(right, {name: (sizes[name], ratios[name]) for name in sizes})
    left.set_yscale("log")
    for axes, label in ((left, "parameters"), (right, "time per step, RNN = 1")):
        axes.set_xlabel("hidden size $H$")
        axes.set_ylabel(label)
    return figure


def _save(figure: Figure, name: str) -> Path:
    path = FIGURES / f"{name}.svg"
    # The same numbers give the same bytes.
    with mpl.rc_context({"svg.hashsalt": name, "svg.fonttype": "path"}):
        figure.savefig(path, metadata={"Date": None})
    return path
