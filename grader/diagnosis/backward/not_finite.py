"""NaN and infinity among the gradients: which arrays, for which d_outputs, and what they come of."""

from __future__ import annotations

import numpy as np

from grader.diagnosis.experiments.impulses import HIDDEN_ARRAYS, Impulses
from grader.diagnosis.experiments.network import SMALL
from grader.diagnosis.experiments.patterns import Reading, Told
from grader.protocol import Array


def measure(imp: Impulses) -> Told | None:
    """What makes gradients NaN or infinite; None where all are finite."""
    names = tuple(
        name for name in imp.names if not all(_is_finite(one[name]) for one in imp.got.values())
    )
    if not names:
        return None
    lengths = [n for n in range(1, imp.size.T + 1) if not _finite(imp, names, _d_outputs(imp, n))]
    if not lengths:
        return Reading("gradient_not_finite", {"of": "zero"}), names
    if not _finite(imp, names, np.zeros((imp.size.T, imp.size.B, imp.size.O))):
        return Reading("gradient_not_finite", {"length": lengths[0]}), names
    if _of_negative(imp, names):
        return Reading("gradient_not_finite", {"of": "negative"}), names
    steps = tuple(
        sorted({t for (t, _, _), one in imp.got.items() for n in names if not _is_finite(one[n])})
    )
    return Reading("gradient_not_finite", {"steps": steps}), names


def _d_outputs(imp: Impulses, T: int) -> Array:
    """For the first T steps, none of them 0."""
    return SMALL * np.random.default_rng(23).uniform(0.5, 1.5, (T, imp.size.B, imp.size.O))


def _finite(imp: Impulses, names: tuple[str, ...], d_outputs: Array) -> bool:
    found = imp.net.gradients(imp.x[: len(d_outputs)], d_outputs, {})
    return all(name in found and _is_finite(found[name]) for name in names)


def _of_negative(imp: Impulses, names: tuple[str, ...]) -> bool:
    """Whether, for d_outputs of the first step, it is the units whose dh is negative."""
    if not set(names) <= set(HIDDEN_ARRAYS):
        return False
    for (t, _, o), one in imp.got.items():
        negative = imp.net.used["W_hy"] @ imp.ways[o] < 0
        if t == 0 and not all(np.array_equal(_spoilt(one[name]), negative) for name in names):
            return False
    return True


def _spoilt(gradient: Array) -> Array:
    """Which units have NaN or infinity in the gradient of an array (rows, H) or (H,)."""
    return np.asarray(~np.isfinite(gradient).reshape(-1, gradient.shape[-1]).all(axis=0))


def _is_finite(array: Array) -> bool:
    return bool(np.all(np.isfinite(array)))
