"""What a measured array is made of: terms with a number each, or factors multiplied together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

import numpy as np

from grader.diagnosis.optional.findings import CLOSE, ROUNDING, near
from grader.protocol import Array

Forms = Mapping[str, Array]  # by what it is in words or in code
ROUND = 1e-4


def coefficients(target: Array, terms: Sequence[Array]) -> list[float] | None:
    """The number with which each term is in the target; None where they do not make it up.

    A term of nothing but rounding is neither there nor lacking: its number is 1.
    """
    if not np.all(np.isfinite(target)):
        return None
    design = np.stack([np.ravel(term) for term in terms], axis=1)
    found = np.linalg.lstsq(design, np.ravel(target), rcond=None)[0]
    rest = np.linalg.norm(design @ found - np.ravel(target))
    if rest > CLOSE * np.linalg.norm(target):
        return None
    nothing = ROUNDING * np.linalg.norm(target)
    return [
        _plain(float(one)) if np.linalg.norm(term) > nothing else 1.0
        for one, term in zip(found, terms, strict=True)
    ]


def _plain(number: float) -> float:
    """Rounded where it is a plain number, so that 0.99999998 is 1."""
    rounded = round(number, 3)
    return rounded if abs(number - rounded) <= ROUND else number


def multiple(one: Array, right: Array) -> float | None:
    """The number times which `right` is `one`; None where it is no multiple."""
    size = float(np.sum(right * right))
    number = float(np.sum(one * right)) / size if size else 0.0
    return number if near(one, number * right) else None


def made_of(target: Array, slots: Sequence[Forms]) -> tuple[tuple[str, ...], list[float]] | None:
    """One form for each slot, and its number, that together make up the target.

    The first form of a slot is the right one. With as few others as possible, numbers of 1 first.
    """
    for names in by_changes([tuple(one) for one in slots]):
        numbers = coefficients(target, [one[n] for one, n in zip(slots, names, strict=True)])
        if numbers is not None:
            return names, numbers
    return None


def times(target: Array, slots: Sequence[Forms]) -> tuple[tuple[str, ...], float] | None:
    """One form for each slot whose product, times a number, is the target.

    A number of 1 comes before any other: a product that is right times 2 may be another one exactly.
    """
    kept = None
    for names in by_changes([tuple(one) for one in slots]):
        whole = np.prod([one[n] for one, n in zip(slots, names, strict=True)], axis=0)
        if near(target, whole):
            return names, 1.0
        size = float(np.sum(whole * whole))
        number = _plain(float(np.sum(whole * target)) / size) if size else 0.0
        if kept is None and number and near(target, number * whole):
            kept = names, number
    return kept


def by_changes(slots: Sequence[Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """All choices of one name for each slot, those with the most first names first."""
    every = product(*(range(len(one)) for one in slots))
    for places in sorted(every, key=lambda chosen: sum(map(bool, chosen))):
        yield tuple(one[place] for one, place in zip(slots, places, strict=True))
