"""Gradients: taking what `backward` gave apart, and what they should be by central differences.

A student may return a dict with any keys, a tuple in any order, extra entries such as dx, or
nothing and keep them on self; each gradient in the shape of the array it belongs to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.assignment import load
from grader.checks.compare import agrees, distance
from grader.checks.layout import Layout, Numbers, leaf, oriented
from grader.checks.protocol import Array, Call, CandidateObject, Step, Write
from grader.checks.states import Sizes, read_forward

PER_MESSAGE = 32


@dataclass(frozen=True, slots=True)
class Entry:
    """One array that `backward` gave, under the name it had."""

    label: str
    array: Array


@dataclass(frozen=True, slots=True)
class Match:
    """The entry taken for a parameter's gradient, in canonical shape."""

    label: str
    gradient: Array
    error: float  # distance to the expectation, the factor taken out
    factor: float  # what it is of the expectation: 1, 1/B, 1/T or 1/(T B)


def entries(returned: Any, rnn: CandidateObject, layout: Layout) -> list[Entry]:
    """All arrays that `backward` returned; where these are too few, also those kept on the object."""
    found = list(_flatten("", returned))
    if all(
        any(True for entry in found for _ in _views(name, entry.array, layout))
        for name in layout.slots
    ):
        return found
    parameters = {
        layout.storage.path_of(int(copies[0].flat[0])) for copies in layout.slots.values()
    }
    kept = [Entry(path, array) for path, array in rnn.read().items() if path not in parameters]
    return [*found, *kept]


def _flatten(label: str, value: Any) -> Iterator[Entry]:
    if isinstance(value, np.ndarray):
        if value.dtype.kind in "fiu" and value.size:
            yield Entry(label, value)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _flatten(str(key), item)
    elif isinstance(value, list | tuple):
        if label and (stacked := _as_matrix(value)) is not None:
            yield Entry(label, stacked)
            return
        for item in value:
            yield from _flatten(label, item)


def _as_matrix(value: Sequence[Any]) -> Array | None:
    """Nested lists of numbers as one array: pure-Python gradients."""
    if not value or any(isinstance(item, np.ndarray | dict) for item in value):
        return None
    try:
        stacked = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        return None
    return stacked if stacked.ndim else None


def match(
    found: Sequence[Entry],
    layout: Layout,
    expected: Mapping[str, Array],
    factors: Sequence[float],
    limit: float,
) -> dict[str, Match | None]:
    """For each parameter the entry that is its gradient, or comes nearest to be.

    An entry whose name says it belongs to one parameter is not taken for another.
    """
    names = {name: _names(name, layout) for name in layout.shapes}
    return {
        name: _best(_candidates(name, found, layout, names), expected[name], factors, limit)
        for name in layout.shapes
        if name in layout.slots
    }


def _names(name: str, layout: Layout) -> set[str]:
    paths = {
        layout.storage.path_of(int(numbers.flat[0]))
        for numbers in layout.slots.get(name, ())
        if _whole(numbers, layout)
    }
    return {_plain(name), *(_plain(leaf(path)) for path in paths)} - {""}


def _whole(numbers: Numbers, layout: Layout) -> bool:
    path = layout.storage.path_of(int(numbers.flat[0]))
    return layout.storage.arrays[path].size == numbers.size


def _plain(label: str) -> str:
    """A name without case, underscores and digits-only leaves: `W_xh` and `Wxh` are one."""
    text = re.sub(r"[^0-9a-z]", "", label.lower())
    return "" if text.isdigit() else text


def _claims(label: str) -> set[str]:
    """The parameter names that a gradient's name may stand for: dW_xh, grad_W_xh, W_xh_grad."""
    text = _plain(leaf(label) if "[" in label or "." in label else label)
    shorter = {
        re.sub(pattern, "", text) for pattern in (r"^d", r"^grads?", r"grads?$", r"^delta", r"^g")
    }
    return {text, *shorter} - {""}


def _candidates(
    name: str, found: Sequence[Entry], layout: Layout, names: Mapping[str, set[str]]
) -> list[tuple[str, Array]]:
    claimed: list[tuple[str, Array]] = []
    free: list[tuple[str, Array]] = []
    for entry in found:
        claims = _claims(entry.label)
        mine = bool(claims & names[name])
        others = any(claims & names[other] for other in names if other != name)
        for view in _views(name, entry.array, layout):
            if mine:
                claimed.append((entry.label, view))
            elif not others or not _whole_views_only(name, layout):
                free.append((entry.label, view))
    return claimed or free


def _whole_views_only(name: str, layout: Layout) -> bool:
    """Whether the parameter has an array of its own, so that names can tell it from others."""
    return all(_whole(numbers, layout) for numbers in layout.slots[name])


def _views(name: str, array: Array, layout: Layout) -> Iterator[Array]:
    """The ways in which an array can be this parameter's gradient, in canonical shape."""
    shape = layout.shapes[name]
    for numbers in layout.slots[name]:
        path = layout.storage.path_of(int(numbers.flat[0]))
        own = layout.storage.arrays[path]
        start = layout.storage.offsets[path]
        inside = numbers.min() >= start and numbers.max() < start + own.size
        if inside and _squeezed(array.shape) == _squeezed(own.shape):
            yield np.ravel(array)[numbers - start]
        elif inside and own.size == numbers.size and len(set(shape)) == len(shape) == 2:  # noqa: PLR2004  # a matrix, not square
            turned = oriented(np.arange(array.size).reshape(array.shape), shape)
            if turned is not None:
                yield np.ravel(array)[turned]
        elif own.size != numbers.size and _squeezed(array.shape) == _squeezed(shape):
            yield array.reshape(shape)  # a fused array whose gradient comes in parts
        elif own.size != numbers.size and _squeezed(array.shape) == _squeezed(shape)[::-1]:
            yield array.reshape(_squeezed(array.shape)).T.reshape(shape)


def _squeezed(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(size for size in shape if size != 1)


def _best(
    candidates: Sequence[tuple[str, Array]], expected: Array, factors: Sequence[float], limit: float
) -> Match | None:
    matches = [
        Match(label, view, distance(view, factor * expected), factor)
        for label, view in candidates
        for factor in factors
        if np.all(np.isfinite(view))
    ]
    if not matches:
        return next((Match(label, view, np.inf, 1.0) for label, view in candidates), None)
    right = [found for found in matches if found.error <= limit]
    return min(
        right or matches,
        key=lambda found: (found.error > limit, found.factor != 1.0 and not right, found.error),
    )


def common_factor(
    matches: Mapping[str, Match | None],
    expected: Mapping[str, Array],
    factors: Sequence[float],
    limit: float,
) -> float:
    """The one factor by which all gradients that carry a value are off; 1 where there is none."""
    judged = [
        (found.gradient, expected[name]) for name, found in matches.items() if found is not None
    ]
    for factor in factors[1:]:
        if judged and all(agrees(gradient, factor * target, limit) for gradient, target in judged):
            return factor
    return 1.0


def central_differences(
    rnn: CandidateObject,
    layout: Layout,
    values: Mapping[str, Array],
    x: Array,
    d_outputs: Array,
) -> dict[str, Array]:
    """Gradient of sum(d_outputs * outputs) by every parameter, from the student's own forward.

    (f(w + e) - f(w - e)) / 2e per element, e = 1e-5 in float64: its error on correct code stays
    below 1e-8 of the gradient's norm. Returns (T, *shape) per parameter: the part that the outputs
    of each time step contribute; their sum over T is the gradient.
    """
    tolerances = load().tolerances
    step = tolerances.step_float32 if layout.dtype == np.float32 else tolerances.step_float64
    T, B, I = x.shape  # noqa: E741  # sizes as in the equations
    sizes = Sizes(T, B, I, layout.shapes["b_h"][0], layout.shapes["b_y"][0])
    places = [(name, place) for name in layout.slots for place in np.ndindex(*layout.shapes[name])]
    current = rnn.read()
    nudges = [
        layout.written(current, _nudged(values, name, place, signed))
        for name, place in places
        for signed in (step, -step)
    ]
    losses = _losses(rnn, nudges, x, sizes, d_outputs)
    layout.write(rnn, values)
    gradients = {name: np.zeros((sizes.T, *shape)) for name, shape in layout.shapes.items()}
    for (name, place), above, below in zip(places, losses[::2], losses[1::2], strict=True):
        gradients[name][(slice(None), *place)] = (above - below) / (2 * step)
    return gradients


def _nudged(
    values: Mapping[str, Array], name: str, place: tuple[int, ...], by: float
) -> dict[str, Array]:
    nudged = np.array(values[name], dtype=np.float64)
    nudged[place] += by
    return {**values, name: nudged}


def _losses(
    rnn: CandidateObject,
    writes: Sequence[Mapping[str, Array]],
    x: Array,
    sizes: Sizes,
    d_outputs: Array,
) -> list[Array]:
    """sum(d_outputs * outputs) over batch and outputs, (T,), after each of the writes."""
    losses = []
    for start in range(0, len(writes), PER_MESSAGE):
        steps: list[Step] = []
        for write in writes[start : start + PER_MESSAGE]:
            steps += [Write(write), Call("forward", (x,))]
        for returned in rnn.replay(steps)[1::2]:
            outputs = read_forward(returned, sizes).outputs
            losses.append(np.asarray(np.sum(d_outputs * outputs, axis=(1, 2), dtype=np.float64)))
    return losses
