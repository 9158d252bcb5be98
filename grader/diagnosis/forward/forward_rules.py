"""What is wrong with a forward: repeat it, change inputs one at a time, find its weights."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from grader.checks.parameters import acting
from grader.checks.parameters.rnn_roles import PUBLIC
from grader.checks.states import Forward, Sizes, read_forward
from grader.diagnosis.experiments import influence, patterns
from grader.diagnosis.experiments.network import Network
from grader.diagnosis.experiments.patterns import Reading, Readings
from grader.diagnosis.forward import long_run, output_rules, scaled_inputs, state_rules
from grader.protocol import Array, CandidateClass

POINT = Sizes(6, 5, *PUBLIC)
HUGE = 1e4  # exp of it is infinite
SATURATED = 0.99
QUIET = 0.02  # times the parameters
MOVED = 1e-3  # of a weighted sum, what is no rounding
MANY = 60  # sequences, so that weights can be told by least squares


@dataclass(frozen=True)
class ForwardRun:
    """One forward on many sequences, and what the equations give on the same parameters."""

    net: Network
    x: Array  # (T, B, I)
    hidden: Array  # (T, B, H)
    outputs: Array  # (T, B, O)

    @cached_property
    def true(self) -> Array:
        """(T, B, H): the states of the documented equation."""
        h, kept = np.zeros(self.hidden.shape[1:]), []
        for x in self.x:
            h = np.tanh(self.net.weighted_sum(x, h))
            kept.append(h)
        return np.array(kept)

    @cached_property
    def states_right(self) -> bool:
        return self.net.alike(self.hidden, self.true)

    def shown(self, states: Array) -> Array:
        """What the output layer makes of states."""
        return np.asarray(states @ self.net.given["W_hy"] + self.net.given["b_y"])


def examine(cls: CandidateClass) -> Readings:
    """What is read off forward, the first in the computation first. Raises StudentFault."""
    net = Network.make(cls, POINT)
    x = np.random.default_rng(12).normal(size=(POINT.T, POINT.B, POINT.I))
    first = net.forward(x)
    if not np.all(np.isfinite(first.outputs)):
        return [(Reading("not_finite"), ("hidden_states", "outputs"))]
    for of_both in (_half(net), _overlap(net), _bias_elsewhere(net, x), _again(net, x)):
        if of_both is not None:
            return [(of_both, ("hidden_states", "outputs"))]
    if first.hidden is None or _roles_hide(net, x):
        return []
    known = not _plays_hidden_parts(net, x)
    if (scaled := scaled_inputs.measure(net, x, first.hidden)) is not None:
        return [(scaled, ("hidden_states", "outputs"))]
    if (moved := _moved(net if known else net.filled(), x)) is not None:
        return [moved]
    return _by_values(net, x) if known else []


def _half(net: Network) -> Reading | None:
    """Parameters of three digits: nothing that is made of them can be told from what is asked for."""
    return Reading("parameters_half") if net.layout.dtype == np.float16 else None


def _overlap(net: Network) -> Reading | None:
    """Parameters that lie in the same memory, so that what is written to one changes another."""
    found = net.layout.overlapping
    return Reading("parameters_overlap", {"one": found[0], "other": found[1]}) if found else None


def _by_values(net: Network, x: Array) -> Readings:
    """What the states and outputs of many sequences show, then longer and larger ones."""
    many = np.random.default_rng(13).normal(size=(POINT.T, MANY, POINT.I))
    if _saturated(net, x):  # an activation of which nothing can be read
        net = replace(net, values={name: QUIET * value for name, value in net.values.items()})
    forward = net.forward(many)
    seen = ForwardRun(
        net, many, np.asarray(forward.hidden, np.float64), forward.outputs.astype(np.float64)
    )
    if not np.all(np.isfinite(seen.hidden)) or not np.all(np.isfinite(seen.outputs)):
        return []
    found: Readings = [(_of_batch(one), ("hidden_states",)) for one in state_rules.examine(seen)]
    found += [(one, ("outputs",)) for one in output_rules.examine(seen, states_told=bool(found))]
    if not any(names == ("hidden_states",) for _, names in found) and _overflows(net, x):
        found.append((Reading("tanh_overflows"), ("overflow",)))
    return found or long_run.examine(net.cls)


def _of_batch(reading: Reading) -> Reading:
    """What acts 1/60 times among 60 sequences is divided by their number."""
    number = reading.facts.get("number")
    if reading.kind != "weight_factor" or not isinstance(number, float):
        return reading
    if abs(number * MANY - 1.0) > patterns.CLOSE:
        return reading
    return Reading("weight_divided", {"array": reading.facts["array"], "of": "B"})


def _plays_hidden_parts(net: Network, x: Array) -> bool:
    """Whether weights act that nothing showed one by one: then it is not known what was written."""

    def read(returned: object) -> Array:
        return read_forward(returned, net.size).outputs

    silent = acting.hidden_parts(net.layout)
    return acting.act_together(lambda: net.fresh().rnn, net.layout, silent, (x,), read)


def _overflows(net: Network, x: Array) -> bool:
    """Whether states that follow the equation are NaN for large inputs."""
    hidden = net.forward(HUGE * np.sign(x)).hidden
    return hidden is not None and not np.all(np.isfinite(hidden))


def _bias_elsewhere(net: Network, x: Array) -> Reading | None:
    """Whether one number is added to every weighted sum although no array of the object is a bias."""
    if "b_h" not in net.layout.absent:
        return None
    one, other = (_added(net, x) for _ in range(2))
    if one is None or other is None or not max(abs(one), abs(other)) > MOVED:
        return None
    return Reading(
        "bias_elsewhere", {"number": float(f"{one:.4g}")} if abs(one - other) <= net.limit else {}
    )


def _added(net: Network, x: Array) -> float | None:
    """What every state of a fresh object has besides x_t W_xh + h_(t-1) W_hh, if it is one number."""
    hidden = net.forward(x).hidden
    if hidden is None or not np.abs(hidden).max() <= 1.0:
        return None
    before = np.concatenate([np.zeros_like(hidden[:1]), hidden[:-1]]).astype(np.float64)
    sums = net.weighted_sum(x, before)
    clearest = np.unravel_index(int(np.abs(hidden).argmin()), hidden.shape)
    added = float(np.arctanh(hidden[clearest]) - sums[clearest])
    return added if net.alike(hidden, np.tanh(sums + added)) else None


def _again(net: Network, x: Array) -> Reading | None:
    """Whether the same call gives the same: on the same object, and on another."""
    trial = net.fresh()
    first, second = trial.forward(x), trial.forward(x)
    fresh = net.forward(x)
    if not _same(net, second, first):
        return Reading("state_kept" if _same(net, fresh, first) else "random")
    if not _same(net, fresh, first):
        return Reading("depends_on_start")
    other = Network.make(net.cls, net.size, seed=16)
    trial.layout.write(trial.rnn, other.given)
    if not _same(net, trial.forward(x), other.forward(x)):
        return Reading("weights_cached")
    return None


def _same(net: Network, one: Forward, other: Forward) -> bool:
    """Whether outputs and hidden states are the same, as far as they come back."""
    pairs = [(one.outputs, other.outputs)]
    if one.hidden is not None and other.hidden is not None:
        pairs.append((one.hidden, other.hidden))
    return all(net.alike(a, b) for a, b in pairs)


def _moved(net: Network, x: Array) -> tuple[Reading, tuple[str, ...]] | None:
    """What the influence of sequences and steps shows that no weights can."""

    def run(inputs: Array) -> tuple[Array, Array]:
        forward = net.forward(inputs)
        hidden = forward.outputs if forward.hidden is None else forward.hidden
        return hidden, forward.outputs

    by_state, by_output = influence.of_sequences(run, x)
    in_states, in_outputs = influence.of_steps(run, x)
    if _along_batch(by_state, in_states):
        return Reading("along_batch"), ("hidden_states", "outputs")
    for moved, what in ((by_state, "hidden_states"), (by_output, "outputs")):
        if (mixed := _mixed(moved)) is not None:
            if mixed.kind == "samples_mixed" and _goes_on(net, x):
                mixed = Reading("goes_on")
            names = ("hidden_states", "outputs") if what == "hidden_states" else (what,)
            return mixed, names
    if _saturated(net, x) or (late := _in_time(in_outputs)) is None:
        return None  # states that come back wrong from a right run are told by their values
    both = np.array_equal(in_states, in_outputs)
    return late, ("hidden_states", "outputs") if both else ("outputs",)


def _saturated(net: Network, x: Array) -> bool:
    """Whether states are so near -1 and 1 that nothing passes through, whatever the recurrence is."""
    hidden = net.forward(x).hidden
    return hidden is not None and bool(np.median(np.abs(hidden)) > SATURATED)


def _roles_hide(net: Network, x: Array) -> bool:
    """Whether outputs are deaf to the inputs only because weights were not recognised."""
    if not net.layout.dead or not net.alike(net.forward(x).outputs, net.forward(-x).outputs):
        return False
    one, other = (
        read_forward(net.cls(*net.size.model).forward(inputs), net.size) for inputs in (x, -x)
    )
    return not np.array_equal(one.outputs, other.outputs)


def _along_batch(by_sequence: Array, by_step: Array) -> bool:
    """Whether each sequence moves those after it in the batch, and no step any other."""
    onward = np.triu(np.ones(by_sequence.shape, bool))
    return np.array_equal(by_sequence, onward) and np.array_equal(by_step, np.eye(len(by_step)))


def _goes_on(net: Network, x: Array) -> bool:
    """Whether each sequence but the first begins with the last state of the one before it."""
    hidden = net.forward(x).hidden
    if hidden is None:
        return False
    wanted = np.tanh(net.weighted_sum(x[0, 1:], hidden[-1, :-1].astype(np.float64)))
    return net.alike(hidden[0, 1:].astype(np.float64), wanted)


def _mixed(moved: Array) -> Reading | None:
    if (mixed := patterns.mixed(moved, "samples_mixed", "follow_one")) is not None:
        return mixed
    deaf = [b for b in range(len(moved)) if not moved[b].any()]
    if len(deaf) == len(moved):
        return Reading("deaf")
    return Reading("samples_deaf", {"samples": tuple(deaf)}) if deaf else None


def _in_time(moved: Array) -> Reading | None:
    """moved[s, t]: what only the order of steps explains."""
    T = len(moved)
    s, t = np.meshgrid(np.arange(T), np.arange(T), indexing="ij")
    if np.array_equal(moved, s <= t):
        return None
    for kind, pairs in (
        ("runs_backward", s >= t),
        ("inputs_reversed", s + t >= T - 1),
        ("no_recurrence", (s == t) & moved.any(axis=0)),  # of the steps that are computed
    ):
        if np.array_equal(moved, pairs) and moved.sum() > 1:
            return Reading(kind)
    if not moved[s > t].any():
        return _by_distance(moved, t - s) or _by_step(moved, s, t)
    ahead = {int(n) for n in (s - t)[moved & (s > t)]}
    return Reading("looks_ahead", {"steps": tuple(sorted(ahead))})


def _by_distance(moved: Array, lag: Array) -> Reading | None:
    """How many steps later a change shows, the same at all steps."""
    for steps in range(1, len(moved) - 1):
        for kind, number, pairs in (
            ("remembers", steps, (lag >= 0) & (lag <= steps)),
            ("late", steps, lag >= steps),
            ("steps_back", steps + 1, (lag >= 0) & (lag % (steps + 1) == 0)),
        ):
            if np.array_equal(moved, pairs):
                return Reading(kind, {"steps": number})
    return None


def _by_step(moved: Array, s: Array, t: Array) -> Reading | None:
    """Steps that are left out, or where everything begins again."""
    steps = range(len(moved))
    still = [n for n in steps if not moved[:, n].any()]
    deaf = [n for n in steps if not moved[n].any()]
    edges = [k for k in steps[1:] if not moved[:k, k:].any()]
    crossed = np.any([(s < k) & (k <= t) for k in edges], axis=0)
    for kind, numbers, gone in (
        ("not_computed", still, np.isin(t, still)),
        ("inputs_ignored", deaf, np.isin(s, deaf)),
        ("starts_anew", edges, crossed),
    ):
        if numbers and np.array_equal(moved, (s <= t) & ~gone):
            return Reading(kind, {"steps": tuple(numbers)})
    return None
