"""What q6_3 asks of DeepRNN: each layer reads the states of the one below, in forward and backward."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import permutations
from typing import Any

import numpy as np

from grader.checks.bonus import network_checks, networks
from grader.checks.bonus.affine import Affine, fit, later_recurrence, recurrence
from grader.checks.bonus.networks import Kind, StoredNetwork
from grader.checks.bonus.own_gradient import GradientRun, ModelCall
from grader.checks.memo import once
from grader.faults import CheckFailed
from grader.language import say
from grader.protocol import Array, CandidateClass

NAME = "DeepRNN"
LAYERS = 3  # its place among the sizes


def _outputs(size: int, returned: Any, steps: int, batch: int) -> Array:
    return networks.outputs_first(returned, steps, batch, size, f"{NAME}.forward")


def kind(I: int, H: int, O: int, layers: int, steps: int = 6, batch: int = 7) -> Kind:  # noqa: E741  # sizes as in the equations
    return Kind(NAME, (I, H, O, layers), steps, batch, partial(_outputs, O))


PUBLIC, HIDDEN = kind(3, 4, 2, 2), kind(2, 4, 2, 3, 7, 8)


def states(found: StoredNetwork, returned: Any, x: Array) -> tuple[Array, bool]:
    """The states of all layers (K, T, B, H), the lowest first, and whether they came like that."""
    H, K = found.kind.sizes[1], found.kind.sizes[LAYERS]
    wanted = (K, *x.shape[:2], H)
    hidden = _hidden(returned, wanted)
    if hidden is None and K > 1:  # a layer too few is charged where layers are counted
        hidden = _hidden(returned, (K - 1, *wanted[1:]))
    if hidden is None:
        raise _too_few(found)
    array, documented = hidden
    reads_inputs = [later_recurrence(layer, x).roughly_holds() for layer in (array[0], array[-1])]
    if reads_inputs == [False, True]:
        return array[::-1], False
    return array, documented


def _too_few(found: StoredNetwork) -> CheckFailed:
    H, K = found.kind.sizes[1], found.kind.sizes[LAYERS]
    return CheckFailed(
        say(
            "DeepRNN.forward returns no hidden states of all layers, of shape {shape}.",
            shape=str((K, found.kind.steps, found.kind.batch, H)),
        ),
        say("DeepRNN.forward returns no hidden states of all layers."),
    )


def _hidden(returned: Any, wanted: tuple[int, ...]) -> tuple[Array, bool] | None:
    """The states in the documented order of axes, and whether they needed no turning."""
    parts = list(returned)[1:] if isinstance(returned, tuple | list) else []
    layers = [one for part in parts if (one := networks.stacked(part)) is not None]
    if len(layers) == wanted[0] and all(one.shape == wanted[1:] for one in layers):
        return np.stack(layers), True
    for array in layers:
        if array.shape == wanted:
            return array, True
        for axes in permutations(range(len(wanted))):
            if array.ndim == len(wanted) and array.transpose(axes).shape == wanted:
                return array.transpose(axes), False
        if array.shape == (*wanted[1:3], wanted[0] * wanted[3]):
            return np.stack(np.split(array, wanted[0], axis=-1)), False
    return None


def equation_maps(
    found: StoredNetwork, rng: np.random.Generator
) -> tuple[dict[str, Affine], bool, bool, dict[str, Array]]:
    """The equations at random weights, whether in float32, whether documented, the weights."""
    values, x = found.values(rng), found.kind.inputs(rng)

    def sequences(at: Mapping[str, Array]) -> list[tuple[Array, Array]]:
        hidden, _ = states(found, found.made(at).forward(x), x)
        return list(zip(hidden, [x, *hidden[:-1]], strict=True))

    values = network_checks.without_starts(found, values, sequences)
    call = found.called(values, x)
    returned = call.obj.forward(x)
    outputs = call.read(returned)
    hidden, documented = states(found, returned, x)
    maps = {
        f"h{number}_t": recurrence(layer, below)
        for number, (layer, below) in enumerate(zip(hidden, [x, *hidden], strict=False), start=1)
    }
    maps["y_t"] = fit(outputs, [hidden[-1]])
    return maps, networks.is_single(found, outputs), documented, values


def shapes(DeepRNN: CandidateClass, rng: np.random.Generator) -> None:
    network_checks.shapes(networks.network(DeepRNN, PUBLIC), rng)


def hidden_states(DeepRNN: CandidateClass, rng: np.random.Generator) -> None:
    """(num_layers, T, B, H), the lowest layer first."""
    found = networks.network(DeepRNN, PUBLIC)
    maps, single, documented, _ = equation_maps(found, rng)
    if len(maps) <= found.kind.sizes[LAYERS]:
        raise _too_few(found)
    if not documented:
        raise CheckFailed(
            say("hidden_states must be (num_layers, T, B, H), the lowest layer first.")
        )
    if not any(one.holds(single=single) for what, one in maps.items() if what != "y_t"):
        raise CheckFailed(say("hidden_states holds no layer's states, step for step."))


def one_layer(DeepRNN: CandidateClass, rng: np.random.Generator) -> None:
    """With a single layer it is a SimpleRNN."""
    maps, single, _, _ = equation_maps(networks.network(DeepRNN, kind(3, 4, 2, 1)), rng)
    network_checks.require_follows(maps, single=single)


def equations(DeepRNN: CandidateClass, rng: np.random.Generator, *what: str) -> None:
    """Some of the equations at random weights, of three layers: "h1_t" to "h3_t", "y_t"."""
    found = networks.network(DeepRNN, HIDDEN)
    maps, single, _, values = equation_maps(found, rng)
    if not set(what) <= set(maps):
        raise _too_few(found)
    network_checks.require_follows({one: maps[one] for one in what}, single=single)
    first, *others = (maps[one] for one in what)
    if any(first.is_like(other) for other in others):
        raise CheckFailed(say("Two layers have the same weights: each has parameters of its own."))
    for one in what:
        network_checks.require_names(values, _told(maps[one], one))
    biases = ["b_y" if one == "y_t" else f"b_h_{one[1]}" for one in what]
    network_checks.require_effect(found.called(values, found.kind.inputs(rng)), biases)


def _told(found: Affine, what: str) -> dict[str, Array]:
    if not found.told:
        return {}
    if what == "y_t":
        return {"W_hy": found.matrices[0]}
    layer = what[1]
    return {f"W_xh_{layer}": found.matrices[0], f"W_hh_{layer}": found.matrices[1]}


def _public_run(DeepRNN: CandidateClass) -> GradientRun:
    return network_checks.public_gradients(DeepRNN, PUBLIC, _by_book)


def _by_book(kind: Kind, call: ModelCall) -> list[network_checks.BookForward]:
    """On the textbook's states, and on those that the student's forward shows."""
    from grader.checks.bonus import by_book  # noqa: PLC0415  # equations in code: never at a student's

    (x,) = call.arguments
    H, K = kind.sizes[1], kind.sizes[LAYERS]
    shown = _hidden(call.anew().forward(x), (K, *x.shape[:2], H))
    owns = (None,) if shown is None else (None, shown[0])
    return [partial(by_book.deep, x=x, own=own) for own in owns]


def output_gradients(DeepRNN: CandidateClass) -> None:
    """The gradients of the arrays that no hidden state depends on."""
    _require(DeepRNN, PUBLIC, _public_run(DeepRNN), None)


def summed(DeepRNN: CandidateClass) -> None:
    network_checks.summed(_public_run(DeepRNN), networks.network(DeepRNN, PUBLIC))


def layer_gradients(DeepRNN: CandidateClass, rng: np.random.Generator, layer: int) -> None:
    """The gradients of one of three layers, 0 being the lowest."""
    run = network_checks.hidden_gradients(DeepRNN, HIDDEN, rng, _by_book)
    _require(DeepRNN, HIDDEN, run, layer)


def _require(DeepRNN: CandidateClass, kind: Kind, run: GradientRun, layer: int | None) -> None:
    found = networks.network(DeepRNN, kind)
    names = [path for path, lowest in _lowest(DeepRNN, kind).items() if lowest == layer]
    network_checks.require_all(
        run, names or list(found.layout.shapes), kind.call if kind is PUBLIC else ""
    )


def _lowest(DeepRNN: CandidateClass, kind: Kind) -> dict[str, int | None]:
    """By array the lowest layer whose states move with it; None where none does."""
    found = networks.network(DeepRNN, kind)

    def look() -> dict[str, int | None]:
        rng = np.random.default_rng(5)
        values, x = found.values(rng), found.kind.inputs(rng)
        lowest: dict[str, int | None] = {}
        try:
            first, _ = states(found, found.made(values).forward(x), x)
        except CheckFailed:  # charged where they are asked for; all gradients are judged together
            return lowest
        for path, value in values.items():
            nudged = {**values, path: value + rng.uniform(0.1, 0.3, value.shape)}
            seen, _ = states(found, found.made(nudged).forward(x), x)
            moved = np.flatnonzero(np.abs(seen - first).max(axis=(1, 2, 3)) > networks.MOVED)
            lowest[path] = int(moved[0]) if moved.size else None
        return lowest

    return once(DeepRNN, ("lowest", kind.sizes), look)


def steady(DeepRNN: CandidateClass, rng: np.random.Generator) -> None:
    network_checks.steady(networks.network(DeepRNN, HIDDEN), rng)


def updates(DeepRNN: CandidateClass, rng: np.random.Generator) -> None:
    network_checks.updates(networks.network(DeepRNN, HIDDEN), rng)


def sizes_of_one(DeepRNN: CandidateClass, rng: np.random.Generator) -> None:
    """One input, one unit, one output, one step and one sequence."""
    shapes(DeepRNN, rng)
    usual, single, *_ = equation_maps(networks.network(DeepRNN, HIDDEN), rng)
    layers = networks.network(DeepRNN, HIDDEN).kind.sizes[LAYERS]
    if len(usual) <= layers or not all(one.holds(single=single) for one in usual.values()):
        return  # charged where all sizes are usual
    for sizes in ((1, 4, 2, 2), (2, 1, 2, 2), (2, 4, 1, 2)):
        maps, single, _, _ = equation_maps(networks.network(DeepRNN, kind(*sizes, 7, 8)), rng)
        network_checks.require_follows(maps, single=single)
    found = networks.network(DeepRNN, HIDDEN)
    found.called(found.values(rng), found.kind.inputs(rng, 1, 1)).outputs()
