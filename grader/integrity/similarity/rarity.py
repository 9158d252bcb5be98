"""How much two texts share of what is rare in their class.

A fingerprint that d of N texts have weighs log((N + 2) / (d + 1)): what everybody writes weighs
nothing. Likeness is the weight that two texts share, of the weight of the lighter one; a text that
has hardly anything of its own is measured against a floor, so that three lines are no likeness.
(Inverse document frequency, Spärck Jones 1972; containment, Broder 1997.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.integrity.similarity.print_shelf import PrintShelf, RareValues, ShelfPart

Matrix = NDArray[np.float32]
# Fingerprints (of weight log((N + 2) / 2)) that a text must have to be measured by itself:
# about fifteen lines of a program, five sentences of a report.
FLOOR = 400
COLUMNS = 2048  # fingerprints looked at together: a few MB for a class of a thousand


@dataclass(frozen=True, slots=True)
class Likenesses:
    """`matrix` (N, N): from 0 to 1; `rare`: the fingerprints that two have, or a few more."""

    matrix: Matrix
    rare: RareValues


def rare_most(count: int) -> int:
    """How many of a class may have something that still counts as rare."""
    return max(2, round(0.03 * count))


def rare_values(shelf: PrintShelf) -> RareValues:
    """What two of a class have, or a few more."""
    rare = RareValues(shelf.path.with_suffix(".rare"))
    for part in shelf.parts():
        _keep_rare(rare, part, rare_most(shelf.count))
    return rare


def likenesses(shelf: PrintShelf, floor: int = FLOOR) -> Likenesses:
    """Compare all texts with each other."""
    count = shelf.count
    own, shared = np.zeros(count), np.zeros((count, count), np.float32)
    rare = RareValues(shelf.path.with_suffix(".rare"))
    for part in shelf.parts():
        weights = np.log((count + 2) / (part.shared_by + 1))
        own += np.bincount(part.owners, np.repeat(weights, part.shared_by), count)
        _add_shared(shared, part, weights)
        _keep_rare(rare, part, rare_most(count))
    least = floor * np.log((count + 2) / 2)
    lighter = np.maximum(np.minimum.outer(own, own), least)
    matrix = (shared / lighter).astype(np.float32)
    np.fill_diagonal(matrix, 0.0)
    return Likenesses(matrix, rare)


def _keep_rare(rare: RareValues, part: ShelfPart, most: int) -> None:
    rare.add(part.values[(part.shared_by > 1) & (part.shared_by <= most)])


def _add_shared(shared: Matrix, part: ShelfPart, weights: NDArray[np.float64]) -> None:
    """Add the weight that each two texts share (N, N), a few fingerprints at a time."""
    common = np.flatnonzero((part.shared_by > 1) & (weights > 0))
    starts = np.cumsum(part.shared_by) - part.shared_by
    for at in range(0, len(common), COLUMNS):
        chosen = common[at : at + COLUMNS]
        repeats = part.shared_by[chosen]
        columns = np.repeat(np.arange(len(chosen)), repeats)
        places = np.arange(len(columns)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
        block = np.zeros((len(shared), len(chosen)), np.float32)
        block[part.owners[np.repeat(starts[chosen], repeats) + places], columns] = np.sqrt(
            weights[chosen]
        )[columns]
        shared += block @ block.T
