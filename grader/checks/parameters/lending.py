"""Arrays lent to an object whose biases are single numbers, or integers.

The constructor is charged with that (q4_1). Whatever else is written for an array of floats, and
only stumbles over the number, is judged with such an array in its place.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

import numpy as np

from grader.checks.gradient import flattened
from grader.checks.parameters.storage import Storage, leaf, usable
from grader.faults import StudentFault
from grader.protocol import Array, Call, CandidateObject, Read, Step

Shapes = Mapping[str, tuple[int, ...]]


def lend(
    rnn: CandidateObject, storage: Storage, shapes: Shapes, x: Array
) -> tuple[Storage, frozenset[str]]:
    """The storage with an array for every bias that is a number, and the names of these.

    x (T, B, I): inputs of a forward, after which backward tells what it takes the bias for.
    """
    sizes = {leaf(path): array.size for path, array in storage.arrays.items()}
    numbers = [
        name
        for name, shape in shapes.items()
        if len(shape) == 1 and sizes.get(name) != math.prod(shape) and sizes.get(name, 1) == 1
    ]
    lent = frozenset(name for name in numbers if _takes(rnn, name, shapes[name]))
    if lent:
        lent -= _gradients_of_numbers(rnn, shapes, lent, x)
    if not lent:
        return storage, lent
    held = usable(rnn.read())
    return Storage({p: held[p] for p in held if p in storage.arrays or leaf(p) in lent}), lent


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
    calls: list[Step] = [Call("forward", (x,)), Call("backward", (d_outputs,)), Read()]
    try:
        _, returned, kept = rnn.replay(calls)
    except StudentFault:
        return frozenset()
    sizes = {array.size for _, array in flattened(returned)}
    sizes |= {array.size for path, array in kept.items() if leaf(path) not in lent}
    return frozenset(name for name in lent if math.prod(shapes[name]) not in sizes)
