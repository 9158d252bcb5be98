"""Arrays lent to an object whose biases are single numbers, or integers.

The constructor is charged with that (q4_1). Whatever else is written for an array of floats, and
only stumbles over the number, is judged with such an array in its place.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping

import numpy as np

from grader.checks.compare import any_differ, arrays_in
from grader.checks.parameters.storage import Storage, leaf, usable
from grader.faults import StudentFault
from grader.protocol import Array, Call, CandidateObject, Read, Step, Write

Shapes = Mapping[str, tuple[int, ...]]


def lend(
    make: Callable[[], CandidateObject],
    rnn: CandidateObject,
    storage: Storage,
    shapes: Shapes,
    x: Array,
) -> tuple[CandidateObject, Storage, frozenset[str]]:
    """An object with an array for every bias that is a number, its storage, the names of these.

    rnn: a new object, as `make` makes them. x (T, B, I): inputs of a forward that shows whether it
    reads the array, and after which backward tells what it takes the bias for.
    """
    sizes = {leaf(path): array.size for path, array in storage.arrays.items()}
    numbers = [
        name
        for name, shape in shapes.items()
        if len(shape) == 1 and sizes.get(name) != math.prod(shape) and sizes.get(name, 1) == 1
    ]
    taken = [name for name in numbers if _takes(rnn, name, shapes[name])]
    if not taken:
        return rnn, storage, frozenset()
    lent = frozenset(name for name in taken if _acts(make(), name, shapes[name], x))
    lent -= _gradients_of_numbers(make(), shapes, lent, x) if lent else frozenset()
    rnn = make()
    lend_again(rnn, lent, shapes)
    held = usable(rnn.read())
    return rnn, Storage({p: held[p] for p in held if p in storage.arrays or leaf(p) in lent}), lent


def _acts(rnn: CandidateObject, name: str, shape: tuple[int, ...], x: Array) -> bool:
    """Whether forward can be called with an array there, and gives something else for another."""
    forward = Call("forward", (x,))
    values = [Write({name: np.full(shape, value)}) for value in (0.0, 0.5)]
    try:
        _, one, _, other = rnn.replay([values[0], forward, values[1], forward])
    except StudentFault:
        return False
    return any_differ(one, other)


def lend_again(rnn: CandidateObject, lent: Collection[str], shapes: Shapes) -> None:
    """Zeros for the biases of another object that are numbers as well."""
    if lent:
        rnn.write({name: np.zeros(shapes[name]) for name in lent})


def _takes(rnn: CandidateObject, name: str, shape: tuple[int, ...]) -> bool:
    """Whether an array can be bound to the attribute of this name."""
    try:
        rnn.write({name: np.zeros(shape)})
    except StudentFault:
        return False
    return True


def _gradients_of_numbers(
    rnn: CandidateObject, shapes: Shapes, lent: frozenset[str], x: Array
) -> frozenset[str]:
    """The biases that are meant to be numbers: of an array for each backward gives no gradient."""
    T, B, _ = x.shape
    d_outputs = np.ones((T, B, shapes["b_y"][0]))
    lend_again(rnn, lent, shapes)
    calls: list[Step] = [Call("forward", (x,)), Call("backward", (d_outputs,)), Read()]
    try:
        _, returned, kept = rnn.replay(calls)
    except StudentFault:
        return frozenset()
    sizes = {array.size for array in arrays_in(returned)}
    sizes |= {array.size for path, array in kept.items() if leaf(path) not in lent}
    return frozenset(name for name in lent if math.prod(shapes[name]) not in sizes)
