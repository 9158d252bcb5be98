"""Whether values are those of a sine."""

from __future__ import annotations

import numpy as np

from grader.assignment import load
from grader.language import Message, say
from grader.protocol import Array

FINER = 8  # points of the spectrum per period
FIRST = 60  # values that show a rule
EXACT = 1e-9  # of the range of the values
SLOWEST = 1e-3  # of what turns from term to term: less is a line or a curve
ROUND = 1e-6  # a root this near to the unit circle neither grows nor decays


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


def is_rectified(values: Array) -> bool:
    """Whether these are the absolute values of a sine: no sine, and their squares are one."""
    one_sided = values.min() >= 0.0 or values.max() <= 0.0
    return bool(one_sided and not follows_recurrence(values) and follows_recurrence(values**2))


def why_none(values: Array) -> Message | None:
    """What values that are no sine are instead, if they follow a simple rule."""
    few = values[:FIRST]
    one, two = _waves(few, 1), _waves(few, 2)
    if one is not None and abs((by := float(one[0])) - 1.0) > ROUND:
        return say(
            "its height changes from term to term, by a factor of about {factor}, as of a sine times something that grows or decays",
            factor=f"{by:.4g}",
        )
    if two is not None and np.allclose(two, 1.0, rtol=0.0, atol=ROUND):
        return say("it is made of more than one wave: one alone is asked for")
    return None


def _waves(values: Array, count: int) -> Array | None:
    """What the height of each wave is multiplied by from term to term, if they are so many waves.

    Each term is then a sum of the 2 * count before it, times fixed factors, and the rule's roots are
    no real numbers: those belong to lines and to what grows or decays without turning.
    """
    terms = 2 * count
    if values.size < 3 * terms:
        return None
    steps = np.diff(values)  # without a constant
    before = np.column_stack([steps[terms - n : -n] for n in range(1, terms + 1)])
    factors, _, rank, _ = np.linalg.lstsq(before, steps[terms:], rcond=None)
    rest = np.abs(before @ factors - steps[terms:]).max()
    roots = np.roots([1.0, *-factors])
    if rank < terms or rest > EXACT * np.ptp(values) or np.abs(roots.imag).min() <= SLOWEST:
        return None
    return np.asarray(np.abs(roots))
