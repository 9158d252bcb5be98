"""What q6_4 asks of Seq2Seq: an encoder, a decoder with and without teacher forcing, one gradient.

It returns outputs only. Under teacher forcing they are linear in the output layer's weights, so that
the answer to a nudge of one weight is the decoder's state; from these the state with which the
decoder began, which is the encoder's last; and over ever longer inputs all of the encoder's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from grader.checks.bonus import network_checks, networks
from grader.checks.bonus.affine import INSIDE, Affine, fit, recurrence
from grader.checks.bonus.networks import Kind, StoredNetwork
from grader.checks.bonus.own_gradient import GradientRun, ModelCall
from grader.checks.compare import What, agrees, same, tolerance
from grader.checks.memo import once
from grader.checks.parameters.rnn_bench import PER_MESSAGE
from grader.faults import CheckFailed
from grader.language import say
from grader.protocol import Array, Call, CandidateClass, Step, Write

NAME = "Seq2Seq"
NUDGE = 0.5
ALIKE = 1e-6


def _outputs(size: int, returned: Any, steps: int, batch: int) -> Array:
    return networks.outputs_first(returned, steps, batch, size, f"{NAME}.forward")


def kind(I: int, H: int, O: int, steps: int = 5, batch: int = 7) -> Kind:  # noqa: E741  # sizes as in the equations
    return Kind(NAME, (I, H, O), steps, batch, partial(_outputs, O))


PUBLIC, HIDDEN = kind(3, 4, 2), kind(2, 5, 3, 4, 12)
LONGER = 6  # S, where it is not T
# By how many steps too early (too late) a decoder may be fed; not at all, or by one, comes first.
OFFSETS = (0, 1, 2, -1)
SAME_STEP = 1
OWN_OUTPUTS = 99


def _targets(
    found: StoredNetwork, rng: np.random.Generator, steps: int = LONGER, batch: int = 0
) -> Array:
    return rng.normal(size=(steps, batch or found.kind.batch, found.kind.sizes[2]))


def shapes(Seq2Seq: CandidateClass, rng: np.random.Generator) -> None:
    """Teacher forcing as long as the targets, free running as long as asked for, else as the inputs."""
    found = networks.network(Seq2Seq, PUBLIC)
    values, x, targets = found.values(rng), found.kind.inputs(rng), _targets(found, rng)
    _require_outputs(found, values, x, targets)
    found.called(values, x, targets, 3, steps=LONGER).outputs()  # `length` is ignored


def _require_outputs(
    found: StoredNetwork, values: dict[str, Array], x: Array, targets: Array
) -> None:
    """Computed ones, in the three ways of calling forward."""
    found.called(values, x).outputs()
    first, again, other = (
        found.called(values, sign * x, sign * targets, steps=LONGER).outputs()
        for sign in (1.0, 1.0, -1.5)
    )
    network_checks.require_computed(first, again, other, NAME)
    found.called(values, x, None, 3, steps=3).outputs()


def free_is_forced(Seq2Seq: CandidateClass, rng: np.random.Generator) -> None:
    """With its own outputs for targets, teacher forcing returns what free running did."""
    found = networks.network(Seq2Seq, PUBLIC)
    values, x = found.values(rng), found.kind.inputs(rng)
    free = found.called(values, x, None, LONGER, steps=LONGER).outputs()
    forced = found.called(values, x, free, steps=LONGER).outputs()
    _require_told_apart(found, values, x, free, rng)
    same(forced, free, What("outputs", found.kind.call), limit=tolerance(free))


def _require_told_apart(
    found: StoredNetwork, values: dict[str, Array], x: Array, free: Array, rng: np.random.Generator
) -> None:
    """Targets that are not its own outputs must make a difference."""
    other = found.called(values, x, free + _targets(found, rng), steps=len(free)).outputs()
    if agrees(other, free, ALIKE):
        raise CheckFailed(say("Teacher forcing does not look at the targets."))


def one_step_late(Seq2Seq: CandidateClass, rng: np.random.Generator) -> None:
    """Output t depends on the targets before t, and on no others."""
    found = networks.network(Seq2Seq, PUBLIC)
    values, x, targets = found.values(rng), found.kind.inputs(rng), _targets(found, rng)
    changed = targets.copy()
    changed[2] += 1.0
    first, second = (
        found.called(values, x, each, steps=LONGER).outputs() for each in (targets, changed)
    )
    moved = np.abs(second - first).max(axis=(1, 2)) > networks.MOVED
    if moved[:3].any():
        raise CheckFailed(
            say(
                "An output depends on the target of its own step or a later one: it must be one step late."
            )
        )
    if not moved[3:].all():
        raise CheckFailed(say("Later outputs do not depend on an earlier target."))


def reads_inputs(Seq2Seq: CandidateClass, rng: np.random.Generator) -> None:
    """Every output depends on every step of the inputs, by way of the encoder's last state."""
    found = networks.network(Seq2Seq, PUBLIC)
    values, x = found.values(rng), found.kind.inputs(rng)
    first = found.called(values, x).outputs()
    for step in range(len(x)):
        changed = x.copy()
        changed[step] += 1.0
        moved = np.abs(found.called(values, changed).outputs() - first).max(axis=(1, 2))
        if not np.all(moved > networks.MOVED):
            raise CheckFailed(
                say("Outputs do not depend on step {step} of the inputs.", step=step + 1),
                say("Outputs do not depend on all steps of the inputs."),
            )


@dataclass(frozen=True)
class Inside:
    """What goes on in a Seq2Seq: the decoder's first state and its states, all (.., B, H)."""

    begin: Array
    states: Array
    decoder: Affine
    outputs: Affine
    offset: int  # by how many steps too early the decoder is fed with targets, or OWN_OUTPUTS


def inside(found: StoredNetwork, values: dict[str, Array], x: Array, targets: Array) -> Inside:
    """Read off one call under teacher forcing. Raises CheckFailed where nothing can be."""
    states = _decoder_states(found, values, x, targets)
    seen = found.called(values, x, targets, steps=len(targets)).outputs()
    # What the decoder may have been fed: targets one step late, or, charged where it is asked for,
    # of the same step, or its own outputs.
    at = np.arange(len(targets) - 1)
    courses = (
        *(targets[np.clip(at + offset, 0, len(at))] for offset in OFFSETS),
        seen[:-1].astype(np.float64),
    )
    fits = [recurrence(states[1:], fed, first=states[0]) for fed in courses]
    later = min(fits, key=lambda one: one.rest)
    begun = np.arctanh(np.clip(states[0], -INSIDE, INSIDE))
    # A decoder without tanh is charged where it is asked for, and its first state told all the same.
    linear = min((fit(states[1:], [fed, states[:-1]]) for fed in courses), key=lambda one: one.rest)
    known = later
    if linear.roughly_holds() and not later.roughly_holds():
        known, begun = linear, states[0]
    if len(known.matrices) != 2:  # noqa: PLR2004  # of the target and of the state before
        raise CheckFailed(say("Seq2Seq returns NaN or infinity."))
    before = begun - known.bias
    if later is fits[SAME_STEP]:
        before = before - targets[0] @ later.matrices[0]
    begin = np.linalg.lstsq(known.matrices[1].T, before.T, rcond=None)[0].T
    fed = [*OFFSETS, OWN_OUTPUTS][[one is later for one in fits].index(True)]
    return Inside(begin, states, later, fit(seen, [states]), fed)


def _decoder_states(
    found: StoredNetwork, values: dict[str, Array], x: Array, targets: Array
) -> Array:
    """(S, B, H): how the outputs answer to a nudge of each weight in the output layer."""
    S, H = len(targets), found.kind.sizes[1]
    columns: list[Array] = []
    for answer in _answers(found, values, x, targets):
        by_output = np.abs(answer).max(axis=(0, 1)) > ALIKE
        if by_output.sum() != 1:
            continue
        column = answer[..., int(by_output.argmax())] / NUDGE
        known = any(np.abs(column - other).max() < ALIKE for other in columns)
        if np.ptp(column) > ALIKE and not known:
            columns.append(column)
    if len(columns) != H:
        if not _reads_targets(found, values, x, targets):
            raise CheckFailed(say("Teacher forcing does not look at the targets."))
        raise CheckFailed(say("The outputs are no affine map of {count} decoder states.", count=H))
    return np.stack(columns, axis=-1).reshape(S, -1, H)


def _reads_targets(
    found: StoredNetwork, values: dict[str, Array], x: Array, targets: Array
) -> bool:
    first, other = (
        found.called(values, x, each, steps=len(targets)).outputs() for each in (targets, -targets)
    )
    return not agrees(other, first, ALIKE)


def _answers(
    found: StoredNetwork, values: dict[str, Array], x: Array, targets: Array
) -> list[Array]:
    """How the outputs move as each scalar is nudged, where they move in proportion."""
    obj, S = found.made(values), len(targets)
    places = [(path, at) for path, value in values.items() for at in np.ndindex(*value.shape)]

    def nudged(path: str, at: tuple[int, ...], by: float) -> dict[str, Array]:
        value = np.array(values[path], float)
        value[at] += by
        return {**values, path: value}

    writes = [values, *(nudged(*place, by) for place in places for by in (NUDGE, 2.0 * NUDGE))]
    seen: list[Array] = []
    for start in range(0, len(writes), PER_MESSAGE):
        steps: list[Step] = []
        for write in writes[start : start + PER_MESSAGE]:
            steps += [Write(write), Call("forward", (x, targets))]
        returned = obj.replay(steps)[1::2]
        seen += [found.kind.read(one, S, x.shape[1]) for one in returned]
    first = seen[0]
    pairs = zip(seen[1::2], seen[2::2], strict=True)
    return [
        once_ - first
        for once_, twice in pairs
        if agrees(twice - first, 2.0 * (once_ - first), ALIKE)
    ]


def encoder_states(
    found: StoredNetwork, values: dict[str, Array], x: Array, targets: Array
) -> Array:
    """(T, B, H): the state with which the decoder begins after ever longer inputs."""
    return np.stack([inside(found, values, x[: t + 1], targets).begin for t in range(len(x))])


def decoder(Seq2Seq: CandidateClass, rng: np.random.Generator) -> None:
    """The decoder's states follow the equations, and the outputs follow from them."""
    found = networks.network(Seq2Seq, HIDDEN)
    values, x, targets = found.values(rng), found.kind.inputs(rng), _targets(found, rng)
    seen = inside(found, values, x, targets)
    single = networks.is_single(found, seen.states)
    network_checks.require_follows({"s_t": seen.decoder, "y_t": seen.outputs}, single=single)
    call = found.called(values, x, targets, steps=LONGER)
    network_checks.require_effect(call, ("b_h_decoder", "b_y"))
    if not _ordered(seen):
        return
    told = {"W_yh_decoder": seen.decoder.matrices[0], "W_hh_decoder": seen.decoder.matrices[1]}
    network_checks.require_names(values, told | {"W_hy": seen.outputs.matrices[0]})


def _ordered(seen: Inside) -> bool:
    """Whether units were met in their own order, so that arrays compare with what is stored."""
    return len(seen.outputs.matrices) == 1


def without_learned_start(
    found: StoredNetwork, values: dict[str, Array], x: Array, targets: Array
) -> dict[str, Array]:
    """The values with a learned first state of the encoder at zero."""

    def sequences(at: Mapping[str, Array]) -> list[tuple[Array, Array]]:
        return [(encoder_states(found, dict(at), x, targets), x)]

    return network_checks.without_starts(found, values, sequences)


def encoder(Seq2Seq: CandidateClass, rng: np.random.Generator) -> None:
    """The state with which the decoder begins is the encoder's last, which follows the equations."""
    found = networks.network(Seq2Seq, HIDDEN)
    values, x, targets = found.values(rng), found.kind.inputs(rng), _targets(found, rng, 3)
    values = without_learned_start(found, values, x, targets)
    states = encoder_states(found, values, x, targets)
    single = networks.is_single(found, states)
    one = recurrence(states, x)
    if not one.holds(single=single):
        require_zero_start(found, values, x, targets)
    network_checks.require_follows({"h_t": one}, single=single)
    network_checks.require_effect(found.called(values, x, targets, steps=3), ("b_h_encoder",))
    told = {"W_xh_encoder": one.matrices[0], "W_hh_encoder": one.matrices[1]}
    network_checks.require_names(values, told)


def matrices(
    found: StoredNetwork, rng: np.random.Generator
) -> tuple[dict[str, Array], Affine, Affine, Affine] | None:
    """Random values, and encoder, decoder and output layer as the outputs show them.

    None where one of them does not follow the equations.
    """
    values, x, targets = found.values(rng), found.kind.inputs(rng), _targets(found, rng)
    values = without_learned_start(found, values, x, targets[:3])
    seen = inside(found, values, x, targets)
    encoder_map = recurrence(encoder_states(found, values, x, targets[:3]), x)
    maps = (encoder_map, seen.decoder, seen.outputs)
    single = networks.is_single(found, seen.states)
    return (values, *maps) if all(one.holds(single=single) for one in maps) else None


def require_zero_start(
    found: StoredNetwork, values: dict[str, Array], x: Array, targets: Array
) -> None:
    """Raise where the decoder begins with something although the encoder hands over zeros."""
    first = inside(found, values, x, targets)
    encoders = [
        path
        for path, value in values.items()
        if _is_encoders(first, inside(found, {**values, path: value + 0.25}, x, targets))
    ]
    silent = values | {path: np.zeros_like(values[path]) for path in encoders}
    if encoders and np.abs(inside(found, silent, x, targets).begin).max() > ALIKE:
        raise CheckFailed(
            say("The decoder's first input must be a vector of zeros; here it is something else.")
        )


def _is_encoders(first: Inside, nudged: Inside) -> bool:
    same = first.decoder.is_like(nudged.decoder) and first.outputs.is_like(nudged.outputs)
    return same and not agrees(nudged.begin, first.begin, ALIKE)


def _run(
    found: StoredNetwork, rng: np.random.Generator, *, forced: bool, steps: int
) -> GradientRun:
    more = (_targets(found, rng, steps),) if forced else (None, steps)
    return network_checks.gradients(found, rng, *more, book=_by_book, steps=steps)


def _by_book(_: Kind, call: ModelCall) -> list[network_checks.BookForward]:
    from grader.checks.bonus import by_book  # noqa: PLC0415  # equations in code: never at a student's

    x, targets, *length = call.arguments
    steps = length[0] if targets is None else len(targets)
    return [
        partial(by_book.seq2seq, x=x, targets=targets, steps=steps, deviation=way)
        for way in by_book.WAYS
    ]


def _public_run(Seq2Seq: CandidateClass) -> GradientRun:
    found = networks.network(Seq2Seq, PUBLIC)
    return once(
        Seq2Seq,
        "public gradients",
        lambda: _run(found, np.random.default_rng(20), forced=True, steps=PUBLIC.steps),
    )


def output_gradients(Seq2Seq: CandidateClass) -> None:
    """Under teacher forcing, the gradients of the arrays of the output layer."""
    found = networks.network(Seq2Seq, PUBLIC)
    names = _output_layer(found)
    network_checks.require_all(
        _public_run(Seq2Seq), names or list(found.layout.shapes), PUBLIC.call
    )


def _output_layer(found: StoredNetwork) -> list[str]:
    """The arrays in which the outputs are linear, element by element."""
    rng = np.random.default_rng(5)
    values, x, targets = found.values(rng), found.kind.inputs(rng), _targets(found, rng)
    names = []
    for path, value in values.items():
        by = rng.uniform(0.2, 0.4, value.shape)
        first, once_, twice = (
            found.called({**values, path: value + share * by}, x, targets, steps=LONGER).outputs()
            for share in (0.0, 1.0, 2.0)
        )
        moved = not agrees(once_, first, ALIKE)
        if moved and agrees(twice - first, 2.0 * (once_ - first), ALIKE):
            names.append(path)
    return names


def summed(Seq2Seq: CandidateClass) -> None:
    network_checks.summed(_public_run(Seq2Seq), networks.network(Seq2Seq, PUBLIC))


def forced_gradients(Seq2Seq: CandidateClass, rng: np.random.Generator) -> None:
    """All gradients under teacher forcing, the encoder's among them."""
    found = networks.network(Seq2Seq, HIDDEN)
    run = _run(found, rng, forced=True, steps=LONGER)
    network_checks.require_all(run, list(found.layout.shapes))


def free_gradients(Seq2Seq: CandidateClass, rng: np.random.Generator) -> None:
    """All gradients of free running, where every output is the next step's input."""
    found = networks.network(Seq2Seq, HIDDEN)
    run = _run(found, rng, forced=False, steps=LONGER)
    network_checks.require_all(run, list(found.layout.shapes))


def steady(Seq2Seq: CandidateClass, rng: np.random.Generator) -> None:
    found = networks.network(Seq2Seq, HIDDEN)
    network_checks.steady(found, rng, _targets(found, rng, found.kind.steps))
    network_checks.steady(found, rng, computed=False)  # running free, once it is known to compute


def updates(Seq2Seq: CandidateClass, rng: np.random.Generator) -> None:
    network_checks.updates(networks.network(Seq2Seq, HIDDEN), rng)


def sizes_of_one(Seq2Seq: CandidateClass, rng: np.random.Generator) -> None:
    """One input, one unit, one output; one step of input, of output; one sequence."""
    usual = networks.network(Seq2Seq, PUBLIC)
    _require_outputs(usual, usual.values(rng), usual.kind.inputs(rng), _targets(usual, rng))
    try:
        free_is_forced(Seq2Seq, rng)
    except CheckFailed:  # charged where all sizes are usual
        return
    for sizes in ((1, 4, 2), (2, 1, 2), (2, 4, 1)):
        found = networks.network(Seq2Seq, kind(*sizes, 4, 6))
        values, x = found.values(rng), found.kind.inputs(rng)
        free = found.called(values, x, None, LONGER, steps=LONGER).outputs()
        forced = found.called(values, x, free, steps=LONGER).outputs()
        _require_told_apart(found, values, x, free, rng)
        same(forced, free, What("outputs", ""), limit=tolerance(free))
    found = networks.network(Seq2Seq, HIDDEN)
    values = found.values(rng)
    found.called(values, found.kind.inputs(rng, 1, 1), None, 1, steps=1).outputs()
