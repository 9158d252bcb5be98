"""Arrays beside the parameters that no training is to change: scales, masks, time constants.

Weights begin at random; these are the same in every new object, and not zero. So is a forget bias of
ones, and whatever a program draws from a fixed seed: what is due decides.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, combinations, islice

import numpy as np

from grader.checks.parameters.layout import Layout
from grader.checks.parameters.storage import Storage, leaf
from grader.protocol import CandidateObject

MOST_TRIALS = 7


def constants(layout: Layout, other: CandidateObject) -> list[frozenset[str]]:
    """Which arrays may be such, by path: the most first, and always so that enough numbers are left.

    other: another new object of the layout's class.
    """
    here, there = layout.storage.arrays, other.read()
    same = {path for path in here if path in there and np.array_equal(here[path], there[path])}
    if not any(path in there for path in here.keys() - same):
        return []  # all come from a fixed seed, perhaps
    found = [path for path in here if path in same and _may_be_one(layout, path)]
    spare = layout.storage.size - layout.due
    sets = chain.from_iterable(combinations(found, n) for n in range(len(found), 0, -1))
    fitting = (one for one in sets if sum(here[path].size for path in one) <= spare)
    return [frozenset(one) for one in islice(fitting, MOST_TRIALS)]


def _may_be_one(layout: Layout, path: str) -> bool:
    """A name that is documented says that it is none."""
    return bool(np.any(layout.storage.arrays[path])) and leaf(path) not in layout.shapes


def without(layout: Layout, paths: frozenset[str]) -> Layout:
    """The layout of what else there is, which leaves these arrays as the program made them."""
    rest = {path: a for path, a in layout.storage.arrays.items() if path not in paths}
    return replace(layout, storage=Storage(rest), constants=paths) if paths else layout
