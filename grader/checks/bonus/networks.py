"""What q6_2 to q6_4 ask alike: arrays with known values, gradients, updates, nothing left behind.

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
from grader.checks.bonus.affine import Affine
from grader.checks.bonus.own_gradient import GradientRun, ModelCall
from grader.checks.compare import agrees, tolerance
from grader.checks.gradient import entries, match
from grader.checks.known_model import SMALL
from grader.checks.memo import once
from grader.checks.parameters.layout import Layout
from grader.checks.parameters.rnn_bench import least_precise
from grader.checks.parameters.roles import RolesNotFound, fresh
from grader.checks.parameters.storage import Storage, leaf, oriented, squeezed, storage_of
from grader.faults import BadValue, CheckFailed, NotImplementedYet
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
            "{where} returned no outputs of shape {shape}.",
            where=where,
            shape=str((steps, batch, size)),
        ),
        say("{where} returned no outputs of the right shape.", where=where),
    )


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


def require_names(values: Mapping[str, Array], told: Mapping[str, Array]) -> None:
    """Raise where a documented name stands on an array that does not play its part.

    told: by documented name what the equations show to be at work.
    """
    limit = ROUGHLY
    for path, value in values.items():
        name = leaf(path)
        if name not in told or value.size != told[name].size:
            continue
        numbers = oriented(np.arange(value.size).reshape(value.shape), told[name].shape)
        forms = [] if numbers is None else [value.ravel()[numbers]]
        if told[name].ndim == 2 and told[name].shape[0] == told[name].shape[1]:  # noqa: PLR2004  # a matrix
            forms.append(value.T)
        if not any(agrees(form, told[name], limit) for form in forms):
            raise CheckFailed(
                say("{name} is there and plays another part: a documented name binds.", name=name)
            )


def require_follows(maps: Mapping[str, Affine], *, single: bool) -> None:
    """Raise where one of the equations does not hold; maps: by what is computed."""
    wrong = [what for what, one in maps.items() if not one.holds(single=single)]
    if wrong:
        raise CheckFailed(
            say("At random weights {what} does not follow the equations.", what=", ".join(wrong))
        )


def shapes(found: StoredNetwork, rng: np.random.Generator) -> None:
    """Outputs of the right shape that come from the inputs."""
    values, x = found.values(rng), found.kind.inputs(rng)
    first, again, other = (found.called(values, inputs).outputs() for inputs in (x, x, -1.5 * x))
    if not np.all(np.isfinite(first)):
        raise BadValue(say("{name} contains NaN or infinity.", name="outputs"))
    require_computed(first, again, other, found.kind.name)


def require_computed(first: Array, again: Array, other: Array, name: str) -> None:
    if not agrees(again, first, ROUGHLY) or agrees(other, first, ROUGHLY):
        raise CheckFailed(
            say(
                "What {name} returns does not come from its inputs: nothing is computed.",
                name=f"{name}.forward",
            )
        )


# A network's outputs by the textbook, from parameters by documented name: on its own states, or on
# those of a student's forward. Empty where a student keeps other arrays.
BookForward = Callable[[Mapping[str, Any]], Any]
Textbook = Callable[[Kind, ModelCall], Sequence[BookForward]]


def gradients(
    found: StoredNetwork, rng: np.random.Generator, *more: Any, book: Textbook, steps: int = 0
) -> GradientRun:
    """Forward, backward and central differences at a random point; `more` goes to forward too."""
    call = found.called(found.values(rng), found.kind.inputs(rng), *more, steps=steps)
    d_outputs = found.kind.d_outputs(rng, steps)
    T, B, _ = d_outputs.shape
    factors = (1.0, 1.0 / B, 1.0 / T, 1.0 / (T * B))
    return own_gradient.run(call, d_outputs, factors, partial(_books, found, call, book))


def _books(
    found: StoredNetwork, call: ModelCall, book: Textbook, _: Array, d_outputs: Array
) -> list[dict[str, Array]]:
    try:
        from grader.checks.bonus import by_book  # noqa: PLC0415  # equations in code: never at a student's
    except ImportError:
        return []
    at = documented(found, call.values)
    if at is None:
        return []
    paths = {leaf(path): path for path in call.values}
    shapes = found.layout.shapes
    return [
        {
            paths[name]: gradient.reshape(shapes[paths[name]])
            for name, gradient in by_book.derivative(forward, at, d_outputs).items()
        }
        for forward in book(found.kind, call)
    ]


def require_all(run: GradientRun, names: Sequence[str], where: str = "") -> None:
    own_gradient.require(run, names, where or "backward(d_outputs)")


def summed(run: GradientRun, found: StoredNetwork) -> None:
    if not any(run.right(name) for name in run.names):
        raise CheckFailed(say("No gradient is right yet."))
    if run.factor != 1.0:
        T, B = found.kind.steps, found.kind.batch
        what = {1.0 / B: "B", 1.0 / T: "T"}.get(run.factor, "T * B")
        raise CheckFailed(
            say(
                "The gradients are right but divided by {what}; sum over time and batch.", what=what
            )
        )


def steady(found: StoredNetwork, rng: np.random.Generator, *more: Array) -> None:
    """Nothing stays from call to call, arguments are left alone, backward is of the last forward.

    more: what forward gets besides its inputs.
    """
    values, x, other = found.values(rng), found.kind.inputs(rng), found.kind.inputs(rng, 4)
    obj, call = found.made(values), found.called(values, x, *more)
    held = obj.read()
    first = call.read(obj.forward(x, *more))
    changed = list(obj.changed_inputs)
    obj.forward(other)
    again = call.read(obj.forward(x, *more))
    opposite = found.called(values, *(-one for one in (x, *more))).outputs()
    require_computed(first, first, opposite, found.kind.name)
    if not agrees(again, first, tolerance(first)):
        raise CheckFailed(
            say("The same forward gives something else the second time: start from zero states.")
        )
    d_outputs = found.kind.d_outputs(rng, len(x))
    gave = obj.backward(d_outputs)
    _require_same_gradients(found, values, (x, *more), gave, obj, d_outputs, held)
    if changed or obj.changed_inputs:
        raise CheckFailed(
            say("forward or backward changes its arguments in place: work on copies.")
        )


def _require_same_gradients(
    found: StoredNetwork,
    values: Mapping[str, Array],
    arguments: tuple[Array, ...],
    returned: Any,
    obj: CandidateObject,
    d_outputs: Array,
    held: Mapping[str, Array],
) -> None:
    """What backward gave after several forwards is what a new object gives after one."""
    anew = found.made(values)
    anew.write({path: held[path] for path in anew.read() if path in held})  # what forward ignores
    anew.forward(*arguments)
    pairs = (
        [one.array for one in entries(what, owner, found.layout)]
        for what, owner in ((returned, obj), (anew.backward(d_outputs), anew))
    )
    later, alone = pairs
    if not alone or not any(one.any() for one in alone):
        raise CheckFailed(say("backward gives no gradients at all."))
    if len(later) != len(alone) or not all(
        agrees(one, other, ROUGHLY) for one, other in zip(later, alone, strict=True)
    ):
        raise CheckFailed(
            say(
                "After several forwards backward gives something else: it belongs to the latest one."
            )
        )


def updates(found: StoredNetwork, rng: np.random.Generator, rate: float = 0.3) -> None:
    """One step of plain gradient descent with the gradients that backward gave."""
    values = found.values(rng)
    obj, x, d_outputs = found.made(values), found.kind.inputs(rng), found.kind.d_outputs(rng)
    obj.forward(x)
    gave = entries(obj.backward(d_outputs), obj, found.layout)
    obj.update_parameters(rate)
    now = obj.read()
    moved = {path: (values[path] - now[path]) / rate for path in values if path in now}
    if not any(one.any() for one in moved.values()):
        raise CheckFailed(say("update_parameters changes no parameter."))
    expected = {path: moved.get(path, np.zeros_like(value)) for path, value in values.items()}
    matches = match(gave, found.layout, expected, (1.0,), ROUGHLY)
    wrong = [
        path
        for path, one in matches.items()
        if one is None or not agrees(one.gradient, expected[path], ROUGHLY)
    ]
    if wrong:
        raise CheckFailed(
            say("update_parameters does not subtract learning_rate times the gradient.")
        )
