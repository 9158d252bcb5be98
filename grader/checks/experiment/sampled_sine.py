"""Whether values are those of a sine."""

from __future__ import annotations

import numpy as np

from grader.assignment import load
from grader.protocol import Array

FINER = 8  # points of the spectrum per period


def follows_recurrence(values: Array) -> bool:
    """x[t+1] + x[t-1] = 2 cos(w) x[t] + c, which every sampled sine fulfils exactly."""
    if values.size < 6:  # noqa: PLR2004  # two unknowns, and equations left over to be fulfilled
        return False
    centred = values - values.mean()
    left = centred[2:] + centred[:-2]
    middle = np.column_stack([centred[1:-1], np.ones(values.size - 2)])
    solution, *_ = np.linalg.lstsq(middle, left, rcond=None)
    residual = np.abs(middle @ solution - left).max()
    # 2 and beyond is a straight line or grows; the residual of both is zero as well.
    oscillates = abs(float(solution[0])) < 2.0 - 1e-9  # 2 cos(w)
    return bool(oscillates and residual <= load().learning["q5_1"]["recurrence"] * np.ptp(values))


def is_mostly_one_wave(values: Array) -> bool:
    """Whether one sine, found by the spectrum and refined, explains most of the variance.

    It must go through a whole period: part of a slow one fits a straight line as well.
    """
    count = np.arange(values.size)
    centred = values - values.mean()
    spectrum = np.abs(np.fft.rfft(centred, FINER * values.size))
    coarse = FINER + np.argmax(spectrum[FINER:])  # from one period on
    step = 2.0 * np.pi / (FINER * values.size)
    shares = []
    for frequency in step * (coarse + np.linspace(-1.0, 1.0, 21)):
        waves = np.column_stack(
            [np.sin(frequency * count), np.cos(frequency * count), np.ones(values.size)]
        )
        fit = waves @ np.linalg.lstsq(waves, centred, rcond=None)[0]
        shares.append(1.0 - float(np.var(centred - fit) / np.var(centred)))
    return max(shares) >= float(load().learning["q5_1"]["explained"])
