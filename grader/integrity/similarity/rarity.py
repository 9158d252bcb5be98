"""How much two texts share of what is rare in their class.

A fingerprint that d of N texts have weighs log((N + 2) / (d + 1)): what everybody writes weighs
nothing. Likeness is the weight that two texts share, of the weight of the lighter one; a text that
has hardly anything of its own is measured against a floor, so that three lines are no likeness.
(Inverse document frequency, Spärck Jones 1972; containment, Broder 1997.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.integrity.similarity.prints import Hashes, Prints

Matrix = NDArray[np.float32]
# Fingerprints (of weight log((N + 2) / 2)) that a text must have to be measured by itself:
# about fifteen lines of a program, five sentences of a report.
FLOOR = 400
_NONE = np.empty(0, np.int64)
COLUMNS = 2048  # fingerprints looked at together: a few MB for a class of a thousand


@dataclass(frozen=True, slots=True)
class Likenesses:
    """`matrix` (N, N): from 0 to 1; `shared_by`: how many texts have each of `hashes` (F,)."""

    matrix: Matrix
    hashes: Hashes
    shared_by: NDArray[np.int64]

    def rare(self, most: int) -> Hashes:
        """The fingerprints that so many texts have, or fewer."""
        return self.hashes[self.shared_by <= most]


def likenesses(texts: Sequence[Prints], floor: int = FLOOR) -> Likenesses:
    """Compare all texts with each other."""
    count = len(texts)
    hashes, shared_by = _everything(texts)
    weights = np.log((count + 2) / (shared_by + 1))
    is_common = (shared_by > 1) & (weights > 0)
    own, columns = np.zeros(count), []
    for number, each in enumerate(texts):  # one at a time: all their columns together are large
        its = np.searchsorted(hashes, each.hashes)
        own[number] = weights[its].sum()
        columns.append(its[is_common[its]])
    owners = np.repeat(np.arange(count), [len(its) for its in columns])
    shared = _shared(owners, np.concatenate([_NONE, *columns]), weights, shared_by, count)
    least = floor * np.log((count + 2) / 2)
    lighter = np.maximum(np.minimum.outer(own, own), least)
    matrix = (shared / lighter).astype(np.float32)
    np.fill_diagonal(matrix, 0.0)
    return Likenesses(matrix, hashes, shared_by)


def _everything(texts: Sequence[Prints]) -> tuple[Hashes, NDArray[np.int64]]:
    """Every fingerprint (F,) sorted, and how many texts have it."""
    hashes, shared_by = np.unique(
        np.concatenate([_NONE, *(each.hashes for each in texts)]), return_counts=True
    )
    return hashes, shared_by


def _shared(
    owners: NDArray[np.int64],
    columns: NDArray[np.int64],
    weights: NDArray[np.float64],
    shared_by: NDArray[np.int64],
    count: int,
) -> Matrix:
    """The weight that each two texts share (N, N), a few columns at a time.

    owners, columns: who has what of those that several have.
    """
    total = np.zeros((count, count), np.float32)
    common = np.flatnonzero((shared_by > 1) & (weights > 0))
    order = np.argsort(columns, kind="stable")
    starts = np.searchsorted(columns[order], common)
    for at in range(0, len(common), COLUMNS):
        chosen = slice(at, at + COLUMNS)
        repeats = shared_by[common[chosen]]
        block = np.zeros((count, len(repeats)), np.float32)
        places = np.concatenate([
            np.arange(start, start + n) for start, n in zip(starts[chosen], repeats, strict=True)
        ])  # fmt: skip
        block[owners[order[places]], np.repeat(np.arange(len(repeats)), repeats)] = np.repeat(
            np.sqrt(weights[common[chosen]]), repeats
        )
        total += block @ block.T
    return total
