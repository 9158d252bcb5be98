"""How predictions were read off the network, where that was not one step ahead of each window."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from grader.checks.experiment.evaluations import Line, evaluations, locate_all
from grader.protocol import Observation

SAME = 1e-9  # of the range: an output that went through a scaler and back
MOSTLY = 0.9  # of the windows: the first few still hold true values


def is_free_running(seen: Observation, predictions: Line, true: Line) -> bool:
    """Whether each window ends with the output that came before it.

    Where that is the true value to nine digits, as a linear network's may be of a sine, nothing tells.
    """
    missed = np.abs(predictions - true) > SAME * float(np.ptp(true))
    if not missed[:-1].any():
        return False
    ends = [(one.inputs[-1, :, 0], one.outputs[-1, :, 0]) for one in evaluations(seen)]
    if not ends:
        return False
    shown, given = (np.concatenate(lines) for lines in zip(*ends, strict=True))
    return any(
        _feeds_itself(shown[found.start :], given[found.start :], missed)
        for found in locate_all(predictions, given)
    )


def _feeds_itself(shown: Line, given: Line, missed: NDArray[np.bool_]) -> bool:
    """Whether, of the outputs that missed the truth, nearly all were shown next."""
    after, before = shown[1 : missed.size], given[: missed.size - 1]
    spread = float(np.ptp(after))
    alike = np.abs(after - before) <= SAME * spread
    return spread > 0 and float(np.mean(alike[missed[:-1]])) >= MOSTLY


def step_read(seen: Observation, predictions: Line) -> int | None:
    """The time step of each window whose output they are, if that is not the last; else None."""
    for one in evaluations(seen):
        for step in range(one.steps - 1 if one.width > 1 else 0):
            if any(True for _ in locate_all(predictions, one.outputs[step, :, 0])):
                return step
    return None


def is_reversed(seen: Observation, predictions: Line) -> bool:
    """Whether they are the outputs from the last window to the first."""
    lines = (one.outputs[-1, :, 0] for one in evaluations(seen))
    return any(True for line in lines for _ in locate_all(predictions[::-1], line))
