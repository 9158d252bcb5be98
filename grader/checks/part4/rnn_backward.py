"""What q4_3 asks of backward: the gradients of BPTT, summed over time and batch."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

import numpy as np

from grader.checks import garbage
from grader.checks.compare import agrees, distance
from grader.checks.gradient import entries, match
from grader.checks.known_model import (
    SMALL,
    BackwardRun,
    Expectation,
    RnnTrial,
    Truth,
    own_gradient,
    run_backward,
)
from grader.checks.memo import once
from grader.checks.numerical import central_differences
from grader.checks.parameters import rnn_roles
from grader.checks.parameters.lending import lend_again
from grader.checks.parameters.rnn_roles import HIDDEN, PUBLIC
from grader.checks.parameters.roles import rnn_layout, same_roles
from grader.checks.parameters.storage import leaf
from grader.checks.states import is_softmax
from grader.faults import BadValue, CheckFailed, StudentFault
from grader.language import Message, say
from grader.protocol import Array, Call, CandidateClass
from grader.records import Exhibit

ALL = ("W_xh", "W_hh", "b_h", "W_hy", "b_y")
# (T, B, I, H, O) at which a numerical gradient costs 57,000 forwards and BPTT a few milliseconds.
LARGE = (8, 2, 96, 192, 8)
# The largest norm of a gradient that no honest clipping touches (norm 0.25 at the tightest).
UNCLIPPED = 0.24
CLIPPED = 100.0  # d_outputs of this size change where they are clipped in place, at ±5 say
TINY_NORM = 1e-3  # of a gradient that not even a much too tight clipping touches
TINY = 1e-12  # what is left of zero after any arithmetic
ROUGHLY = 1e-4  # relative; float32 and float64 alike


def shapes(SimpleRNN: CandidateClass) -> None:
    """Every parameter has a gradient of fitting shape, without NaN."""
    run = _public_run(SimpleRNN)
    missing = [f"d{name}" for name in run.trial.layout.slots if run.matches[name] is None]
    if missing:
        what = say(
            "In what backward returned there is no gradient with the shape of {names}. Return a dict "
            "such as {example}, each of its parameter's shape.",
            names=tuple(missing),
            example="{'W_xh': dW_xh, 'W_hh': dW_hh, ...}",
        )
        raise BadValue(_with_shapes(what, run, SimpleRNN))
    spoilt = [
        name
        for name, found in run.matches.items()
        if found is not None and not np.all(np.isfinite(found.gradient))
    ]
    if spoilt:
        raise CheckFailed(
            say("The gradient of {names} contains NaN or infinity.", names=tuple(spoilt))
        )
    garbage.require_backward(SimpleRNN)


def _with_shapes(what: Message, run: BackwardRun, SimpleRNN: CandidateClass) -> Message:
    """And what stands under the names of the gradients that are missing."""
    trial = RnnTrial.make(SimpleRNN, PUBLIC, run.trial.parameters)
    trial.forward(run.x)
    for entry in trial.backward(run.d_outputs):
        name = leaf(entry.label).removeprefix("d")
        if entry.returned and name in run.matches and run.matches[name] is None:
            what = say(
                "{what} Under {label} stands an array of shape {found}; {due} is due.",
                what=what,
                label=entry.label,
                found=str(entry.array.shape),
                due=str(trial.layout.shapes[name]),
            )
    return what


def numerical(
    SimpleRNN: CandidateClass,
    name: str,
    exhibits: list[Exhibit] | None = None,
) -> None:
    """One gradient against central differences of the student's own forward."""
    garbage.require_backward(SimpleRNN)
    run = _public_run(SimpleRNN)
    if exhibits is not None and not run.all_right and not run.trial.layout.stateful:
        exhibits.append(_heat_map(run))
    if run.right(name):
        return
    found = run.matches[name]
    if found is None:
        raise BadValue(say("backward gives no gradient for {name}.", name=name))
    if not np.all(np.isfinite(found.gradient)):
        raise CheckFailed(
            say(
                "d{name} contains NaN or infinity [backward(d_outputs: (6, 5, 2)) after forward(inputs: (6, 5, 3))].",
                name=name,
            )
        )
    if _is_a_sum(run, name):
        raise CheckFailed(_a_sum(run, (name,)))
    raise CheckFailed(
        say(
            "d{name} is not the gradient of your forward: relative error {error}, allowed {limit} "
            "[backward(d_outputs: (6, 5, 2)) after forward(inputs: (6, 5, 3))].",
            name=name,
            error=f"{run.error(name):.2g}",
            limit=f"{run.truth.limit:.0e}",
        )
    )


def wrong_gradients(SimpleRNN: CandidateClass) -> set[str]:
    """The parameters whose public case fails. Raises what the student's code raises."""
    run = _public_run(SimpleRNN)
    return {name for name in run.trial.layout.shapes if not run.right(name)}


def _public_run(SimpleRNN: CandidateClass) -> BackwardRun:
    """The same forward, backward and numerical gradient for all public cases, made once."""
    return once(SimpleRNN, "public BPTT", partial(_public_bptt, SimpleRNN))


def _public_bptt(SimpleRNN: CandidateClass) -> BackwardRun:
    rng = np.random.default_rng(20)
    trial = RnnTrial.make(SimpleRNN, PUBLIC, rng)
    x, d_outputs = _point(rng, T=6, B=5, sizes=PUBLIC)
    if is_softmax(trial.forward(x).outputs):  # it has its own case: see `own_gradient`
        d_outputs -= d_outputs.mean(axis=-1, keepdims=True)
    return run_backward(trial, x, d_outputs, own_gradient)


def _point(
    rng: np.random.Generator, *, T: int, B: int, sizes: tuple[int, int, int]
) -> tuple[Array, Array]:
    return rng.normal(size=(T, B, sizes[0])), SMALL * rng.normal(size=(T, B, sizes[2]))


def _heat_map(run: BackwardRun) -> Exhibit:
    """Relative error of each gradient when only the outputs of one time step count."""
    trial, x, d_outputs = run.trial, run.x, run.d_outputs
    truth = central_differences(trial.rnn, trial.layout, trial.parameters, x, d_outputs)
    rows: dict[str, list[float]] = {name: [] for name in trial.layout.slots}
    for t in range(len(x)):
        only = np.zeros_like(d_outputs)
        only[t] = d_outputs[t]
        by_step = {name: part[t] for name, part in truth.items()}
        one = run_backward(trial, x, only, lambda *_, by_step=by_step: [_as_truth(by_step, run)])
        for name, row in rows.items():
            found = one.matches[name]
            off = 1.0 if found is None else distance(found.gradient, one.factor * by_step[name])
            row.append(0.0 if off <= one.truth.limit else off)
    return Exhibit(
        question="q4_3",
        kind="gradient",
        title=say("Where the gradient is off: relative error per parameter and time step"),
        labels=tuple(f"d{name}" for name in rows),
        grid=tuple(tuple(row) for row in rows.values()),
    )


def _as_truth(gradients: dict[str, Array], run: BackwardRun) -> Truth:
    return Truth(gradients, run.truth.limit)


def against(
    SimpleRNN: CandidateClass,
    rng: np.random.Generator,
    expect: Expectation,
    names: Sequence[str],
    *,
    T: int,
    B: int,
    sizes: tuple[int, int, int] = HIDDEN,
) -> None:
    """Gradients at a random point."""
    garbage.require_backward(SimpleRNN)
    trial = RnnTrial.make(SimpleRNN, sizes, rng)
    x, d_outputs = _point(rng, T=T, B=B, sizes=sizes)
    require_right(run_backward(trial, x, d_outputs, expect), names)


def single(SimpleRNN: CandidateClass, rng: np.random.Generator, expect: Expectation) -> None:
    """One sequence; then one input, one hidden unit, one output, each by itself."""
    against(SimpleRNN, rng, expect, ALL, T=7, B=1)
    for sizes in rnn_roles.ONES:
        if same_roles(rnn_layout, SimpleRNN, HIDDEN, sizes) and _gives_numbers(SimpleRNN, sizes):
            against(SimpleRNN, rng, expect, ALL, T=7, B=3, sizes=sizes)


def _gives_numbers(SimpleRNN: CandidateClass, sizes: tuple[int, int, int]) -> bool:
    """Whether forward is finite at these sizes: if not, that is charged there."""
    rng = np.random.default_rng(26)
    trial = RnnTrial.make(SimpleRNN, sizes, rng)
    return bool(np.all(np.isfinite(trial.forward(rng.normal(size=(7, 3, sizes[0]))).outputs)))


def require_right(run: BackwardRun, names: Sequence[str]) -> None:
    wrong = [name for name in names if not run.right(name)]
    if not wrong:
        return
    if all(_is_a_sum(run, name) for name in wrong):
        raise CheckFailed(_a_sum(run, tuple(wrong)))
    raise CheckFailed(say("Wrong gradient for {names}.", names=tuple(wrong)))


def _is_a_sum(run: BackwardRun, name: str) -> bool:
    """Whether a gradient is right as it should be, though not with the factor of the others."""
    found = run.matches[name]
    return found is not None and found.agrees(run.truth.gradients[name], run.truth.limit)


def _a_sum(run: BackwardRun, names: tuple[str, ...]) -> Message:
    """Of gradients that are right, where most others are means."""
    return say(
        "The gradient of {names} is summed over time and batch, as it should be, and most others are divided by {what}: sum all of them.",
        names=names,
        what=_divisor(run),
    )


def sum_not_mean(SimpleRNN: CandidateClass, rng: np.random.Generator, expect: Expectation) -> None:
    garbage.require_backward(SimpleRNN)
    trial = RnnTrial.make(SimpleRNN, HIDDEN, rng)
    x, d_outputs = _point(rng, T=7, B=3, sizes=HIDDEN)
    run = run_backward(trial, x, d_outputs, expect)
    _some_right(run)
    if run.factor != 1.0:
        raise CheckFailed(
            say(
                "The gradients are right but divided by {what}; sum over time and batch.",
                what=_divisor(run),
            )
        )


def _divisor(run: BackwardRun) -> str:
    """What the run's factor divides by, where T and B are not the same."""
    T, B, _ = run.x.shape
    return {1 / B: "B", 1 / T: "T"}.get(run.factor, "T * B")


def _some_right(run: BackwardRun) -> tuple[str, ...]:
    """The parameters whose gradients are right; without any there is nothing to build on."""
    right = tuple(name for name in run.trial.layout.slots if run.right(name))
    if not right:
        raise CheckFailed(say("No gradient is right yet."))
    return right


def again(SimpleRNN: CandidateClass, rng: np.random.Generator, expect: Expectation) -> None:
    """What was right in a first round is right in the next, after an update."""
    garbage.require_backward(SimpleRNN)
    trial = RnnTrial.make(SimpleRNN, HIDDEN, rng)
    x, d_outputs = _point(rng, T=7, B=3, sizes=HIDDEN)
    first = run_backward(trial, x, d_outputs, expect)
    right = _some_right(first)
    with suppress(StudentFault):  # an update that fails loses its own question
        trial.rnn.update_parameters(0.1)
    trial.reset()
    x, d_outputs = _point(rng, T=7, B=3, sizes=HIDDEN)
    second = run_backward(trial, x, d_outputs, expect)
    wrong = [name for name in right if not second.right(name)]
    why = (
        say(
            "the first round's is still in it, added to that of the next: start from zero each time."
        )
        if all(_holds_also(first, second, name) for name in wrong)
        else say("right in the first round, wrong in the next one, after an update.")
    )
    _still_right(second, right, why)


def _holds_also(first: BackwardRun, second: BackwardRun, name: str) -> bool:
    """Whether a second gradient is the right one and the first together."""
    before, found = first.matches[name], second.matches[name]
    if before is None or found is None:
        return False
    due = second.factor * second.truth.gradients[name]
    return found.agrees(due + before.gradient, second.truth.limit)


def _still_right(run: BackwardRun, names: Sequence[str], why: Message) -> None:
    wrong = [name for name in names if not run.right(name)]
    if wrong:
        raise CheckFailed(say("Gradient of {names}: {why}", names=tuple(wrong), why=why))


def latest_forward(
    SimpleRNN: CandidateClass, rng: np.random.Generator, expect: Expectation
) -> None:
    garbage.require_backward(SimpleRNN)
    trial = RnnTrial.make(SimpleRNN, HIDDEN, rng)
    point = _point(rng, T=7, B=3, sizes=HIDDEN)
    right = _some_right(run_backward(trial, *point, expect))
    other = RnnTrial.make(SimpleRNN, HIDDEN, rng)
    other.forward(rng.normal(size=(9, 3, HIDDEN[0])))
    x, d_outputs = _point(rng, T=7, B=3, sizes=HIDDEN)
    _still_right(
        run_backward(other, x, d_outputs, expect),
        right,
        say("wrong when forward ran twice before backward: keep the latest forward's states only."),
    )
    trial = replace(trial, rnn=trial.anew(), history=[])
    _still_right(
        run_backward(trial, *point, expect, lambda: trial.anew().forward(x)),
        right,
        say(
            "wrong when another object's forward ran before backward: keep what backward needs on self, not on the class or in a global variable."
        ),
    )


def d_outputs_kept(SimpleRNN: CandidateClass, rng: np.random.Generator) -> None:
    trial = RnnTrial.make(SimpleRNN, HIDDEN, rng)
    x, d_outputs = _point(rng, T=7, B=3, sizes=HIDDEN)
    d_outputs *= CLIPPED / SMALL
    trial.forward(x)
    found = trial.rnn.backward(d_outputs.copy())
    changed = trial.rnn.changed_inputs
    garbage.require_backward(SimpleRNN)
    if changed:
        raise CheckFailed(
            say("backward changes d_outputs in place: work on a copy."),
            diagnosis="d-outputs-divided-in-place" if _divided(trial, found, d_outputs) else "",
        )


def no_update(SimpleRNN: CandidateClass, rng: np.random.Generator) -> None:
    trial = RnnTrial.make(SimpleRNN, HIDDEN, rng)
    x, d_outputs = _point(rng, T=7, B=3, sizes=HIDDEN)
    trial.forward(x)
    before, after = trial.around(Call("backward", (d_outputs,)))
    garbage.require_backward(SimpleRNN)
    if any(not np.array_equal(before[name], after[name]) for name in before):
        raise CheckFailed(
            say("backward already changes the parameters: leave that to update_parameters."),
            diagnosis="backward-updates",
        )


def nothing_added(SimpleRNN: CandidateClass, rng: np.random.Generator) -> None:
    """Gradients come from d_outputs alone."""
    trial = RnnTrial.make(SimpleRNN, HIDDEN, rng)
    x, d_outputs = _point(rng, T=7, B=3, sizes=HIDDEN)
    trial.forward(x)
    found = trial.backward(np.zeros_like(d_outputs))
    nothing = {name: np.zeros(shape) for name, shape in trial.layout.shapes.items()}
    given = match(found, trial.layout, nothing, (1.0,), 0.0)
    if not any(given.values()):
        raise CheckFailed(say("backward gives no gradients at all."))
    if not all(np.all(np.isfinite(one.gradient)) for one in given.values() if one):
        raise CheckFailed(say("With d_outputs = 0 a gradient is NaN or infinite; it should be 0."))
    added = [name for name, one in given.items() if one and np.abs(one.gradient).max() > TINY]
    if added:
        raise CheckFailed(
            say(
                "With d_outputs = 0 the gradient of {names} is not 0: something is added that does not come from the loss.",
                names=tuple(added),
            )
        )
    garbage.require_backward(SimpleRNN)  # zeros whatever comes in have nothing added either


def _divided(trial: RnnTrial, returned: object, d_outputs: Array) -> bool:
    """Whether the gradient of b_y, the sum of d_outputs, came out divided by B or T."""
    T, B, _ = d_outputs.shape
    total = d_outputs.sum(axis=(0, 1))
    found = [entry.array.ravel() for entry in entries(returned, trial.rnn, trial.layout)]
    return any(
        array.shape == total.shape and agrees(array, total / count, ROUGHLY)
        for array in found
        for count in (B, T, B * T)
    )


def clipping(SimpleRNN: CandidateClass, rng: np.random.Generator, expect: Expectation) -> None:
    """What is right for a tiny gradient is right for one of norm 0.24.

    What is wrong for a tiny one at the same point is charged elsewhere: where all states are zero
    a ReLU has no slope, and a forward without biases cannot be told from a right one.
    """
    garbage.require_backward(SimpleRNN)
    trial = RnnTrial.make(SimpleRNN, HIDDEN, rng)
    x, d_outputs = _point(rng, T=7, B=3, sizes=HIDDEN)
    small = run_backward(trial, x, d_outputs, expect)
    right = _some_right(small)
    norm = float(np.sqrt(sum(np.sum(part**2) for part in small.truth.gradients.values())))
    if norm == 0.0:  # a forward that depends on nothing, charged there
        raise CheckFailed(say("No gradient is right yet."))
    larger = RnnTrial.make(SimpleRNN, HIDDEN, trial.parameters)
    _not_held(run_backward(larger, x, d_outputs * (UNCLIPPED / norm), expect), right)
    for name, at_norm in (("b_y", _concentrated), ("b_h", _carried)):
        if name in right and at_norm(SimpleRNN, trial, expect, TINY_NORM).right(name):
            _not_held(at_norm(SimpleRNN, trial, expect, UNCLIPPED), (name,))


def _not_held(run: BackwardRun, names: Sequence[str]) -> None:
    """Raise where these gradients, right for tiny d_outputs, are wrong at norm 0.24."""
    held = all(_is_held(run, name) for name in names if not run.right(name))
    why = (
        say("clipped although the whole gradient's norm is only 0.24; clip later.")
        if held
        else say(
            "right for small d_outputs, and wrong where the whole gradient's norm is 0.24: backward "
            "is to be in proportion to d_outputs."
        )
    )
    _still_right(run, names, why)


def _is_held(run: BackwardRun, name: str) -> bool:
    """Whether the right gradient came, shortened by one factor or cut element by element."""
    found, due = run.matches[name], run.factor * run.truth.gradients[name]
    if found is None or not np.all(np.isfinite(found.gradient)) or not due.any():
        return False
    got = found.gradient.astype(np.float64)
    share = float(np.sum(got * due) / np.sum(due * due))
    bound = float(np.abs(got).max())
    shortened = 0.0 < share < 1.0 and found.agrees(share * due, run.truth.limit)
    return shortened or (bound > 0.0 and found.agrees(np.clip(due, -bound, bound), run.truth.limit))


def _concentrated(
    SimpleRNN: CandidateClass, trial: RnnTrial, expect: Expectation, norm: float
) -> BackwardRun:
    """A gradient of this norm with nearly all of it in one element, of b_y: h is zero throughout."""
    values = {name: value * (name == "W_hh") for name, value in trial.parameters.items()}
    values["W_hy"] = 1e-3 * trial.parameters["W_hy"]
    x, d_outputs = np.zeros((4, 2, HIDDEN[0])), np.zeros((4, 2, HIDDEN[2]))
    d_outputs[1, 0, 0] = norm
    return run_backward(RnnTrial.make(SimpleRNN, HIDDEN, values), x, d_outputs, expect)


def _carried(
    SimpleRNN: CandidateClass, trial: RnnTrial, expect: Expectation, norm: float
) -> BackwardRun:
    """A gradient of this norm with nearly all of it carried back one step, where it grows threefold.

    A share of 1 goes to one element of b_y and to one of b_h, and of 3 to another of b_h.
    """
    values = {name: np.zeros_like(value) for name, value in trial.parameters.items()}
    values["W_hy"][0, 0] = 1.0
    values["W_hh"][1, 0] = 3.0
    x, d_outputs = np.zeros((4, 2, HIDDEN[0])), np.zeros((4, 2, HIDDEN[2]))
    d_outputs[2, 0, 0] = norm / np.sqrt(1 + 1 + 3**2)
    return run_backward(RnnTrial.make(SimpleRNN, HIDDEN, values), x, d_outputs, expect)


def fast(SimpleRNN: CandidateClass, rng: np.random.Generator, expect: Expectation) -> None:
    """The call's time limit is the check, for a backward of which something is right."""
    garbage.require_backward(SimpleRNN)
    trial = RnnTrial.make(SimpleRNN, HIDDEN, rng)
    _some_right(run_backward(trial, *_point(rng, T=7, B=3, sizes=HIDDEN), expect))
    T, B, I, H, O = LARGE  # noqa: E741  # sizes as in the equations
    rnn = SimpleRNN(I, H, O)
    lend_again(rnn, rnn_layout(SimpleRNN, HIDDEN).lent, rnn_roles.shapes(I, H, O))
    rnn.forward(rng.normal(size=(T, B, I)))
    rnn.backward(SMALL * rng.normal(size=(T, B, O)))
