"""Gradients: taking apart what `backward` gave.

A student may return a dict with any keys, a tuple in any order, extra entries such as dx, or
nothing and keep them on self; each gradient in the shape of the array it belongs to.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

import numpy as np

from grader.checks.compare import agrees, distance, tolerance
from grader.checks.parameters.layout import Layout
from grader.checks.parameters.storage import leaf, oriented, squeezed
from grader.protocol import Array


@dataclass(frozen=True, slots=True)
class Entry:
    """One array that `backward` gave, under the name it had."""

    label: str
    array: Array
    returned: bool = True  # or kept on the object


ITEM = re.compile(r"(\w+)\[(\d+)\]")  # an array in a list: W_xh[0]
NUMBERED = re.compile(r"(?:d|grad_)?(\w+?)_?(\d+)")  # a key of what backward returns: dW_xh_1
MOST_LABELS = 1024  # of which the names are remembered: a program has a dozen


@dataclass(frozen=True, slots=True)
class Match:
    """The entry taken for a parameter's gradient, in canonical shape."""

    label: str
    gradient: Array
    error: float  # distance to the expectation, the factor taken out
    factor: float  # what it is of the expectation: 1, 1/B, 1/T or 1/(T B)
    turned: bool = False  # it came transposed against the array that it belongs to

    def is_near(self, limit: float) -> bool:
        """Whether it is the expected one, as nearly as the dtype in which it came allows."""
        return self.error <= max(limit, tolerance(self.gradient))

    def agrees(self, expected: Array, limit: float) -> bool:
        """Whether it is this gradient, as nearly as `is_near` asks."""
        return agrees(self.gradient, expected, max(limit, tolerance(self.gradient)))


class Readable(Protocol):
    """An object whose arrays can be read."""

    def read(self) -> dict[str, Array]: ...


class View(NamedTuple):
    """An entry's array seen as one parameter's gradient, in canonical shape."""

    label: str
    array: Array
    turned: bool = False


def entries(returned: Any, rnn: Readable, layout: Layout) -> list[Entry]:
    """All arrays that `backward` returned; where these are few, also those kept on the object.

    Who returns most of the gradients returns them all: what else is kept does not stand in for one.
    """
    found = _counted_alike(list(_flatten("", returned, outermost=True)), layout.slots)
    names = {name: _names(name, layout) for name in layout.shapes}
    given = [name for name in layout.slots if _candidates(name, found, layout, names)]
    if 2 * len(given) > len(layout.slots):
        return found
    parameters = {place.path for places in layout.places.values() for place in places}
    kept = [
        Entry(path, array, returned=False)
        for path, array in rnn.read().items()
        if path not in parameters
    ]
    return [*found, *kept]


def _counted_alike(found: Sequence[Entry], names: Iterable[str]) -> list[Entry]:
    """Gradients `W_xh_1` to `W_xh_3` under the names `W_xh[0]` to `W_xh[2]` of what they belong to."""
    kept: defaultdict[str, set[int]] = defaultdict(set)
    for name in names:
        if item := ITEM.fullmatch(name):
            kept[item[1]].add(int(item[2]))
    given: defaultdict[str, set[int]] = defaultdict(set)
    for entry in found:
        if numbered := NUMBERED.fullmatch(entry.label):
            given[numbered[1]].add(int(numbered[2]))
    later = {stem for stem, counts in given.items() if counts == {one + 1 for one in kept[stem]}}
    return [_from_zero(entry, later) for entry in found]


def _from_zero(entry: Entry, later: Collection[str]) -> Entry:
    numbered = NUMBERED.fullmatch(entry.label)
    if numbered is None or numbered[1] not in later:
        return entry
    return replace(entry, label=f"{numbered[1]}[{int(numbered[2]) - 1}]")


def _flatten(label: str, value: Any, *, outermost: bool = False) -> Iterator[Entry]:
    if isinstance(value, np.ndarray):
        if value.dtype.kind in "fiu" and value.size:
            yield Entry(label, value)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _flatten(str(key), item)
    elif isinstance(value, list | tuple):
        if not outermost and (stacked := _as_matrix(value)) is not None:
            yield Entry(label, stacked)
            return
        for item in value:
            yield from _flatten(label, item)


def _as_matrix(value: Sequence[Any]) -> Array | None:
    """A list of numbers, or of such lists, as one array: pure-Python gradients."""
    if not value or any(isinstance(item, np.ndarray | dict) for item in value):
        return None
    try:
        stacked = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        return None
    return stacked if stacked.ndim <= 2 else None  # noqa: PLR2004  # more is a list of gradients


def match(
    found: Sequence[Entry],
    layout: Layout,
    expected: Mapping[str, Array],
    factors: Sequence[float],
    limit: float,
) -> dict[str, Match | None]:
    """For each parameter the entry that is its gradient, or comes nearest to be.

    An entry whose name says it belongs to one parameter is not taken for another. The recurrent
    weights are square: their gradient may be transposed where that of another matrix visibly is.
    """
    names = {name: _names(name, layout) for name in layout.shapes}
    seen = {name: _candidates(name, found, layout, names) for name in layout.slots}
    chosen = {
        name: _best(views, expected[name], factors, limit)
        for name, views in seen.items()
        if not _is_square(layout.shapes[name])
    }
    turned = any(best.turned for best in chosen.values() if best is not None)
    # A matrix of one row or column looks the same either way.
    either = any(len(shape) == 2 and 1 in shape for shape in layout.shapes.values())  # noqa: PLR2004
    for name in seen.keys() - chosen.keys():
        views = sorted(seen[name], key=lambda view: view.turned != turned)
        usable = views if turned or either else [view for view in views if not view.turned]
        chosen[name] = _best(usable, expected[name], factors, limit)
    return {name: chosen[name] for name in layout.shapes if name in chosen}


def _is_square(shape: tuple[int, ...]) -> bool:
    return len(shape) == 2 and shape[0] == shape[1]  # noqa: PLR2004  # a matrix


def _names(name: str, layout: Layout) -> set[str]:
    paths = {place.path for place in layout.places.get(name, ()) if place.is_whole}
    return {_plain(name), *(_plain(leaf(path)) for path in paths)} - {""}


@lru_cache(MOST_LABELS)
def _plain(label: str) -> str:
    """A name without case, underscores and digits-only leaves: `W_xh` and `Wxh` are one."""
    text = re.sub(r"[^0-9a-z]", "", label.lower())
    return "" if text.isdigit() else text


@lru_cache(MOST_LABELS)
def _claims(label: str) -> frozenset[str]:
    """The parameter names that a gradient's name may stand for: dW_xh, grad_W_xh, W_xh_grad."""
    text = _plain(leaf(label) if "[" in label or "." in label else label)
    shorter = {
        re.sub(pattern, "", text) for pattern in (r"^d", r"^grads?", r"grads?$", r"^delta", r"^g")
    }
    return frozenset({text, *shorter} - {""})


def _candidates(
    name: str, found: Sequence[Entry], layout: Layout, names: Mapping[str, set[str]]
) -> list[View]:
    claimed: list[View] = []
    free: list[View] = []
    whole = _whole_views_only(name, layout)
    for entry in found:
        claims = _claims(entry.label)
        mine = bool(claims & names[name])
        if mine and (not entry.returned or _is_allowed(name, entry, layout)):
            claimed += _views(name, entry, layout)
        elif mine:
            continue
        elif not (whole and any(claims & names[other] for other in names if other != name)):
            free += _views(name, entry, layout)
    misfit = any(
        entry.returned and _plain(name) in _claims(entry.label) and not _fits(name, entry, layout)
        for entry in found
    )
    return claimed or ([] if misfit else free)


def _is_allowed(name: str, entry: Entry, layout: Layout) -> bool:
    """Whether an array may stand under this label: with a documented name only of that shape.

    Unless the array that holds the parameter, and others besides, has that name itself.
    """
    documented = _plain(name) in _claims(entry.label)
    home = {_plain(leaf(place.path)) for place in layout.places[name]}
    return not documented or _fits(name, entry, layout) or _plain(name) in home


def _fits(name: str, entry: Entry, layout: Layout) -> bool:
    """Whether an array has as many elements as the parameter: a documented name binds."""
    return entry.array.size == math.prod(layout.shapes[name])


def _whole_views_only(name: str, layout: Layout) -> bool:
    """Whether the parameter has an array of its own, so that names can tell it from others."""
    return all(place.is_whole for place in layout.places[name])


def _views(name: str, entry: Entry, layout: Layout) -> Iterator[View]:
    """The ways in which an array can be this parameter's gradient."""
    for view in _upright_or_turned(name, entry, layout):
        yield view
        if _is_square(view.array.shape):
            yield View(entry.label, view.array.T, turned=True)


def _upright_or_turned(name: str, entry: Entry, layout: Layout) -> Iterator[View]:
    """As `_views`, square matrices upright only."""
    shape, (label, array) = layout.shapes[name], (entry.label, entry.array)
    wanted, given = squeezed(shape), squeezed(array.shape)
    for place in layout.places[name]:
        if place.inside is not None and given == place.array_shape:
            yield View(label, np.ravel(array)[place.inside])
        elif place.inside is not None and len(place.array_shape) == 1 and given == wanted:
            yield View(label, array.reshape(shape))  # kept as bare memory, which has no shape
        elif place.inside is not None and place.is_whole and len(set(shape)) == len(shape) == 2:  # noqa: PLR2004  # a matrix, not square
            turned = oriented(np.arange(array.size).reshape(array.shape), shape)
            if turned is not None:
                yield View(label, np.ravel(array)[turned], turned=True)
        elif not place.is_whole and given == wanted:
            yield View(label, array.reshape(shape))  # a fused array whose gradient comes in parts
        elif not place.is_whole and given == wanted[::-1]:
            yield View(label, array.reshape(given).T.reshape(shape), turned=True)


def _best(
    candidates: Sequence[View], expected: Array, factors: Sequence[float], limit: float
) -> Match | None:
    """The right one, by the first factor that makes one right; else the nearest by the first."""
    sound = [view for view in candidates if np.isfinite(view.array).all()]
    if not sound:
        return next((Match(label, view, np.inf, 1.0) for label, view, _ in candidates), None)
    for factor in factors:
        compared = _compared(sound, expected, factor)
        if right := [found for found in compared if found.is_near(limit)]:
            return min(right, key=_error)
    return min(_compared(sound, expected, factors[0]), key=_error)


def _compared(views: Sequence[View], expected: Array, factor: float) -> list[Match]:
    return [
        Match(label, view, distance(view, factor * expected), factor, turned)
        for label, view, turned in views
    ]


def _error(found: Match) -> float:
    return found.error


def common_factor(
    matches: Mapping[str, Match | None],
    expected: Mapping[str, Array],
    factors: Sequence[float],
    limit: float,
) -> float:
    """The factor by which most of the gradients are right; the first where none is better."""
    judged = [(found, expected[name]) for name, found in matches.items() if found is not None]
    best, most = factors[0], -1
    for factor in factors:
        right = sum(found.agrees(factor * target, limit) for found, target in judged)
        if right > most:
            best, most = factor, right
        if right == len(judged):  # none can be better
            break
    return best
