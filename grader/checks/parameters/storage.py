"""The float arrays on a student's object, as one vector of numbered scalars."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from grader.protocol import Array, CandidateClass, CandidateObject, CutVector

Numbers = NDArray[np.int64]
WarmUps = tuple[tuple[Array, ...], tuple[Array, ...]]

# More scalars than this are no parameters of the small models that are probed.
MOST_SCALARS = 20_000


@dataclass(frozen=True)
class Storage:
    """The float arrays of a fresh object, as one vector."""

    arrays: Mapping[str, Array]

    @cached_property
    def offsets(self) -> dict[str, int]:
        ends = np.cumsum([0, *(array.size for array in self.arrays.values())])
        return {path: int(start) for path, start in zip(self.arrays, ends, strict=False)}

    @cached_property
    def size(self) -> int:
        return sum(array.size for array in self.arrays.values())

    def vector(self, arrays: Mapping[str, Array]) -> NDArray[np.float64]:
        """Current values of the same arrays as one vector; what is gone or reshaped stays."""
        parts = [
            np.ravel(
                arrays[path]
                if arrays.get(path, array).shape == array.shape and path in arrays
                else array
            )
            for path, array in self.arrays.items()
        ]
        return np.asarray(np.concatenate([np.zeros(0), *parts]), np.float64)

    def arrays_of(
        self, vector: NDArray[np.float64], paths: Sequence[str] | None = None
    ) -> CutVector:
        """The vector cut into arrays, for writing back; only those at `paths` where they are given."""
        if paths is None or tuple(paths) == self._cuts[0]:
            return CutVector(*self._cuts, vector)
        parts = [vector[self._slices[path]] for path in paths]
        shapes = tuple(self.arrays[path].shape for path in paths)
        return CutVector(tuple(paths), shapes, np.concatenate([vector[:0], *parts]))

    @cached_property
    def _slices(self) -> dict[str, slice]:
        """Where each array lies in the vector."""
        return {
            path: slice(self.offsets[path], self.offsets[path] + array.size)
            for path, array in self.arrays.items()
        }

    @cached_property
    def _cuts(self) -> tuple[tuple[str, ...], tuple[tuple[int, ...], ...]]:
        """The paths of all arrays and their shapes, in the order of the vector."""
        return tuple(self.arrays), tuple(array.shape for array in self.arrays.values())

    @cached_property
    def _starts(self) -> tuple[list[int], list[str]]:
        return list(self.offsets.values()), list(self.offsets)

    def path_of(self, number: int) -> str:
        """The array that holds this scalar."""
        starts, paths = self._starts
        return paths[bisect_right(starts, number) - 1]

    def numbers_of(self, path: str) -> Numbers:
        """The numbers of an array's scalars, in its shape."""
        array = self.arrays[path]
        return (self.offsets[path] + np.arange(array.size, dtype=np.int64)).reshape(array.shape)


def storage_of(
    cls: CandidateClass, arguments: tuple[int, ...], warm_ups: WarmUps
) -> tuple[CandidateObject, Storage, bool]:
    """A new object, its storage, and whether its arrays only came to be at the first forward."""
    rnn = cls(*arguments)
    arrays = usable(rnn.read())
    if arrays:
        return rnn, Storage(arrays), False
    seen = []
    for warm_up in warm_ups:
        rnn.forward(*warm_up)
        seen.append(usable(rnn.read()))
    first, second = seen
    # What a forward with other inputs and another batch leaves as it was is no cache.
    lasting = {
        path: array
        for path, array in first.items()
        if path in second and np.array_equal(array, second[path])
    }
    return rnn, Storage(lasting), True


def usable(arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Float arrays that may be parameters, small enough to be probed."""
    kept: dict[str, Array] = {}
    total = 0
    for path, array in arrays.items():
        total += array.size
        if array.size and total <= MOST_SCALARS:
            kept[path] = array
    return kept


@lru_cache(1024)  # a program has a few dozen
def leaf(path: str) -> str:
    """The last name in a path: "params['W_xh']" and "layer.W_xh" are both "W_xh"."""
    names = re.findall(r"\w+", path)
    return names[-1] if names else ""


def squeezed(shape: tuple[int, ...]) -> tuple[int, ...]:
    """A shape without its ones."""
    return tuple(size for size in shape if size != 1)


def oriented(numbers: Numbers, shape: tuple[int, ...]) -> Numbers | None:
    """Numbers in canonical shape: as they are, transposed, or a bias kept as a row or column."""
    squeezed = numbers.reshape([size for size in numbers.shape if size != 1] or [1])
    target = tuple(size for size in shape if size != 1) or (1,)
    if squeezed.shape == target:
        return squeezed.reshape(shape)
    if squeezed.shape == target[::-1]:
        return squeezed.T.reshape(shape)
    return None
