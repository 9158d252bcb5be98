"""The optional part's reference beside PyTorch, Keras and ONNX Runtime: `python -m tests.solutions.agreement`.

A module for each framework, each with `COMPARISONS`: what is compared, by a function that draws a
case and returns pairs (ours, theirs) of arrays that should be equal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module

import numpy as np

Pairs = list[tuple[np.ndarray, np.ndarray]]
Comparison = Callable[[np.random.Generator], Pairs]

# Frameworks and the largest error that is rounding: PyTorch computes in float64. ONNX Runtime has no
# kernels for float64, and Keras's matrix products on torch lose it (measured, versions in .ci/run).
ALLOWED = {"torch": 1e-10, "keras": 1e-5, "onnxruntime": 1e-5}
SEEDS = range(5)


def comparisons(framework: str) -> dict[str, Comparison]:
    return import_module(f"{__name__}.with_{framework}").COMPARISONS


def error(comparison: Comparison, seed: int) -> float:
    """The largest difference, as a share of the largest entry where that is over 1."""
    worst = 0.0
    for ours, theirs in comparison(np.random.default_rng(seed)):
        assert ours.shape == theirs.shape
        assert np.isfinite(ours).all()
        worst = max(worst, float(np.abs(ours - theirs).max() / max(1.0, np.abs(theirs).max())))
    return worst


def table() -> Iterator[str]:
    """One line a comparison: framework, what, largest error over the seeds, what is allowed."""
    for framework, allowed in ALLOWED.items():
        for name, comparison in comparisons(framework).items():
            found = max(error(comparison, seed) for seed in SEEDS)
            verdict = "agrees" if found <= allowed else "DIFFERS"
            yield f"{framework:<12} {name:<44} {found:8.1e}  {allowed:.0e}  {verdict}"
