"""What q4_2 asks of SimpleRNN.forward.

Each function is one claim; it returns where the claim holds and raises a `StudentFault` where not.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from grader.checks import garbage, own_states, probe_point
from grader.checks.compare import What, agrees, finite, same, tolerance
from grader.checks.known_model import Parameters, RnnTrial
from grader.checks.parameters import rnn_roles
from grader.checks.parameters.rnn_roles import HIDDEN, PUBLIC
from grader.checks.parameters.roles import rnn_layout, same_roles
from grader.checks.states import Forward, Sizes, is_softmax
from grader.faults import BadValue, CheckFailed
from grader.language import say
from grader.protocol import Array, CandidateClass


def forward_shapes(SimpleRNN: CandidateClass, rng: np.random.Generator) -> None:
    """Documented shapes. A list over time and h_0 among the states are as good."""
    garbage.require_forward(SimpleRNN)
    trial = RnnTrial.make(SimpleRNN, PUBLIC, rng)
    x = rng.normal(size=(6, 5, PUBLIC[0]))
    forward = trial.forward(x)
    sizes = trial.at(x)
    if not forward.documented_outputs:
        raise BadValue(
            say(
                "outputs come with their axes in another order; expected {expected} [{call}].",
                expected=str((sizes.T, sizes.B, sizes.O)),
                call=sizes.call,
            )
        )
    finite(forward.outputs, What("outputs", sizes.call))
    finite(_hidden_of(forward, sizes), What("hidden_states", sizes.call))


def _hidden_of(forward: Forward, sizes: Sizes) -> Array:
    if forward.hidden is not None:
        return forward.hidden
    raise BadValue(
        say(
            "forward returns no hidden_states of shape {expected} [{call}].",
            expected=str((sizes.T, sizes.B, sizes.H)),
            call=sizes.call,
        ),
        say("forward returns no hidden_states of shape (T, B, H)."),
    )


def order(SimpleRNN: CandidateClass, rng: np.random.Generator) -> None:
    garbage.require_forward(SimpleRNN)
    trial = RnnTrial.make(SimpleRNN, PUBLIC, rng)
    if not trial.forward(rng.normal(size=(6, 5, PUBLIC[0]))).in_order:
        raise CheckFailed(
            say("forward returns hidden_states first; expected (outputs, hidden_states)."),
            diagnosis="outputs-and-states-swapped",
        )


def ablation(SimpleRNN: CandidateClass, rng: np.random.Generator, left: str) -> None:
    """Only the biases, or only biases and input, are left in the equation."""
    garbage.require_forward(SimpleRNN)
    trial = RnnTrial.make(SimpleRNN, PUBLIC, rng)
    if trial.layout.overlapping:  # not to be set apart, and charged in __init__
        return
    kept = {"b_h", "b_y"} | ({"W_xh", "W_hy"} if left == "input" else set())
    values = {name: value * (name in kept) for name, value in trial.parameters.items()}
    trial.layout.write(trial.rnn, values)
    x = rng.normal(size=(6, 5, PUBLIC[0]))
    if left == "biases":
        _only_biases(trial, x, values)
    else:
        _only_input(trial, x, rng.permutation(len(x)))


def _only_biases(trial: RnnTrial, x: Array, values: Parameters) -> None:
    forward = trial.forward(x)
    sizes = trial.at(x)
    limit = tolerance(forward.outputs)
    if "b_y" not in trial.layout.absent:
        same(
            forward.outputs,
            _likewise(forward.outputs, np.broadcast_to(values["b_y"], forward.outputs.shape)),
            What("outputs", sizes.call),
            limit=limit,
        )
    hidden = forward.hidden
    if hidden is None:  # charged in `shapes`
        return
    steady = agrees(hidden, np.broadcast_to(hidden[:1, :1], hidden.shape), limit)
    if not steady or not np.array_equal(np.sign(hidden[0, 0]), np.sign(values["b_h"])):
        raise CheckFailed(
            say(
                "With all weights zero every hidden state must depend on b_h alone, the same at every "
                "step and with the sign of b_h; yours does not [{call}].",
                call=sizes.call,
            )
        )


def _only_input(trial: RnnTrial, x: Array, shuffled: Array) -> None:
    straight, mixed = trial.forward(x), trial.forward(x[shuffled])
    limit = tolerance(straight.outputs)
    pairs = [(straight.outputs, mixed.outputs)]
    if straight.hidden is not None and mixed.hidden is not None:
        pairs.append((straight.hidden, mixed.hidden))
    if not all(agrees(after, before[shuffled], limit) for before, after in pairs):
        raise CheckFailed(
            say(
                "With W_hh zero, step t may depend on x_t alone, so that shuffling the steps of the input "
                "shuffles the results; yours change otherwise [{call}].",
                call=trial.at(x).call,
            )
        )


def recurrence(SimpleRNN: CandidateClass, rng: np.random.Generator) -> None:
    """A change at step 2 shows from step 2 on and not before."""
    trial = RnnTrial.make(SimpleRNN, PUBLIC, rng)
    x = rng.normal(size=(6, 5, PUBLIC[0]))
    changed = x.copy()
    changed[2] += 1.0
    if trial.layout.unwritten:  # weights that are there, and which nothing told from others
        trial.rnn.write(SimpleRNN(*PUBLIC).read())
        before, after = trial.forward(x), trial.forward(changed)
    else:  # on two objects: one that keeps its state loses `twice`, not this
        before, after = trial.forward(x), _other(SimpleRNN, trial).forward(changed)
    finite(before.outputs, What("outputs", trial.at(x).call))
    moved = np.abs(after.outputs.astype(np.float64) - before.outputs).max(axis=(1, 2)) > 1e-6  # noqa: PLR2004  # far above rounding, far below an effect
    call = trial.at(x).call
    if moved[:2].any():
        raise CheckFailed(
            say("Changing x at step 2 changes outputs before step 2 [{call}].", call=call)
        )
    if not moved[2]:
        raise CheckFailed(
            say("Changing x at step 2 does not change the output of step 2 [{call}].", call=call)
        )
    if not moved[3:].all():
        raise CheckFailed(
            say(
                "Changing x at step 2 does not reach the later steps: is h_(t-1) handed on? [{call}]",
                call=call,
            )
        )


def _other(SimpleRNN: CandidateClass, trial: RnnTrial) -> RnnTrial:
    """Another object with the same parameters."""
    return RnnTrial.make(SimpleRNN, trial.sizes, trial.parameters)


def golden(SimpleRNN: CandidateClass) -> None:
    """The known numbers at the public probe point."""
    layout = rnn_layout(SimpleRNN, probe_point.RNN_SIZES)
    if layout.overlapping:  # the known numbers cannot be written, which is charged in __init__
        return
    # A missing bias is charged in __init__; here it counts as zero.
    seen, right = (
        probe_point.rnn_forward(SimpleRNN),
        probe_point.golden({"b_h", "b_y"} & {*layout.absent}),
    )
    limit = tolerance(single=layout.single)
    if seen.hidden is not None:  # charged in `shapes`
        same(seen.hidden, right["hidden"], What("hidden_states", probe_point.RNN_CALL), limit=limit)
    outputs = _likewise(seen.outputs, right["outputs"])
    same(seen.outputs, outputs, What("outputs", probe_point.RNN_CALL), limit=limit)


Oracle = Callable[[Parameters, Array], tuple[Array, Array]]


def hidden_states(
    SimpleRNN: CandidateClass, rng: np.random.Generator, oracle: Oracle, *, T: int, B: int
) -> None:
    """Hidden states against the reference."""
    trial = RnnTrial.make(SimpleRNN, HIDDEN, rng)
    x = rng.normal(size=(T, B, HIDDEN[0]))
    sizes = trial.at(x)
    _, expected = oracle(trial.parameters, x)
    forward = _unsqueezed(trial.forward(x), sizes)
    same(_hidden_of(forward, sizes), expected, What("hidden_states", sizes.call))


def _unsqueezed(forward: Forward, sizes: Sizes) -> Forward:
    """Refuse results without an axis of size 1, which the other questions put back."""
    if not forward.squeezed:
        return forward
    raise BadValue(
        say(
            "At sizes of one forward drops an axis; expected outputs {outputs} and hidden_states {hidden} "
            "[{call}].",
            outputs=str((sizes.T, sizes.B, sizes.O)),
            hidden=str((sizes.T, sizes.B, sizes.H)),
            call=sizes.call,
        ),
        say(
            "At sizes of one forward drops an axis: results keep all three, an axis of size 1 too."
        ),
    )


def single(
    SimpleRNN: CandidateClass,
    rng: np.random.Generator,
    whole: Oracle,
    oracle: Callable[[Parameters, Array], Array],
) -> None:
    """One sequence; then one input, one hidden unit, one output, each by itself."""
    hidden_states(SimpleRNN, rng, whole, T=7, B=1)
    states, linear = _right_at_usual_sizes(SimpleRNN, rng, whole, oracle)
    for sizes in rnn_roles.ONES:
        if not same_roles(rnn_layout, SimpleRNN, HIDDEN, sizes):
            continue
        trial = RnnTrial.make(SimpleRNN, sizes, rng)
        x = rng.normal(size=(7, 3, sizes[0]))
        forward, call = _unsqueezed(trial.forward(x), trial.at(x)), trial.at(x).call
        hidden = whole(trial.parameters, x)[1]
        if states and forward.hidden is not None:
            same(forward.hidden, hidden, What("hidden_states", call))
        if linear:
            same(forward.outputs, oracle(trial.parameters, hidden), What("outputs", call))


def _right_at_usual_sizes(
    SimpleRNN: CandidateClass,
    rng: np.random.Generator,
    whole: Oracle,
    oracle: Callable[[Parameters, Array], Array],
) -> tuple[bool, bool]:
    """Whether hidden states and outputs are right there; if not, that is charged elsewhere."""
    trial = RnnTrial.make(SimpleRNN, HIDDEN, rng)
    x = rng.normal(size=(7, 3, HIDDEN[0]))
    seen, hidden = trial.forward(x), whole(trial.parameters, x)[1]
    limit = tolerance(seen.outputs)
    return (
        seen.hidden is not None and agrees(seen.hidden, hidden, limit),
        agrees(seen.outputs, oracle(trial.parameters, hidden), limit),
    )


def outputs(
    SimpleRNN: CandidateClass,
    rng: np.random.Generator,
    whole: Oracle,
    oracle: Callable[[Parameters, Array], Array],
    *,
    T: int,
    B: int,
) -> None:
    """Outputs against what the student's own hidden states give, or else the right ones.

    States that come back wrong from a right run lose their own case, and a softmax has its own.
    """
    trial = RnnTrial.make(SimpleRNN, HIDDEN, rng)
    x = rng.normal(size=(T, B, HIDDEN[0]))
    sizes = trial.at(x)
    forward = trial.forward(x)
    expected = oracle(trial.parameters, whole(trial.parameters, x)[1])
    if agrees(forward.outputs, expected, tolerance(forward.outputs)):
        return
    if forward.hidden is not None:
        expected = oracle(trial.parameters, forward.hidden)
    same(forward.outputs, _likewise(forward.outputs, expected), What("outputs", sizes.call))


def _likewise(outputs: Array, expected: Array) -> Array:
    """The expectation behind a softmax, if the outputs come from one: that has its own case."""
    return _softmax(expected) if is_softmax(outputs) else expected


def _softmax(logits: Array) -> Array:
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def batch(SimpleRNN: CandidateClass, rng: np.random.Generator) -> None:
    """Every sequence of a batch alone gives the same."""
    garbage.require_forward(SimpleRNN)
    trial = RnnTrial.make(SimpleRNN, HIDDEN, rng)
    x = rng.normal(size=(7, 3, HIDDEN[0]))
    together = trial.forward(x).outputs
    for b in range(x.shape[1]):
        alone = _other(SimpleRNN, trial).forward(x[:, b : b + 1]).outputs
        if agrees(alone, together[:, b : b + 1], tolerance(together)):
            continue
        others = np.where(np.arange(x.shape[1])[:, None] == b, x, 0.5 - x)
        beside = _other(SimpleRNN, trial).forward(others).outputs
        if agrees(beside[:, b], together[:, b], tolerance(together)):
            raise CheckFailed(say("A sequence gives other outputs alone than in a batch."))
        raise CheckFailed(
            say("A sequence gives other outputs alone than in a batch: sequences must not mix.")
        )


def twice(SimpleRNN: CandidateClass, rng: np.random.Generator) -> None:
    """Nothing is carried from one call to the next."""
    garbage.require_forward(SimpleRNN)
    trial = RnnTrial.make(SimpleRNN, HIDDEN, rng)
    x = rng.normal(size=(7, 3, HIDDEN[0]))
    first = trial.forward(x).outputs
    at_once = trial.forward(x).outputs
    trial.forward(rng.normal(size=(6, 3, HIDDEN[0])))
    later = trial.forward(x).outputs
    if not all(agrees(again, first, tolerance(first)) for again in (at_once, later)):
        raise CheckFailed(
            say(
                "Calling forward again with the same inputs gives other outputs: each call is to start at h_0 = 0, and to keep nothing of the one before."
            )
        )
    _follows_parameters(SimpleRNN, trial, x, rng)


def _follows_parameters(
    SimpleRNN: CandidateClass, trial: RnnTrial, x: Array, rng: np.random.Generator
) -> None:
    """A forward after the parameters changed is that of another object with the new ones."""
    before = trial.forward(x).outputs
    other = RnnTrial.make(SimpleRNN, HIDDEN, rng)
    trial.layout.write(trial.rnn, other.parameters)
    expected, found = other.forward(x).outputs, trial.forward(x).outputs
    if agrees(found, expected, tolerance(expected)):
        return
    if agrees(found, before, tolerance(before)):
        raise CheckFailed(
            say("After its parameters have changed forward still computes with the old ones.")
        )
    raise CheckFailed(
        say(
            "After its parameters have changed forward gives something else than another object that has the new ones."
        )
    )


def inputs_kept(SimpleRNN: CandidateClass, rng: np.random.Generator) -> None:
    garbage.require_forward(SimpleRNN)
    trial = RnnTrial.make(SimpleRNN, HIDDEN, rng)
    trial.forward(rng.normal(size=(7, 3, HIDDEN[0])))
    if trial.rnn.changed_inputs:
        raise CheckFailed(say("forward changes its inputs in place: work on a copy."))


def linear_output(SimpleRNN: CandidateClass, rng: np.random.Generator) -> None:
    """Minus ten times the output layer's weights, minus ten times the outputs."""
    trial = RnnTrial.make(SimpleRNN, HIDDEN, rng)
    x = rng.normal(size=(7, 3, HIDDEN[0]))
    plain = trial.forward(x).outputs
    turned = {
        name: value * (-10.0 if name in {"W_hy", "b_y"} else 1.0)
        for name, value in trial.parameters.items()
    }
    scaled = RnnTrial.make(SimpleRNN, HIDDEN, turned).forward(x).outputs
    if not plain.any():
        raise CheckFailed(say("All outputs are zero."))
    if not agrees(scaled, -10.0 * plain, tolerance(plain)):
        garbage.require_forward(SimpleRNN)  # which tells of random numbers
        raise CheckFailed(
            say(
                "outputs are not linear in W_hy and b_y: with both times -10 they are not times -10. The task is regression: no softmax, no other activation after the output layer."
            )
        )


def stable(SimpleRNN: CandidateClass, rng: np.random.Generator) -> None:
    """tanh of a large argument is 1, not NaN."""
    garbage.require_forward(SimpleRNN)
    trial = RnnTrial.make(SimpleRNN, HIDDEN, rng)
    x = 1e4 * rng.choice([-1.0, 1.0], size=(5, 3, HIDDEN[0]))
    forward = trial.forward(x)
    states = forward.outputs if forward.hidden is None else forward.hidden
    if not np.all(np.isfinite(forward.outputs)) or not np.all(np.isfinite(states)):
        raise CheckFailed(say("Large inputs give NaN or infinity."))
    _stays_finite_at_rest(SimpleRNN, trial, rng)


def _stays_finite_at_rest(
    SimpleRNN: CandidateClass, trial: RnnTrial, rng: np.random.Generator
) -> None:
    """Nor is tanh of zero NaN, where a forward that is right otherwise divides by it."""
    x = rng.normal(size=(5, 3, HIDDEN[0]))
    hidden = _other(SimpleRNN, trial).forward(x).hidden
    states = own_states.of_the_equation(trial.used, x)
    if hidden is None or states is None or not agrees(hidden, states, tolerance(hidden)):
        return
    resting = {n: v * (n not in {"b_h", "b_y"}) for n, v in trial.parameters.items()}
    nothing = RnnTrial.make(SimpleRNN, HIDDEN, resting).forward(np.zeros_like(x)).outputs
    if not np.all(np.isfinite(nothing)):
        raise CheckFailed(say("Inputs of zero give NaN or infinity while the biases are zero."))
