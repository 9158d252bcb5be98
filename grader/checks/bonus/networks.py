"""The networks of q6_2 to q6_4 as a student keeps them: their arrays, with values that are known.

A network may keep its weights as it likes. Every float array on a new object that forward depends on
is a parameter; the checks give all of them random values and need no names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from grader import contract
from grader.checks.bonus import own_gradient
from grader.checks.bonus.own_gradient import ModelCall
from grader.checks.compare import kind
from grader.checks.known_model import SMALL
from grader.checks.memo import once
from grader.checks.parameters.layout import Layout
from grader.checks.parameters.rnn_bench import least_precise
from grader.checks.parameters.roles import RolesNotFound, fresh
from grader.checks.parameters.storage import Storage, leaf, squeezed, storage_of
from grader.faults import BadValue, NotImplementedYet
from grader.language import say
from grader.protocol import Array, Call, CandidateClass, CandidateObject, Write

MOVED = 1e-9
ROUGHLY = 1e-4


@dataclass(frozen=True)
class Kind:
    """One of the networks: how it is made and called, and how its outputs are read."""

    name: str
    sizes: tuple[int, ...]  # what its constructor takes
    steps: int  # T
    batch: int  # B
    read: Callable[[Any, int, int], Array]  # (returned, steps, batch) -> outputs (S, B, O)

    @property
    def call(self) -> str:
        return f"{self.name}{self.sizes}.forward(inputs: ({self.steps}, {self.batch}, {self.sizes[0]}))"

    def inputs(self, rng: np.random.Generator, steps: int = 0, batch: int = 0) -> Array:
        return rng.normal(size=(steps or self.steps, batch or self.batch, self.sizes[0]))

    def d_outputs(self, rng: np.random.Generator, steps: int = 0) -> Array:
        return SMALL * rng.normal(size=(steps or self.steps, self.batch, self.sizes[2]))


def outputs_first(returned: Any, steps: int, batch: int, size: int, where: str) -> Array:
    """The outputs (S, B, O) in what forward returned: the first array of this shape."""
    own_gradient.require_something(returned, where)
    parts = list(returned) if isinstance(returned, tuple | list) else [returned]
    if isinstance(returned, list) and len(returned) == steps:
        parts = [returned]
    for part in parts:
        array = stacked(part)
        if array is not None and array.shape == (steps, batch, size):
            return array
    raise BadValue(
        say(
            "{where} returned no outputs of shape {shape}, but {what}.",
            where=where,
            shape=str((steps, batch, size)),
            what=tuple(_kind(part) for part in parts),
        ),
        say("{where} returned no outputs of the right shape.", where=where),
    )


def _kind(part: Any) -> str:
    array = stacked(part)
    return kind(part if array is None else array)


def stacked(part: Any) -> Array | None:
    """A numeric array, or a list of such arrays as one; None where it is neither."""
    if isinstance(part, np.ndarray):
        return part if part.dtype.kind == "f" else None
    if isinstance(part, list | tuple) and part and all(isinstance(one, np.ndarray) for one in part):
        try:
            array = np.stack(list(part))
        except ValueError:
            return None
        return array if array.dtype.kind == "f" else None
    return None


@dataclass(frozen=True)
class StoredNetwork:
    """A class at one set of sizes: its parameters, each an array as it is kept."""

    cls: CandidateClass
    kind: Kind
    layout: Layout

    def values(self, rng: np.random.Generator) -> dict[str, Array]:
        return {
            path: rng.uniform(-0.6, 0.6, shape).astype(self.layout.storage.arrays[path].dtype)
            for path, shape in self.layout.shapes.items()
        }

    def made(self, values: Mapping[str, Array]) -> CandidateObject:
        """A new object that holds these values."""
        obj = fresh(self.cls, self.layout, self.kind.sizes)
        obj.write(self.layout.written(values))
        return obj

    def called(self, values: Mapping[str, Array], *arguments: Any, steps: int = 0) -> ModelCall:
        """One call of an object that holds these values."""
        batch = len(arguments[0][0])
        read = partial(_read, self.kind, steps or len(arguments[0]), batch)
        return ModelCall(partial(self.made, values), self.layout, values, arguments, read, {})


def _read(kind: Kind, steps: int, batch: int, returned: Any) -> Array:
    return kind.read(returned, steps, batch)


def network(cls: CandidateClass, kind: Kind) -> StoredNetwork:
    """Its parameters found; kept in the candidate's memo. Raises what the student's code raises."""
    return once(cls, ("network", kind.sizes), lambda: _network(cls, kind))


def _network(cls: CandidateClass, kind: Kind) -> StoredNetwork:
    if not cls.implements("__init__"):
        raise NotImplementedYet(f"{cls.name}.__init__")
    rng = np.random.default_rng(7)
    warm_ups = ((kind.inputs(rng, 2, 3),), (kind.inputs(rng, 3, 2),))
    obj, storage, lazy = storage_of(cls, kind.sizes, warm_ups)
    if not storage.arrays:
        raise RolesNotFound(cls.name)
    found = StoredNetwork(
        cls, kind, _layout(storage, list(storage.arrays), warm_ups[0] if lazy else None)
    )
    used = _used(found, obj, rng)
    if not used:
        raise RolesNotFound(cls.name)
    if set(names := documented_names(kind)) <= {leaf(path) for path in storage.arrays}:
        # An array of the documentation that forward never reads is a mistake, and backward's to use.
        used = [path for path in storage.arrays if path in used or leaf(path) in names]
    return StoredNetwork(cls, kind, _layout(storage, used, found.layout.warm_up))


def _layout(storage: Storage, paths: Sequence[str], warm_up: tuple[Array, ...] | None) -> Layout:
    """Every array its own parameter, under its path."""
    kept = Storage({path: storage.arrays[path] for path in paths})
    shapes = {path: kept.arrays[path].shape for path in paths}
    slots = {path: [kept.numbers_of(path)] for path in paths}
    return Layout(shapes=shapes, storage=kept, slots=slots, warm_up=warm_up)


def _used(found: StoredNetwork, obj: CandidateObject, rng: np.random.Generator) -> list[str]:
    """The arrays that the outputs depend on."""
    values, x = found.values(rng), found.kind.inputs(rng)
    steps: list[Write | Call] = [Write(values), Call("forward", (x,))]
    for path, value in values.items():
        steps += [Write({path: value + rng.uniform(0.1, 0.3, value.shape)}), Call("forward", (x,))]
        steps += [Write({path: value})]
    returned = obj.replay(steps)
    read = partial(_read, found.kind, len(x), x.shape[1])
    first = read(returned[1])
    return [
        path
        for number, path in enumerate(values)
        if np.abs(read(returned[3 + 3 * number]) - first).max() > MOVED
    ]


def is_single(found: StoredNetwork, *seen: Array) -> bool:
    """Whether float32 is where the student computes."""
    return found.layout.single or least_precise(*seen) == np.float32


def documented_names(kind: Kind) -> tuple[str, ...]:
    """The documented parameters of a network of these sizes."""
    layers = kind.sizes[3] if kind.name == contract.DEEP else 0
    names = contract.PARAMETERS[kind.name]
    return tuple(name for name in names if not name[-1].isdigit() or int(name[-1]) <= layers)


def documented(found: StoredNetwork, values: Mapping[str, Array]) -> dict[str, Array] | None:
    """The values by documented name and in documented shape; None where they are kept otherwise."""
    by_name = {leaf(path): value for path, value in values.items()}
    told = {}
    for name in documented_names(found.kind):
        shape = documented_shape(found.kind, name)
        if name not in by_name or squeezed(by_name[name].shape) != squeezed(shape):
            return None
        told[name] = by_name[name].reshape(shape).astype(np.float64)
    return told if len(told) == len(values) else None


def documented_shape(kind: Kind, name: str) -> tuple[int, ...]:
    """The shape of a documented parameter."""
    I, H, O, *_ = kind.sizes  # noqa: E741  # sizes as in the equations
    both = 2 if kind.name == contract.BIDIRECTIONAL else 1
    reads = H if name.startswith("W_xh_") and name[-1].isdigit() and name[-1] != "1" else I
    shapes = {"W_xh": (reads, H), "W_yh": (O, H), "W_hh": (H, H), "b_h": (H,)}
    return {"W_hy": (both * H, O), "b_y": (O,)}.get(name) or shapes[name.rpartition("_")[0]]
