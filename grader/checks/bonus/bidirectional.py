"""What q6_2 asks of BidirectionalRNN: two recurrences in opposite directions, and their gradients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np

from grader.checks.bonus import network_checks, networks
from grader.checks.bonus.affine import Affine, fit, later_recurrence, recurrence
from grader.checks.bonus.networks import Kind, StoredNetwork
from grader.checks.bonus.own_gradient import GradientRun, ModelCall
from grader.checks.compare import agrees
from grader.checks.memo import once
from grader.faults import CheckFailed
from grader.language import say
from grader.protocol import Array, CandidateClass

NAME = "BidirectionalRNN"
ROUGHLY = 1e-6
BIASES = {"f_t": ("b_h_forward",), "g_t": ("b_h_backward",), "y_t": ("b_y",)}


def _outputs(size: int, returned: Any, steps: int, batch: int) -> Array:
    return networks.outputs_first(returned, steps, batch, size, f"{NAME}.forward")


def kind(I: int, H: int, O: int, steps: int = 6, batch: int = 7) -> Kind:  # noqa: E741  # sizes as in the equations
    return Kind(NAME, (I, H, O), steps, batch, partial(_outputs, O))


PUBLIC, HIDDEN = kind(3, 4, 2), kind(2, 5, 3, 7, 8)


@dataclass(frozen=True)
class BothWays:
    """The states of both directions (T, B, H), however they came back."""

    ahead: Array
    back: Array
    documented: bool  # (T, B, 2H), the forward direction first


def states(found: StoredNetwork, values: Mapping[str, Array], x: Array) -> BothWays:
    """Both directions' states. Raises CheckFailed where none can be made out."""
    H = found.kind.sizes[1]
    returned = found.made(values).forward(x)
    hidden = _hidden(returned, (*x.shape[:2], 2 * H))
    if hidden is not None:
        first, second = hidden[..., :H], hidden[..., H:]
        runs_ahead = [later_recurrence(one, x).roughly_holds() for one in (first, second)]
        swapped = runs_ahead == [False, True]
        return BothWays(second, first, False) if swapped else BothWays(first, second, True)  # noqa: FBT003  # a record
    return _taken_apart(found, values, x)


def _hidden(returned: Any, shape: tuple[int, ...]) -> Array | None:
    parts = list(returned) if isinstance(returned, tuple | list) else []
    arrays = [networks.stacked(part) for part in parts[1:]]
    fitting = [one for one in arrays if one is not None and one.shape == shape]
    pairs = [one for one in arrays if one is not None and one.shape == (*shape[:2], shape[2] // 2)]
    if fitting:
        return fitting[0]
    return np.concatenate(pairs, axis=-1) if len(pairs) == 2 else None  # noqa: PLR2004  # both directions


def _taken_apart(found: StoredNetwork, values: Mapping[str, Array], x: Array) -> BothWays:
    """Summed states: one direction's arrays at zero leave the other's alone."""
    shape = (*x.shape[:2], found.kind.sizes[1])
    whole = _hidden_of(found, values, x, shape)
    if whole is None:
        raise CheckFailed(
            say("BidirectionalRNN.forward returns no hidden states of both directions.")
        )
    ahead, back = once(
        found.cls, ("halves", found.kind.sizes), lambda: _halves(found, values, x, whole)
    )
    one, other = (_without(found, values, paths, x, shape) for paths in (back, ahead))
    if not agrees(one + other, whole, ROUGHLY):
        raise _neither()
    return BothWays(one, other, True)  # noqa: FBT003  # a record


def _neither() -> CheckFailed:
    return CheckFailed(
        say("The hidden states are neither both directions' side by side nor their sum.")
    )


def _halves(
    found: StoredNetwork, values: Mapping[str, Array], x: Array, whole: Array
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The arrays of the forward direction, and those of the other."""
    shape = whole.shape
    paths = [
        path
        for path in values
        if not agrees(_without(found, values, (path,), x, shape), whole, ROUGHLY)
    ]
    for count in range(1, len(paths)):
        for some in combinations(paths, count):
            others = tuple(path for path in paths if path not in some)
            one = _without(found, values, others, x, shape)
            if later_recurrence(one, x).rest > ROUGHLY:
                continue
            other = _without(found, values, some, x, shape)
            if agrees(one + other, whole, ROUGHLY):
                return some, others
    raise _neither()


def _hidden_of(
    found: StoredNetwork, values: Mapping[str, Array], x: Array, shape: tuple[int, ...]
) -> Array | None:
    returned = found.made(values).forward(x)
    parts = list(returned)[1:] if isinstance(returned, tuple | list) else []
    arrays = [networks.stacked(part) for part in parts]
    return next((one for one in arrays if one is not None and one.shape == shape), None)


def _without(
    found: StoredNetwork,
    values: Mapping[str, Array],
    paths: tuple[str, ...],
    x: Array,
    shape: tuple[int, ...],
) -> Array:
    """The states with these arrays at zero."""
    zeroed = {path: value * (path not in paths) for path, value in values.items()}
    hidden = _hidden_of(found, zeroed, x, shape)
    return np.full(shape, np.nan) if hidden is None else hidden


def equation_maps(
    found: StoredNetwork, rng: np.random.Generator
) -> tuple[dict[str, Affine], bool, bool, dict[str, Array]]:
    """The three equations at random weights, whether in float32, whether documented, the weights."""
    values, x = found.values(rng), found.kind.inputs(rng)

    def sequences(at: Mapping[str, Array]) -> list[tuple[Array, Array]]:
        seen = states(found, at, x)
        return [(seen.ahead, x), (seen.back[::-1], x[::-1])]

    values = network_checks.without_starts(found, values, sequences)
    seen = states(found, values, x)
    outputs = found.called(values, x).outputs()
    maps = {
        "f_t": recurrence(seen.ahead, x),
        "g_t": recurrence(seen.back[::-1], x[::-1]),
        "y_t": fit(outputs, [seen.ahead, seen.back]),
    }
    return maps, networks.is_single(found, outputs), seen.documented, values


def shapes(BidirectionalRNN: CandidateClass, rng: np.random.Generator) -> None:
    network_checks.shapes(networks.network(BidirectionalRNN, PUBLIC), rng)


def hidden_states(BidirectionalRNN: CandidateClass, rng: np.random.Generator) -> None:
    """(T, B, 2H), the forward direction first, both of the same step; or the sum of both."""
    found = networks.network(BidirectionalRNN, PUBLIC)
    maps, single, documented, _ = equation_maps(found, rng)
    if not documented:
        raise CheckFailed(
            say("The first H columns of hidden_states must be the forward direction.")
        )
    if not (maps["f_t"].holds(single=single) or maps["g_t"].holds(single=single)):
        raise CheckFailed(say("hidden_states holds neither direction's states, step for step."))


def both_ways(BidirectionalRNN: CandidateClass, rng: np.random.Generator) -> None:
    """Outputs before and after a changed input move: both directions read it."""
    found = networks.network(BidirectionalRNN, PUBLIC)
    values, x = found.values(rng), found.kind.inputs(rng)
    changed = x.copy()
    changed[3] += 1.0
    before, after = (found.called(values, inputs).outputs() for inputs in (x, changed))
    moved = np.abs(after - before).max(axis=(1, 2)) > networks.MOVED
    if not moved[:3].any():
        raise CheckFailed(say("Outputs do not depend on later inputs: nothing reads backwards."))
    if not moved[4:].any():
        raise CheckFailed(say("Outputs do not depend on earlier inputs: nothing reads forwards."))
    if not moved.all():
        raise CheckFailed(
            say("Some outputs do not depend on an input in the middle of the sequence.")
        )


def equations(BidirectionalRNN: CandidateClass, rng: np.random.Generator, what: str) -> None:
    """One of the equations at random weights: "f_t", "g_t" or "y_t"."""
    found = networks.network(BidirectionalRNN, HIDDEN)
    maps, single, documented, values = equation_maps(found, rng)
    network_checks.require_follows({what: maps[what]}, single=single)
    if what == "g_t" and maps["f_t"].is_like(maps["g_t"]):
        raise CheckFailed(
            say("Both directions have the same weights: each has parameters of its own.")
        )
    if documented:
        network_checks.require_names(values, _told(maps, what))
    call = found.called(values, found.kind.inputs(rng))
    network_checks.require_effect(call, BIASES[what])


def _told(maps: Mapping[str, Affine], what: str) -> dict[str, Array]:
    one = maps[what]
    if not one.told:
        return {}
    if what == "y_t":
        return {"W_hy": np.vstack(one.matrices)}
    way = "forward" if what == "f_t" else "backward"
    return {f"W_xh_{way}": one.matrices[0], f"W_hh_{way}": one.matrices[1]}


def _public_run(BidirectionalRNN: CandidateClass) -> GradientRun:
    return network_checks.public_gradients(BidirectionalRNN, PUBLIC, _by_book)


def _by_book(kind: Kind, call: ModelCall) -> list[network_checks.BookForward]:
    """On the textbook's states, and on those that the student's forward shows."""
    from grader.checks.bonus import by_book  # noqa: PLC0415  # equations in code: never at a student's

    (x,) = call.arguments
    H = kind.sizes[1]
    shown = _hidden(call.anew().forward(x), (*x.shape[:2], 2 * H))
    owns = (None,) if shown is None else (None, shown)
    return [partial(by_book.bidirectional, x=x, own=own) for own in owns]


def output_gradients(BidirectionalRNN: CandidateClass) -> None:
    """The gradients of the arrays that no hidden state depends on."""
    found = networks.network(BidirectionalRNN, PUBLIC)
    names = [path for path, ways in _ways(BidirectionalRNN, PUBLIC).items() if not ways]
    network_checks.require_all(
        _public_run(BidirectionalRNN), names or list(found.layout.shapes), found.kind.call
    )


def summed(BidirectionalRNN: CandidateClass) -> None:
    network_checks.summed(_public_run(BidirectionalRNN), networks.network(BidirectionalRNN, PUBLIC))


def way_gradients(BidirectionalRNN: CandidateClass, rng: np.random.Generator, way: str) -> None:
    """The gradients of the arrays of one direction, "ahead" or "back"."""
    found = networks.network(BidirectionalRNN, HIDDEN)
    run = network_checks.hidden_gradients(BidirectionalRNN, HIDDEN, rng, _by_book)
    ways = _ways(BidirectionalRNN, HIDDEN)
    names = [path for path, moved in ways.items() if way in moved]
    network_checks.require_all(run, names or list(found.layout.shapes))


def _ways(BidirectionalRNN: CandidateClass, kind: Kind) -> dict[str, frozenset[str]]:
    """By array the directions whose states move with it."""
    found = networks.network(BidirectionalRNN, kind)

    def look() -> dict[str, frozenset[str]]:
        rng = np.random.default_rng(5)
        values, x = found.values(rng), found.kind.inputs(rng)
        try:
            first = states(found, values, x)
        except CheckFailed:  # charged where they are asked for; all gradients are judged together
            return {}
        moved = {}
        for path, value in values.items():
            seen = states(found, {**values, path: value + rng.uniform(0.1, 0.3, value.shape)}, x)
            pairs = {"ahead": (first.ahead, seen.ahead), "back": (first.back, seen.back)}
            moved[path] = frozenset(
                way for way, (a, b) in pairs.items() if np.abs(a - b).max() > networks.MOVED
            )
        return moved

    return once(BidirectionalRNN, ("ways", kind.sizes), look)


def steady(BidirectionalRNN: CandidateClass, rng: np.random.Generator) -> None:
    network_checks.steady(networks.network(BidirectionalRNN, HIDDEN), rng)


def updates(BidirectionalRNN: CandidateClass, rng: np.random.Generator) -> None:
    network_checks.updates(networks.network(BidirectionalRNN, HIDDEN), rng)


def sizes_of_one(BidirectionalRNN: CandidateClass, rng: np.random.Generator) -> None:
    """One step, one input, one unit, one output; right in both directions there as well."""
    shapes(BidirectionalRNN, rng)
    usual, single, *_ = equation_maps(networks.network(BidirectionalRNN, HIDDEN), rng)
    if not all(one.holds(single=single) for one in usual.values()):
        return  # charged where all sizes are usual
    for sizes in ((1, 5, 3), (2, 1, 3), (2, 5, 1)):
        found = networks.network(BidirectionalRNN, kind(*sizes, 7, 8))
        maps, single, _, _ = equation_maps(found, rng)
        network_checks.require_follows(maps, single=single)
    found = networks.network(BidirectionalRNN, HIDDEN)
    found.called(found.values(rng), found.kind.inputs(rng, 1, 1)).outputs()
