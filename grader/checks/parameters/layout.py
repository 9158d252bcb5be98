"""Where a student keeps each parameter: a map from the documented arrays to array elements.

Every scalar of every float array on the object has a number (its place in one long vector). A
`Layout` holds, for each documented parameter, the numbers of its elements in canonical order, so
any storage fits: a transpose, a fused matrix, a bias in an extra row, gates interleaved.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from grader.checks.parameters.storage import (
    Numbers,
    Storage,
    leaf,
    oriented,
    squeezed,
)
from grader.faults import StudentFault
from grader.language import Message, say
from grader.protocol import Array, CandidateObject, CutVector

SHOWN = 8  # arrays that a message lists
DOUBLE = np.dtype(np.float64)
Element = tuple[str, tuple[int, ...]]  # a parameter and a place in it


@dataclass(frozen=True, slots=True)
class Place:
    """Where one copy of a parameter lies: in the array that holds its first scalar."""

    path: str
    array_shape: tuple[int, ...]  # of that array, without its ones
    is_whole: bool  # it has as many scalars as the array
    inside: Numbers | None  # its scalars, numbered within the array; None where some lie outside


@dataclass(frozen=True)
class Layout:
    """The roles of a class's arrays at one set of sizes.

    `slots[p]` holds one array of numbers per copy of parameter p (two hidden biases are two
    copies). `zeroed` are scalars that must be zero for the documented equations (a learnable h_0).
    `dead` names the parameters that were found by name or shape only: writing them moves nothing.
    Those of them that no name tells are `idle`: which way round they lie cannot be known.
    `mirrors[p]` holds the numbers of a copy that is written together with parameter p.
    """

    shapes: Mapping[str, tuple[int, ...]]
    storage: Storage
    slots: Mapping[str, list[Numbers]]
    zeroed: tuple[int, ...] = ()
    dead: frozenset[str] = frozenset()
    idle: frozenset[str] = frozenset()
    warm_up: tuple[Array, ...] | None = None  # what forward is called with to make the arrays
    leading: bool | None = None  # where h_0 stands among T + 1 hidden states
    swapped: bool = False  # states come back in the other order
    parted: bool = False  # of several parameters that were one array each has got its own
    computed: np.dtype[np.generic] = DOUBLE  # the least precise of what forward returns
    stateful: bool = False  # the same forward gives something else the second time
    lent: frozenset[str] = frozenset()  # numbers, in whose place the grader has put arrays
    constants: frozenset[str] = frozenset()  # arrays that are no parameters, and not in `storage`
    mirrors: Mapping[str, Numbers] = field(default_factory=dict)  # copies, written like the first
    shown: Mapping[str, Numbers] = field(
        default_factory=dict
    )  # by name: what no attribute has, but the object gives
    unseen: StudentFault | None = None  # why forward could not be looked at: names and shapes tell

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """Documented parameters that nothing on the object plays."""
        return tuple(name for name in self.shapes if name not in self.slots)

    @cached_property
    def places(self) -> dict[str, list[Place]]:
        """Where each copy of each parameter lies."""
        return {name: [self._place(copy) for copy in self.slots[name]] for name in self.slots}

    @cached_property
    def overlapping(self) -> tuple[str, str] | None:
        """Two parameters of which one is a part of the other, in the same memory; the larger first."""
        names = sorted(self.slots, key=lambda name: -self.slots[name][0].size)
        for one, other in itertools.combinations(names, 2):
            if np.intersect1d(self.slots[one][0], self.slots[other][0]).size:
                return one, other
        return None

    def _place(self, numbers: Numbers) -> Place:
        path = self.storage.path_of(int(numbers.flat[0]))
        array, start = self.storage.arrays[path], self.storage.offsets[path]
        inside = numbers.min() >= start and numbers.max() < start + array.size
        return Place(
            path,
            squeezed(array.shape),
            array.size == numbers.size,
            numbers - start if inside else None,
        )

    @cached_property
    def absent(self) -> tuple[str, ...]:
        """The missing ones that the object has no room for.

        What forward never uses plays no role and may be there all the same: in a part of a fused
        array, or in a matrix for [h, x]. That is a fault of forward and to be charged there.
        """
        weights = [name for name in self.missing if len(self.shapes[name]) > 1]
        others = [name for name in self.missing if name not in weights]
        room = self._room(matrices=bool(weights))
        absent = []
        for names in (weights, others):
            needed = sum(math.prod(self.shapes[name]) for name in names)
            if room < needed:
                absent += names
            else:
                room -= needed
        return tuple(absent)

    @property
    def unwritten(self) -> list[str]:
        """Weights that nobody writes, since nothing told which they are, although there is room for them."""
        return [n for n in self.missing if len(self.shapes[n]) > 1 and n not in self.absent]

    @cached_property
    def named(self) -> dict[str, Numbers]:
        """Parameters whose documented name stands on an array of fitting size, or is shown on a part.

        Of several such arrays that counts which plays the parameter, else the first.
        """
        found: dict[str, Numbers] = {}
        for path in self.storage.arrays:
            name = leaf(path)
            if name not in self.shapes or (name in found and not self._is_played_in(name, path)):
                continue
            numbers = oriented(self.storage.numbers_of(path), self.shapes[name])
            if numbers is not None and not self._is_left_over(name, numbers):
                found[name] = numbers
        for name in self.shown.keys() - found.keys():
            numbers = oriented(self.shown[name], self.shapes[name])
            if numbers is not None and not self._is_left_over(name, numbers):
                found[name] = numbers
        return found

    def _is_played_in(self, name: str, path: str) -> bool:
        """Whether a copy of this parameter lies in this array."""
        own = set(self.storage.numbers_of(path).flat)
        return any(set(copy.flat) <= own for copy in self.slots.get(name, ()))

    def _is_left_over(self, name: str, numbers: Numbers) -> bool:
        """Whether something else plays the parameter, and what bears its name moves nothing.

        Zeros: gradients, say, or velocities, under the names of their parameters. Or the same values as
        what plays it: it was joined or copied out of this, and the name says no other thing.
        """
        if name not in self.slots or not self._played.isdisjoint(numbers.ravel().tolist()):
            return False
        vector = self.storage.vector(self.storage.arrays)
        kept, played = vector[numbers], vector[self.slots[name][0]]
        return not np.any(kept) or any(np.array_equal(kept, one) for one in (played, played.T))

    @cached_property
    def _played(self) -> frozenset[int]:
        copies = (copy for slots in self.slots.values() for copy in slots)
        return frozenset(self.zeroed).union(*(copy.ravel().tolist() for copy in copies))

    @property
    def inventory(self) -> Message:
        """What arrays there are, and how many numbers, against how many are due."""
        held = [f"{path} {array.shape}" for path, array in self.storage.arrays.items()]
        return say(
            "The object holds {arrays}: {there} numbers, where {due} are due.",
            arrays=(*held[:SHOWN], *(["…"] if len(held) > SHOWN else [])),
            there=self.storage.size,
            due=self.due,
        )

    @property
    def due(self) -> int:
        """How many numbers the parameters are."""
        return sum(math.prod(shape) for shape in self.shapes.values())

    @property
    def without_role(self) -> list[int]:
        """Scalars that moved nothing when each was raised alone."""
        return [number for numbers in self._unplayed.values() for number in numbers]

    @cached_property
    def _unplayed(self) -> dict[str, list[int]]:
        """The scalars of each array that play no role."""
        return {
            path: [
                n for n in self.storage.numbers_of(path).ravel().tolist() if n not in self._played
            ]
            for path in self.storage.arrays
        }

    def _plays(self, path: str) -> bool:
        """Whether any part of this array plays a role."""
        return len(self._unplayed[path]) < self.storage.arrays[path].size

    def _is_touched(self, path: str) -> bool:
        """Whether a part of this array has a role, or it could be what is missing."""
        array = self.storage.arrays[path]
        if path in self._mirroring:
            return True
        return self._plays(path) or bool(self.missing and (array.ndim > 1 or self._could_be(array)))

    @cached_property
    def _mirroring(self) -> frozenset[str]:
        """The arrays that hold copies out of which an update makes the parameters."""
        numbers = {int(one) for copy in self.mirrors.values() for one in copy.flat}
        return frozenset(self.storage.path_of(number) for number in numbers)

    def _could_be(self, array: Array) -> bool:
        """Whether it has the size of a parameter that is missing, or is one number for all units."""
        return array.size in {1, *(math.prod(self.shapes[name]) for name in self.missing)}

    def _room(self, *, matrices: bool) -> int:
        """How many scalars play no role, in arrays that play one in part (or in whole matrices).

        Or one that another plays too, which may be theirs. Where forward could not be looked at,
        whatever has the size may be the parameter.
        """
        doubled = sum(copy.size for copies in self.slots.values() for copy in copies[1:])
        return doubled + sum(
            len(self._unplayed[path])
            for path, array in self.storage.arrays.items()
            if self._plays(path)
            or (matrices and array.ndim > 1)
            or (self.unseen is not None and self._could_be(array))
        )

    @cached_property
    def _touched(self) -> list[str]:
        """The arrays that setting the parameters changes, each as a whole."""
        return list(filter(self._is_touched, self.storage.arrays))

    @cached_property
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
        """Set parameters (canonical shapes); second copies, a learnable h_0 and the rest: zero."""
        rnn.write(self.written(values))

    def written(self, values: Mapping[str, Array]) -> CutVector:
        """What to write so that the parameters take these values."""
        return self.storage.arrays_of(self._vector(values), self._touched)

    @cached_property
    def elements(self) -> list[Element]:
        """Every element of every parameter that is there."""
        return [(name, place) for name in self.slots for place in np.ndindex(*self.shapes[name])]

    def nudged(self, values: Mapping[str, Array], by: float) -> Iterator[CutVector]:
        """As `written`, with one after the other of `elements` raised by `by`."""
        vector = self._vector(values)
        raised = self.held({n: np.asarray(value, np.float64) + by for n, value in values.items()})
        for name, place in self.elements:
            number = int(self.slots[name][0][place])
            one = vector.copy()
            if self._writers[number] == (name, place):
                one[number] = raised[name][place]
            yield self.storage.arrays_of(one, self._touched)

    @cached_property
    def _writers(self) -> dict[int, Element]:
        """Which element each scalar is written by: the last one, where it plays several."""
        return {
            int(self.slots[name][0][place]): (name, place)
            for name in self.shapes
            if name in self.slots
            for place in np.ndindex(*self.shapes[name])
        }

    def _vector(self, values: Mapping[str, Array]) -> NDArray[np.float64]:
        """The vector of all scalars at these values of the parameters."""
        vector = np.zeros(self.storage.size)
        for name, value in self.held(values).items():
            for first in self.slots.get(name, ())[:1]:
                vector[first] = value
            if name in self.mirrors:
                vector[self.mirrors[name]] = value
        return vector

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
        """What the student's object holds after `write(values)`: zeros where there is no array."""
        held = {
            name: np.zeros(shape)
            if name in self.absent
            else np.asarray(values[name], self.dtype).astype(np.float64)
            for name, shape in self.shapes.items()
        }
        return self._read_back(held) if self.overlapping else held

    def _read_back(self, held: dict[str, Array]) -> dict[str, Array]:
        """Where one parameter is a part of another, what is written last holds for both."""
        vector = np.zeros(self.storage.size)
        for name in self.slots:
            vector[self.slots[name][0]] = held[name]
        return {
            name: vector[self.slots[name][0]] if name in self.slots else value
            for name, value in held.items()
        }

    def held(self, values: Mapping[str, Array]) -> dict[str, Array]:
        """As `effective`, but zeros also where an array is there and forward never uses it."""
        silent = {*self.missing, *self.idle}
        effective = self.effective(values)
        return {name: value * 0.0 if name in silent else value for name, value in effective.items()}

    def _written(self) -> Iterable[int]:
        return (int(numbers.flat[0]) for copies in self.slots.values() for numbers in copies)


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
    return replace(known, shapes=shapes, storage=storage, slots=slots, mirrors={}, shown={})


def _likewise(
    here: Numbers, there: Numbers, numbers: Numbers, shape: tuple[int, ...]
) -> Numbers | None:
    """`here` turned as `there` was turned into `numbers`."""
    if np.array_equal(there.ravel(), numbers.ravel()) and here.size == math.prod(shape):
        return here.reshape(shape)
    turned = np.array_equal(there.T.ravel(), numbers.ravel())
    return here.T if turned and here.T.shape == shape else None
