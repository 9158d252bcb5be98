"""How well a series can be foretold at all: most of what is measured holds noise.

The best linear rule is fitted to the very values that it is judged by, so no honest network need beat it;
one that comes near has learned what there is, however little its loss fell.
"""

from __future__ import annotations

import numpy as np

from grader.assignment import load
from grader.checks.experiment.evaluations import Line

ORDER = 4  # values that a rule takes where nothing says how many: enough for two sines
VALUES = 4  # at least so many times as many are needed to fit it


def rest(true: Line, order: int = ORDER) -> float | None:
    """The mean squared error of the best linear rule of so many past values.

    None where there are too few values to fit one.
    """
    if true.size < VALUES * order:
        return None
    past = np.lib.stride_tricks.sliding_window_view(true[:-1], order)
    past = np.column_stack([past, np.ones(len(past))])
    rule, *_ = np.linalg.lstsq(past, true[order:], rcond=None)
    return float(np.mean((past @ rule - true[order:]) ** 2))


def is_learned(predicted: Line, true: Line) -> bool:
    """Whether predictions are about as good as the best linear rule. Both in units of the series."""
    least = rest(true)
    most = float(load().learning["q5_3"]["beside_rule"])
    return least is not None and float(np.mean((predicted - true) ** 2)) <= most * least


def gains_nothing(true: Line, short: int, long: int, error: float) -> bool:
    """Whether longer windows cannot help: a rule of `long` values is hardly better than of `short`.

    error: the mean squared one at the short length. Where it is far above the rule's, whatever is to be
    gained from length has not been shown to be nothing.
    """
    few, many = rest(true, short), rest(true, long)
    if few is None or many is None:
        return False
    settings = load().learning["q5_3"]
    return bool(
        many > settings["longer_helps"] * few and error <= settings["beside_short_rule"] * few
    )
