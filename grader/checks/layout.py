"""Where a student keeps each parameter: a map from the documented arrays to array elements.

Every scalar of every float array on the object has a number (its place in one long vector). A
`Layout` holds, for each documented parameter, the numbers of its elements in canonical order, so
any storage fits: a transpose, a fused matrix, a bias in an extra row, gates interleaved.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from grader.checks.protocol import Array, CandidateClass, CandidateObject

Numbers = NDArray[np.int64]
WarmUps = tuple[tuple[Array, ...], tuple[Array, ...]]

DOUBLE = np.dtype(np.float64)

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
        return np.concatenate([np.zeros(0), *parts]).astype(np.float64)

    def arrays_of(
        self, vector: NDArray[np.float64], paths: Iterable[str] | None = None
    ) -> dict[str, Array]:
        """The vector cut into arrays, for writing back."""
        chosen = self.arrays if paths is None else {path: self.arrays[path] for path in paths}
        return {
            path: vector[self.offsets[path] : self.offsets[path] + array.size].reshape(array.shape)
            for path, array in chosen.items()
        }

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


@dataclass(frozen=True)
class Layout:
    """The roles of a class's arrays at one set of sizes.

    `slots[p]` holds one array of numbers per copy of parameter p (two hidden biases are two
    copies). `zeroed` are scalars that must be zero for the documented equations (a learnable h_0).
    `dead` names the parameters that were found by name or shape only: writing them moves nothing.
    """

    shapes: Mapping[str, tuple[int, ...]]
    storage: Storage
    slots: Mapping[str, list[Numbers]]
    zeroed: tuple[int, ...] = ()
    dead: frozenset[str] = frozenset()
    lazy: bool = False  # arrays appear at the first forward
    leading: bool | None = None  # where h_0 stands among T + 1 hidden states
    swapped: bool = False  # states come back in the other order
    computed: np.dtype[np.generic] = DOUBLE  # the least precise of what forward returns
    notes: frozenset[str] = field(default_factory=frozenset)

    @property
    def missing(self) -> tuple[str, ...]:
        """Documented parameters that nothing on the object plays."""
        return tuple(name for name in self.shapes if name not in self.slots)

    @property
    def dtype(self) -> np.dtype[np.generic]:
        """The least precise dtype among the parameters."""
        used = {self.storage.path_of(int(number)) for number in self._written()}
        dtypes = [self.storage.arrays[path].dtype for path in used] or [np.dtype(np.float64)]
        return min(dtypes, key=lambda dtype: dtype.itemsize)

    @property
    def single(self) -> bool:
        """Whether float32 is where the student computes, in parameters or in buffers."""
        return np.dtype(np.float32) in (self.dtype, self.computed)

    def write(self, rnn: CandidateObject, values: Mapping[str, Array]) -> None:
        """Set parameters (canonical shapes); second copies and a learnable h_0 become zero."""
        rnn.write(self.written(rnn.read(), values))

    def written(
        self, current: Mapping[str, Array], values: Mapping[str, Array]
    ) -> dict[str, Array]:
        """What to write so that the parameters take these values, given the current arrays."""
        vector = self.storage.vector(current)
        vector[list(self.zeroed)] = 0.0
        touched = set(self.zeroed)
        for name, value in values.items():
            for rank, numbers in enumerate(self.slots.get(name, ())):
                vector[numbers] = value if rank == 0 else 0.0
                touched.update(int(number) for number in numbers.flat)
        paths = {self.storage.path_of(number) for number in touched}
        return self.storage.arrays_of(
            vector, [path for path in self.storage.arrays if path in paths]
        )

    def read(self, rnn: CandidateObject) -> dict[str, Array]:
        """The parameters' values in canonical shape; copies are summed, missing ones are zero."""
        return self.values(rnn.read())

    def values(self, arrays: Mapping[str, Array]) -> dict[str, Array]:
        """As `read`, from arrays that were read already."""
        vector = self.storage.vector(arrays)
        return {
            name: sum((vector[numbers] for numbers in self.slots.get(name, ())), np.zeros(shape))
            for name, shape in self.shapes.items()
        }

    def effective(self, values: Mapping[str, Array]) -> dict[str, Array]:
        """What the student's object holds after `write(values)`: zeros where a parameter is missing."""
        return {
            name: np.asarray(values[name], self.dtype).astype(np.float64)
            if name in self.slots
            else np.zeros(shape)
            for name, shape in self.shapes.items()
        }

    def _written(self) -> Iterable[int]:
        return (int(numbers.flat[0]) for copies in self.slots.values() for numbers in copies)


def leaf(path: str) -> str:
    """The last name in a path: "params['W_xh']" and "layer.W_xh" are both "W_xh"."""
    names = re.findall(r"\w+", path)
    return names[-1] if names else ""


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


def named_slots(
    storage: Storage, shapes: Mapping[str, tuple[int, ...]]
) -> dict[str, tuple[str, Numbers]]:
    """Parameters whose documented name stands on an array of fitting size: name -> path, numbers."""
    found: dict[str, tuple[str, Numbers]] = {}
    for path in storage.arrays:
        name = leaf(path)
        if name in shapes and name not in found:
            numbers = oriented(storage.numbers_of(path), shapes[name])
            if numbers is not None:
                found[name] = (path, numbers)
    return found


def carried(
    known: Layout, storage: Storage, shapes: Mapping[str, tuple[int, ...]]
) -> Layout | None:
    """The same roles at other sizes, where each parameter has arrays of its own; else None.

    Probing 300 scalars costs 600 forwards; a layout of whole arrays need not be probed twice.
    """
    slots: dict[str, list[Numbers]] = {}
    for name, copies in known.slots.items():
        for numbers in copies:
            path = known.storage.path_of(int(numbers.flat[0]))
            there = known.storage.numbers_of(path)
            if (
                path not in storage.arrays
                or there.size != numbers.size
                or storage.numbers_of(path).ndim != there.ndim
            ):
                return None
            moved = _likewise(storage.numbers_of(path), there, numbers, shapes[name])
            if moved is None:
                return None
            slots.setdefault(name, []).append(moved)
    if known.zeroed or known.dead or set(storage.arrays) != set(known.storage.arrays):
        return None
    return replace(known, shapes=shapes, storage=storage, slots=slots)


def _likewise(
    here: Numbers, there: Numbers, numbers: Numbers, shape: tuple[int, ...]
) -> Numbers | None:
    """`here` turned as `there` was turned into `numbers`."""
    if np.array_equal(there.ravel(), numbers.ravel()) and here.size == np.prod(shape):
        return here.reshape(shape)
    turned = np.array_equal(there.T.ravel(), numbers.ravel())
    return here.T if turned and here.T.shape == shape else None


def oriented(numbers: Numbers, shape: tuple[int, ...]) -> Numbers | None:
    """Numbers in canonical shape: as they are, transposed, or a bias kept as a row or column."""
    squeezed = numbers.reshape([size for size in numbers.shape if size != 1] or [1])
    target = tuple(size for size in shape if size != 1) or (1,)
    if squeezed.shape == target:
        return squeezed.reshape(shape)
    if squeezed.shape == target[::-1]:
        return squeezed.T.reshape(shape)
    return None
