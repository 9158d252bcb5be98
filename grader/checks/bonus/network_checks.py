"""What q6_2 to q6_4 ask alike: equations, gradients, updates, nothing left behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from grader.checks.bonus import own_gradient
from grader.checks.bonus.affine import Affine, later_recurrence, recurrence
from grader.checks.bonus.networks import (
    MOVED,
    ROUGHLY,
    Kind,
    StoredNetwork,
    documented,
    documented_names,
    is_single,
    network,
    stacked,
)
from grader.checks.bonus.own_gradient import GradientRun, ModelCall
from grader.checks.compare import agrees, tolerance
from grader.checks.gradient import Entry, entries, match
from grader.checks.memo import once
from grader.checks.parameters.storage import leaf, oriented
from grader.faults import BadValue, CheckFailed
from grader.language import say
from grader.protocol import Array, CandidateClass, CandidateObject


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


def require_effect(call: ModelCall, names: Sequence[str]) -> None:
    """Raise where nothing that forward returns depends on a documented array of these names."""
    paths = {leaf(path): path for path in call.values if leaf(path) in names}
    if not paths:
        return
    first = _returned(call.obj.forward(*call.arguments))
    for name, path in paths.items():
        call.obj.write({**call.values, path: call.values[path] + 0.25})
        if np.array_equal(_returned(call.obj.forward(*call.arguments)), first):
            raise CheckFailed(
                say("{name} has no effect: forward does not use it, or uses another.", name=name)
            )
    call.obj.write(call.values)


def _returned(returned: Any) -> Array:
    """All that forward gave, as one vector."""
    parts = list(returned) if isinstance(returned, tuple | list) else [returned]
    arrays = [one for part in parts if (one := stacked(part)) is not None]
    return np.concatenate([np.zeros(0), *(np.ravel(one) for one in arrays)])


Sequences = Callable[[Mapping[str, Array]], Sequence[tuple[Array, Array]]]


def without_starts(
    found: StoredNetwork, values: dict[str, Array], sequences: Sequences
) -> dict[str, Array]:
    """The values with learned first states at zero, where the equations have theirs.

    Nothing is run where all arrays are documented ones.
    sequences: from values the states (T, B, H) of every recurrence, and what it reads. An array of
    a student's own is a first state where it moves the first states and no later step's equation.
    """
    own = [path for path in values if leaf(path) not in documented_names(found.kind)]
    if not own:
        return values
    first = sequences(values)
    single = is_single(found, *(states for states, _ in first))
    if all(recurrence(*one).holds(single=single) for one in first):
        return values
    limit = ROUGHLY if single else MOVED
    starts = [path for path in own if _is_start(values, path, first, sequences, limit)]
    return values | {path: np.zeros_like(values[path]) for path in starts}


def _is_start(
    values: dict[str, Array],
    path: str,
    first: Sequence[tuple[Array, Array]],
    sequences: Sequences,
    limit: float,
) -> bool:
    """limit: below it a state has not moved. Of one unit the recurrent weight may be next to zero."""
    try:
        moved = sequences({**values, path: values[path] + 0.25})
    except CheckFailed:
        return False
    pairs = list(zip(first, moved, strict=True))
    maps = [tuple(later_recurrence(*one) for one in pair) for pair in pairs]
    unmoved = all(a.is_like(b) and agrees(a.bias, b.bias, ROUGHLY) for a, b in maps)
    return unmoved and any(not agrees(b[0][0], a[0][0], limit) for a, b in pairs)


def require_follows(maps: Mapping[str, Affine], *, single: bool) -> None:
    """Raise where one of the equations does not hold; maps: by what is computed."""
    wrong = [what for what, one in maps.items() if not one.holds(single=single)]
    if wrong:
        raise CheckFailed(
            say("At random weights {what} does not follow the equations.", what=tuple(wrong))
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
    from grader.checks.bonus import by_book  # noqa: PLC0415  # equations in code: never at a student's

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


def hidden_gradients(
    cls: CandidateClass, kind: Kind, rng: np.random.Generator, book: Textbook
) -> GradientRun:
    """The gradients at a random point, drawn by the first hidden case that asks, once for all cases."""
    found = network(cls, kind)
    return once(cls, "hidden gradients", lambda: gradients(found, rng, book=book))


def public_gradients(cls: CandidateClass, kind: Kind, book: Textbook) -> GradientRun:
    """The gradients at the public point, once for all cases."""
    found = network(cls, kind)
    return once(
        cls, "public gradients", lambda: gradients(found, np.random.default_rng(20), book=book)
    )


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


def steady(
    found: StoredNetwork, rng: np.random.Generator, *more: Array, computed: bool = True
) -> None:
    """Nothing stays from call to call, arguments are left alone, backward is of the last forward.

    more: what forward gets besides its inputs; computed: whether outputs must come from all of it.
    """
    values, x, other = found.values(rng), found.kind.inputs(rng), found.kind.inputs(rng, 4)
    obj, call = found.made(values), found.called(values, x, *more)
    held = obj.read()
    first = call.read(obj.forward(x, *more))
    changed = list(obj.changed_inputs)
    obj.forward(other)
    again = call.read(obj.forward(x, *more))
    if computed:
        opposite = found.called(values, *(-one for one in (x, *more))).outputs()
        require_computed(first, first, opposite, found.kind.name)
    if not agrees(again, first, tolerance(first)):
        raise CheckFailed(
            say("The same forward gives something else the second time: start from zero states.")
        )
    d_outputs = found.kind.d_outputs(rng, len(x))
    obj.backward(d_outputs)
    changed += obj.changed_inputs
    obj.forward(x, *more)
    gave = obj.backward(d_outputs)  # the second: neither adds to the first
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
                "After several forwards and backwards backward gives something else: it belongs to the "
                "latest forward alone."
            )
        )


def one_update(
    found: StoredNetwork, rng: np.random.Generator, rate: float
) -> tuple[dict[str, Array], list[Entry], dict[str, Array]]:
    """Random values, the gradients that backward gave there, and by how much over the rate each went down."""
    values = found.values(rng)
    obj, x, d_outputs = found.made(values), found.kind.inputs(rng), found.kind.d_outputs(rng)
    obj.forward(x)
    gave = entries(obj.backward(d_outputs), obj, found.layout)
    obj.update_parameters(rate)
    now = obj.read()
    moved = {path: (values[path] - now[path]) / rate for path in values if path in now}
    return values, gave, moved


def updates(found: StoredNetwork, rng: np.random.Generator, rate: float = 0.3) -> None:
    """One step of plain gradient descent with the gradients that backward gave."""
    values, gave, moved = one_update(found, rng, rate)
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
