"""Roles of a SimpleRNN's scalars, by what each moves.

With everything zero, raising a hidden bias moves one hidden unit for every input, an input weight
moves it for one input only, an output bias moves one output and no hidden unit. With the hidden
units then set going in patterns that differ from unit to unit, an output weight moves its output
in the pattern of its unit, and a recurrent weight moves the next step in it. Nothing here knows
the activation function, so that wrong implementations are mapped as well as right ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from grader.checks.compare import agrees
from grader.checks.parameters.assembly import Numbered, Role, assemble
from grader.checks.parameters.layout import Layout
from grader.checks.parameters.rnn_bench import STEADY, RnnBench
from grader.checks.states import Forward
from grader.protocol import Array, CandidateObject

# Sizes (I, H, O) at which networks are looked at in public and in hidden cases, all different
# from one another and from T and B.
PUBLIC = (3, 4, 2)
HIDDEN = (4, 5, 2)
ONES = ((1, 5, 2), (4, 1, 2), (4, 5, 1))  # one input, one hidden unit, one output

MOVED = 1e-7
RAISE = 0.5
NEARLY_ZERO = 1e-9  # what it moves is far below MOVED
# Small, so that the activation is nearly linear around the probe; large against float32 noise.
NUDGE = 0.03
ALIKE = 0.99
STRONG = 0.5  # of the output that moves most: through a softmax of two both move alike


def shapes(I: int, H: int, O: int) -> dict[str, tuple[int, ...]]:  # noqa: E741  # sizes as in the equations
    """The documented parameters of SimpleRNN(I, H, O) and their shapes."""
    return {"W_xh": (I, H), "W_hh": (H, H), "b_h": (H,), "W_hy": (H, O), "b_y": (O,)}


def probe(
    rnn: CandidateObject,
    layout: Layout,
    sizes: tuple[int, int, int],
    make: Callable[[], CandidateObject],
) -> Layout:
    """The layout with slots for all parameters that move something."""
    bench = RnnBench(rnn, layout, sizes, make)
    layout = bench.find_form()
    bench.layout = layout
    roles: Numbered = defaultdict(list)
    remaining, doubtful = _direct(bench, range(layout.storage.size), roles)
    remaining = _through_units(bench, [*remaining, *doubtful], roles)
    for number in doubtful.keys() & set(remaining):
        roles[doubtful[number]].append(number)
        remaining.remove(number)
    initial = _initial_state(bench, remaining, roles)
    slots = assemble(roles, layout)
    return replace(layout, slots=slots, zeroed=tuple(initial), stateful=bench.stateful)


def _direct(
    bench: RnnBench, numbers: Iterable[int], roles: Numbered
) -> tuple[list[int], dict[int, Role]]:
    """Biases and input weights: they move something although all else is zero.

    Returns the numbers that are left, and those that may be biases: where h_0 is wrongly not zero
    recurrent weights move a unit as a bias does, but not by the same in every step; where units
    at rest are not zero (a sigmoid) output weights move an output as a bias does.
    """
    I = bench.sizes[0]  # noqa: E741  # as above
    numbers = list(numbers)
    # More sequences than there are sizes, so that states kept as (T, H, B) can be told from others.
    x = np.zeros((2, sum(bench.sizes), I))
    x[:, :I] = np.eye(I)  # sequence i sees input i only, all from I on see nothing
    base, *raised = bench.responses(_rest(bench, x), numbers, RAISE, x)
    at_rest = np.abs(_hidden(base)).max()
    remaining, doubtful = [], {}
    for number, after in zip(numbers, raised, strict=True):
        hidden = _moved_hidden(base, after)
        role = _direct_role(hidden, after.outputs - base.outputs, I)
        if role is None:
            remaining.append(number)
        elif (role[0] == "b_h" and not agrees(hidden[1], hidden[0], STEADY)) or (
            role[0] == "b_y" and at_rest > MOVED
        ):
            doubtful[number] = role
        else:
            roles[role].append(number)
    return remaining, doubtful


def _rest(bench: RnnBench, x: Array) -> NDArray[np.float64]:
    """All zero; or nearly, where a forward divides by what is zero then and is at rest beside it."""
    zero = np.zeros(bench.layout.storage.size)
    beside = NEARLY_ZERO * np.random.default_rng(4).uniform(0.5, 1.0, zero.size)
    (still,) = bench.responses(zero, [], RAISE, x)
    if np.all(np.isfinite(still.outputs)):
        return zero
    (near,) = bench.responses(beside, [], RAISE, x)
    return beside if np.abs(_hidden(near)).max() < MOVED else zero


def _direct_role(hidden: Array, outputs: Array, I: int) -> Role | None:  # noqa: E741  # as above
    by_sequence = np.abs(hidden[0]).max(axis=1) > MOVED
    if np.all(np.abs(hidden[1]).max(axis=1) > MOVED) and not by_sequence.any():
        return "b_h", (int(np.abs(hidden[1]).sum(axis=0).argmax()),)  # from the second step on
    if by_sequence.any():
        unit = int(np.abs(hidden[0]).sum(axis=0).argmax())
        if by_sequence[I]:
            return "b_h", (unit,)
        return ("W_xh", (int(by_sequence.argmax()), unit)) if by_sequence.sum() == 1 else None
    if np.abs(outputs).max() > MOVED and np.abs(outputs[0, I]).max() > MOVED:
        return "b_y", (_strongest(outputs[0, I]),)
    return None


def _through_units(bench: RnnBench, numbers: Sequence[int], roles: Numbered) -> list[int]:
    """Recurrent and output weights: they pass on the pattern of one hidden unit."""
    base_vector, x = _patterns(bench, roles)
    base, *raised = bench.responses(base_vector, numbers, NUDGE, x)
    patterns = _hidden(base)
    remaining = []
    for number, after in zip(numbers, raised, strict=True):
        role = _passing_role(patterns, _moved_hidden(base, after), after.outputs - base.outputs)
        if role is None:
            remaining.append(number)
        else:
            roles[role].append(number)
    return remaining


def _patterns(bench: RnnBench, roles: Numbered) -> tuple[NDArray[np.float64], Array]:
    """Weights and inputs that make every hidden unit run a pattern of its own over the batch."""
    I, H, _ = bench.sizes  # noqa: E741  # as above
    rng = np.random.default_rng(2)
    vector = np.zeros(bench.layout.storage.size)
    spread = np.linspace(-1.3, 1.3, I * H)
    spread[spread == 0.0] = 1.3 / spread.size  # a unit that no input reaches has no pattern
    weights = rng.permuted(spread).reshape(I, H)
    biases = rng.permuted(np.linspace(0.15, 0.9, H))  # positive: a ReLU must not rest at zero
    for (name, place), found in roles.items():
        if name == "W_xh":
            vector[found[0]] = weights[place]
        elif name == "b_h":
            vector[found[0]] = biases[place]
    x = np.zeros((3, 2 * H + I, I))
    x[0] = rng.uniform(-1.5, 1.5, x.shape[1:])  # from t = 1 on nothing comes in
    return vector, x


def _passing_role(patterns: Array, hidden: Array, outputs: Array) -> Role | None:
    """A recurrent weight where later hidden states move, an output weight where only outputs do."""
    steps = np.flatnonzero(np.abs(hidden).max(axis=(1, 2)) > MOVED)
    if steps.size:
        return _recurrent(patterns, hidden, steps)
    return None if _has_no_pattern(outputs) else _outgoing(patterns, outputs)


def _recurrent(patterns: Array, hidden: Array, steps: NDArray[np.int64]) -> Role | None:
    later = steps[steps > 0][:1]
    if not later.size:
        return None  # the first step alone: no recurrent weight
    if _has_no_pattern(hidden[later]):
        return None
    unit = int(np.abs(hidden[later[0]]).sum(axis=0).argmax())
    source, likeness, _ = _source(patterns[:1], hidden[later, :, unit])
    # What reaches the first step too is one where h_0 is wrongly not zero, else none.
    return ("W_hh", (source, unit)) if steps[0] > 0 or likeness > ALIKE else None


def _outgoing(patterns: Array, outputs: Array) -> Role:
    """The unit and the output: through a softmax others move as well, against the pattern."""
    late = np.abs(outputs[0]).max() <= MOVED  # outputs that lag one step behind
    if late:
        patterns, outputs = patterns[:1], outputs[1:2]
    strength = np.abs(outputs).sum(axis=(0, 1))
    strong = np.flatnonzero(~(strength < STRONG * strength.max()))  # all, where NaN is among them
    found = {int(o): _source(patterns, outputs[:, :, o]) for o in strong}
    output = max(found, key=lambda o: (found[o][2], found[o][1]))
    return "W_hy", (found[output][0], output)


def _has_no_pattern(moved: Array) -> bool:
    """Whether all sequences at all steps moved alike, or none did (steps, B, units)."""
    alike = np.broadcast_to(moved[:1, :1], moved.shape)
    return bool(np.abs(moved).max() <= MOVED) or agrees(moved, alike, STEADY)


def _source(patterns: Array, moved: Array) -> tuple[int, float, bool]:
    """The unit whose pattern (steps, B) is most nearly proportional to what moved.

    With the cosine, and whether it moved along the pattern, not against it.
    """
    flat = patterns.reshape(-1, patterns.shape[-1])
    target = moved.ravel()
    lengths = np.linalg.norm(flat, axis=0) * np.linalg.norm(target)
    cosine = target @ flat / np.where(lengths > 0, lengths, np.inf)
    unit = int(np.abs(cosine).argmax())
    return unit, float(np.abs(cosine[unit])), bool(cosine[unit] > 0)


def _strongest(moved: Array) -> int:
    """The output that rose most: with a softmax the others fall."""
    return int(moved.argmax() if moved.max() > MOVED else moved.argmin())


def _initial_state(bench: RnnBench, numbers: Sequence[int], roles: Numbered) -> list[int]:
    """Scalars that reach the first step through the recurrent weights: a learnable h_0."""
    recurrent = [found[0] for (name, _), found in roles.items() if name == "W_hh"]
    if not recurrent or not numbers:
        return []
    vector = np.zeros(bench.layout.storage.size)
    vector[recurrent] = np.random.default_rng(3).uniform(0.3, 0.6, len(recurrent))
    x = np.zeros((2, 2, bench.sizes[0]))
    base, *raised = bench.responses(vector, numbers, RAISE, x)
    return [
        number
        for number, after in zip(numbers, raised, strict=True)
        if np.abs(_moved_hidden(base, after)[0]).max() > MOVED
    ]


def _hidden(after: Forward) -> Array:
    """Hidden states; where none come back the outputs stand in, so that shapes still work out."""
    return after.hidden if after.hidden is not None else np.zeros_like(after.outputs)


def _moved_hidden(base: Forward, after: Forward) -> Array:
    """How the hidden states moved; not at all where they come back only now and then."""
    if base.hidden is None or after.hidden is None:
        return np.zeros_like(after.outputs)
    return after.hidden.astype(np.float64) - base.hidden
