"""Effective weights: what a result is made of, by least squares on everything it may depend on."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from grader.diagnosis.experiments.patterns import CLOSE, Reading
from grader.protocol import Array

Blocks = dict[str, Array]

BELOW = 1e-6  # of the largest value: what rounding leaves under a bound


def _between(y: Array, low: float, high: float) -> Array:
    """y inside the bounds, NaN at them; NaN throughout where a value lies beyond one."""
    slack = BELOW * float(np.nanmax(np.abs(y), initial=0.0))
    beyond = np.any((y < low - slack) | (y > high + slack))
    return np.where((y > low) & (y < high) & ~beyond, y, np.nan)


# How a hidden unit or gate may be made of z, by its inverse; NaN where no z gives the value.
INVERSES: dict[str, Callable[[Array], Array]] = {
    "tanh": np.arctanh,
    "sigmoid": lambda y: np.log(y) - np.log1p(-y),
    "identity": np.asarray,
    "relu": lambda y: _between(y, 0.0, np.inf),
    "leaky relu": lambda y: np.where(y > 0, y, y / 0.01),
    "sin": np.arcsin,
    "softplus": lambda y: np.log(np.expm1(y)),
    "exp": np.log,
    "arctan": np.tan,
    "hard sigmoid": lambda y: 5 * _between(y, 0.0, 1.0) - 2.5,
    "hard tanh": lambda y: _between(y, -1.0, 1.0),
    "softsign": lambda y: y / (1 - np.abs(y)),
}
# Functions of z that have no inverse to tell them by.
DIRECT: dict[str, Callable[[Array], Array]] = {
    "sin": np.sin,
    "cos": np.cos,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "abs": np.abs,
}
DEGREE = 24
SMOOTH = 1e-3  # of the range of values; what a polynomial leaves of a smooth function
LEAST = 2  # rows for each unknown, else a fit says nothing


def fit(target: Array, regressors: Mapping[str, Array], limit: float) -> Blocks | None:
    """Coefficients of each regressor, (its width, units); None where they do not explain all.

    target (N, units); NaN leaves a row of a unit out.
    """
    design = np.concatenate(list(regressors.values()), axis=1)
    found = np.zeros((design.shape[1], target.shape[1]))
    for unit in range(target.shape[1]):
        column = target[:, unit]
        known = np.isfinite(column)
        if known.sum() < LEAST * design.shape[1]:
            return None
        found[:, unit] = np.linalg.lstsq(design[known], column[known], rcond=None)[0]
        rest = design[known] @ found[:, unit] - column[known]
        if not np.linalg.norm(rest) <= limit * np.linalg.norm(column[known]):
            return None
    ends = np.cumsum([part.shape[1] for part in regressors.values()])[:-1]
    return dict(zip(regressors, np.split(found, ends), strict=True))


def function_of(z: Array, values: Array) -> bool:
    """Whether one smooth function of z gives all values, whichever it is."""
    if not np.all(np.isfinite(values)) or not np.ptp(z):
        return False
    place = 2 * (z - z.min()) / np.ptp(z) - 1
    fitted = np.polynomial.Chebyshev.fit(place.ravel(), values.ravel(), DEGREE)
    rest = fitted(place) - values
    return bool(
        np.abs(rest).max() <= SMOOTH * max(float(np.ptp(values)), float(np.abs(values).max()))
    )


def compare(block: Array, weight: Array, others: Mapping[str, Array]) -> Reading:
    """What an effective weight is of the one that belongs there ("right" if it is the same).

    others: arrays that may stand there by mistake.
    """
    if _same(block, weight):
        return Reading("right")
    if not np.abs(block).max() > CLOSE:
        return Reading("unused")
    return _other_array(block, others) or _likeness(block, weight) or _partly(block, weight)


def _other_array(block: Array, others: Mapping[str, Array]) -> Reading | None:
    for other, value in others.items():
        if value.shape == block.shape and np.abs(value).max() > CLOSE and _same(block, value):
            return Reading("other_array", {"used": other})
    return None


def _likeness(block: Array, weight: Array) -> Reading | None:
    """What the whole block has in common with the weight that belongs there."""
    alike = block.shape[1] > 1 and np.ptp(block, axis=1).max() <= CLOSE
    if alike and np.ptp(weight, axis=1).max() > CLOSE and _has(weight, block):
        return Reading("one_for_all")
    if block.shape == weight.T.shape and block.shape[0] > 1 and _same(block, weight.T):
        return Reading("transposed")
    if len(block) == 1 and block.size > 1 and np.ptp(block) <= CLOSE:
        return Reading("number", {"number": float(f"{block.flat[0]:.4g}")})
    size = float(np.sum(weight * weight))
    factor = float(np.sum(block * weight)) / size if size else 0.0
    if factor and _same(block, factor * weight):
        return Reading("factor", {"number": float(f"{factor:.4g}")})
    if block.size > 1 and np.ptp(block - weight) <= CLOSE:
        return Reading("shifted", {"number": float(f"{(block - weight).flat[0]:.4g}")})
    return None


def _has(weight: Array, block: Array) -> bool:
    """Whether a row of a bias, or any row of more of them, may come of the weight's own numbers."""
    return len(block) > 1 or bool(np.abs(weight - block[0, 0]).min() <= CLOSE)


def _partly(block: Array, weight: Array) -> Reading:
    """Right for some units, or some sources, and without effect for the rest."""
    off = np.abs(block - weight) > CLOSE
    gone = np.abs(block) <= CLOSE
    for axis, kind in ((1, "units_without"), (0, "sources_without")):
        lines = np.flatnonzero(off.any(axis=1 - axis))
        mask = np.zeros_like(off)
        mask[(slice(None), lines) if axis else lines] = True
        if lines.size < off.shape[axis] and np.all(gone[mask]):
            return Reading(kind, {"units": tuple(int(line) for line in lines)})
    return Reading("off")


def _same(a: Array, b: Array) -> bool:
    return bool(np.abs(a - b).max() <= CLOSE * max(1.0, float(np.abs(b).max())))
