"""Inputs, or weighted sums, that are centred or scaled on the way into the equation."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from grader.checks.compare import agrees
from grader.diagnosis.experiments.network import Network
from grader.diagnosis.experiments.patterns import CLOSE, Reading
from grader.protocol import Array

LARGEST = 1 - 1e-15  # of a state: beyond, arctanh is infinite
Axes = tuple[int, ...]

OVER: dict[str, Axes] = {
    "all": (0, 1, 2),
    "steps and sequences": (0, 1),
    "steps": (0,),
    "sequences": (1,),
    "components": (2,),
    "steps and components": (0, 2),
}


def _by_range(x: Array, axes: Axes) -> Array:
    low, high = (end(x, axis=axes, keepdims=True) for end in (np.min, np.max))
    return np.asarray((x - low) / (high - low))


SCALED: dict[str, Callable[[Array, Axes], Array]] = {
    "centred": lambda x, axes: x - x.mean(axes, keepdims=True),
    "standardised": lambda x, axes: (x - x.mean(axes, keepdims=True)) / x.std(axes, keepdims=True),
    "divided by the deviation": lambda x, axes: x / x.std(axes, keepdims=True),
    "brought to 0 to 1": _by_range,
    "brought to -1 to 1": lambda x, axes: 2 * _by_range(x, axes) - 1,
    "divided by the largest": lambda x, axes: x / np.abs(x).max(axes, keepdims=True),
    "divided by the norm": lambda x, axes: x / np.sqrt((x**2).sum(axes, keepdims=True)),
}


def measure(net: Network, x: Array, hidden: Array) -> Reading | None:
    """How inputs are changed, if of these the states (T, B, H) follow the equation."""
    if agrees(hidden, _states(net, x), CLOSE):
        return None
    for how, scaled in SCALED.items():
        for over, axes in OVER.items():
            with np.errstate(all="ignore"):
                states = _states(net, scaled(x, axes))
            if np.all(np.isfinite(states)) and agrees(hidden, states, CLOSE):
                return Reading("inputs_scaled", {"how": how, "over": over})
    return None


def of_sums(net: Network, x: Array, hidden: Array) -> Reading | None:
    """How the weighted sum is changed before tanh, over the units or over the batch."""
    before = np.concatenate([np.zeros_like(hidden[:1]), hidden[:-1]])
    z = net.weighted_sum(x, before)
    for how, scaled in SCALED.items():
        for over, axes in (("units", (2,)), ("sequences", (1,)), ("both", (1, 2))):
            if agrees(hidden, np.tanh(scaled(z, axes)), CLOSE):
                return Reading("z_scaled", {"how": how, "over": over})
    bound = float(np.abs(np.arctanh(np.clip(hidden, -LARGEST, LARGEST))).max())
    if bound < np.abs(z).max() and net.alike(hidden, np.tanh(np.clip(z, -bound, bound))):
        return Reading("z_clipped", {"number": float(f"{bound:.4g}")})
    return None


def _states(net: Network, x: Array) -> Array:
    """(T, B, H) of the documented equation."""
    h, kept = np.zeros((x.shape[1], net.size.H)), []
    for x_t in x:
        h = np.tanh(net.weighted_sum(x_t, h))
        kept.append(h)
    return np.array(kept)
