"""What if this line is dropped, this sign flipped? Answered by running the changed program."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import numpy as np

from grader.integrity.dossier.asking.ask_gates import cell_change
from grader.integrity.dossier.asking.measured_figures import gradients, loss, names, share
from grader.integrity.dossier.measuring.aftermath import ROUNDS
from grader.integrity.dossier.measuring.cell_lab import CellGiven, CellLab
from grader.integrity.dossier.measuring.laboratory import Laboratory
from grader.integrity.dossier.measuring.mutations import ChangeKind, Mutation, mutations
from grader.integrity.dossier.measuring.rnn_lab import (
    RATE,
    SIZES,
    NetworkGiven,
    RnnLab,
    differing,
    relative,
)
from grader.integrity.dossier.oral_question import Level, OralQuestion, QuestionDraft
from grader.integrity.dossier.own_program import OwnProgram, dedented
from grader.language import Message, say
from grader.protocol import Array

HIDDEN = ("W_xh", "W_hh", "b_h")
SEEN = 1e-3  # a relative change that is worth a question
MISFIT = 0.25  # the weight of a change that Python itself refuses
LARGEST = 20.0  # beyond it a change is nonsense, and no slip that anybody would think about
LINEARITY = 1e-6  # how exactly a step is a multiple of the usual one

WHAT = {
    ChangeKind.DROP: say("This line is left out."),
    ChangeKind.SUMMAND: say("One summand is left out, as shown."),
    ChangeKind.SIGN: say("A sign is flipped, as shown."),
    ChangeKind.TRANSPOSE: say("A transpose is left out, as shown."),
    ChangeKind.FACTOR: say("A factor is left out, as shown."),
    ChangeKind.OVERWRITE: say("= stands in place of +=, as shown."),
    ChangeKind.ORDER: say("The loop runs forwards in time, as shown."),
    ChangeKind.LINEAR: say("tanh is left out, as shown."),
    ChangeKind.SQUASH: say("tanh takes the place of the sigmoid, as shown."),
}
ASKED = {
    "forward": say(
        "{change} Which outputs change, from which step on, and is your backward still the gradient of this forward?"
    ),
    "backward": say(
        "{change} Which gradients change and which do not, and does the loss still fall?"
    ),
    "update": say("{change} What do the weights and the loss do?"),
    "cell": say(
        "{change} Which of the two new states changes, and what does it mean over many steps?"
    ),
}

WEAK = {
    "forward": say("“All outputs are wrong”, without a step."),
    "backward": say("“The gradients are wrong”, without which and why."),
    "update": say("“It learns worse.”"),
    "cell": say("“The LSTM does not work”, without either state."),
}
STRONG = {
    "forward": say("Says which step is the first, and whether backward has to change with it."),
    "backward": say(
        "Names the gradients by what they are made of, and says why a loss may fall all the same."
    ),
    "update": say("Says direction and size of the step, and what the loss does at once."),
    "cell": say("Tells c_t from h_t, and says what either is after many steps."),
}


def drafts(own: OwnProgram, lab: Laboratory) -> Iterator[QuestionDraft]:
    if lab.rnn is not None:
        for topic in ("forward", "backward", "update"):
            for unit in own.functions[topic]:
                changes = list(mutations(own.program, unit))
                results = lab.rnn.given([(one.edit,) for one in changes])
                for change, given in zip(changes, results, strict=True):
                    yield from _of_network(own, lab, topic, change, given)
    if lab.cell is not None:
        for unit in own.functions["cell"]:
            changes = list(mutations(own.program, unit))
            cells = lab.cell.given([(one.edit,) for one in changes])
            for change, states in zip(changes, cells, strict=True):
                yield from _of_cell(own, lab.cell, change, states)


def _of_network(
    own: OwnProgram, lab: Laboratory, topic: str, change: Mutation, given: NetworkGiven
) -> Iterator[QuestionDraft]:
    assert lab.rnn is not None  # noqa: S101 - the caller has one
    kind = f"change {change.kind}"
    if _does_not_fit(change, given):
        make = partial(_misfit, own, change, given)
        yield QuestionDraft(Level.PREDICT, topic, kind, change.lines, make, MISFIT)
    elif topic == "forward" and _moves_outputs(lab.rnn, given):
        make = partial(_forward, own, lab, change, given)
        yield QuestionDraft(
            Level.PREDICT, topic, kind, change.lines, make, _forward_weight(lab.rnn, given)
        )
    elif topic == "backward" and given.complete and (errors := _visible(lab.rnn.changed(given, 0))):
        if max(errors.values()) > LARGEST:
            return
        make = partial(_backward, own, lab, change, given)
        weight = (
            1.0
            + 2.0 * (len(errors) < len(lab.rnn.base.gradients[0]))
            + 2.0 * (_first_step(lab.rnn, given) > 1)
        )
        yield QuestionDraft(Level.PREDICT, topic, kind, change.lines, make, weight)
    elif topic == "update" and given.complete and _step_changes(lab.rnn, given):
        make = partial(_update, own, lab, change, given)
        yield QuestionDraft(Level.PREDICT, topic, kind, change.lines, make, 2.0)


def _visible(errors: Mapping[str, float]) -> dict[str, float]:
    return {name: error for name, error in errors.items() if error > SEEN}


def _does_not_fit(change: Mutation, given: NetworkGiven | CellGiven) -> bool:
    """Whether shapes no longer fit; other exceptions ask for no thought."""
    fault = given.fault
    return (
        fault is not None
        and fault.kind == "raised"
        and fault.builtin == "ValueError"
        and fault.line > 0
        and change.kind is ChangeKind.TRANSPOSE
    )


def _moves_outputs(lab: RnnLab, given: NetworkGiven) -> bool:
    return given.seen is not None and given.complete and SEEN < max(_by_step(lab, given)) < LARGEST


def _by_step(lab: RnnLab, given: NetworkGiven) -> list[float]:
    """Relative change of the outputs of each step."""
    assert given.seen is not None  # noqa: S101 - asked before
    assert lab.base.seen is not None  # noqa: S101 - the lab has looked
    pairs = zip(given.seen.outputs, lab.base.seen.outputs, strict=True)
    return [
        relative(np.asarray(got, np.float64), np.asarray(was, np.float64)) for got, was in pairs
    ]


def _forward_weight(lab: RnnLab, given: NetworkGiven) -> float:
    return 4.0 if _by_step(lab, given)[0] <= SEEN else 1.5


def _first_step(lab: RnnLab, given: NetworkGiven) -> int:
    """The first output step, from 1, whose share of the gradients is not what it was; 0: none."""
    return next((t for t in range(1, SIZES.T + 1) if _visible(lab.changed(given, t))), 0)


def _question(
    own: OwnProgram, topic: str, change: Mutation, answer: Message, measured: tuple[Message, ...]
) -> OralQuestion:
    return OralQuestion(
        Level.PREDICT,
        Message(ASKED[topic].text, {"change": WHAT[change.kind]}),
        answer,
        weak=WEAK[topic],
        strong=STRONG[topic],
        excerpt=own.excerpt(change.lines),
        changed=dedented(list(change.after)),
        measured=measured,
    )


def _misfit(own: OwnProgram, change: Mutation, given: NetworkGiven | CellGiven) -> OralQuestion:
    assert given.fault is not None  # noqa: S101 - asked before
    return OralQuestion(
        Level.PREDICT,
        say("A transpose is left out, as shown. Which shapes meet, and does Python notice?"),
        say("It raises ValueError at line {line}: the shapes do not fit.", line=given.fault.line),
        weak=say("“Transposing makes it fit”, without any shape."),
        strong=say("Gives both shapes in letters, and says with which sizes nobody would notice."),
        excerpt=own.excerpt(change.lines),
        changed=dedented(list(change.after)),
        measured=(say("Tried: {words}", words=given.fault.text[:160]),),
    )


def _backward(
    own: OwnProgram, lab: Laboratory, change: Mutation, given: NetworkGiven
) -> OralQuestion:
    rnn = lab.rnn
    assert rnn is not None  # noqa: S101 - as above
    errors = _visible(rnn.changed(given, 0))
    answer = _what_hangs_on_it(rnn, errors)
    return _question(
        own, "backward", change, answer,
        (*_gradient_figures(rnn, given, errors), *_loss_figures(lab, change)),
    )  # fmt: skip


def _what_hangs_on_it(rnn: RnnLab, errors: Mapping[str, float]) -> Message:
    kept = [name for name in rnn.base.gradients[0] if name not in errors]
    if len(errors) == 1:
        return say(
            "Only {wrong} changes: no other gradient is made of what this line gives.",
            wrong=names(errors),
        )
    if not kept:
        return say("All gradients change: all of them are made of what this line gives.")
    if set(errors) == set(HIDDEN):
        return say(
            "{wrong} change: they are made of dL/da_t. {kept} stay.",
            wrong=names(errors),
            kept=names(kept),
        )
    return say("{wrong} change; {kept} stay.", wrong=names(errors), kept=names(kept))


def _gradient_figures(
    rnn: RnnLab, given: NetworkGiven, errors: Mapping[str, float]
) -> Iterator[Message]:
    if rnn.is_right:
        yield say("Tried: off by {errors} (of the true gradient's norm).", errors=gradients(errors))
    elif rnn.layout.stateful:
        yield say("Tried: changed by {errors} (of the norm before).", errors=gradients(errors))
    else:
        yield say(
            "Tried: changed by {errors} (of the norm before). The program as it is has other gradients than the true ones.",
            errors=gradients(errors),
        )
    first = _first_step(rnn, given)
    if first > 1 and all(_visible(rnn.changed(given, t)) for t in range(first, SIZES.T + 1)):
        yield say(
            "The share of an output of step {before} is not touched; from output step {first} on it is.",
            before=first - 1,
            first=first,
        )


def _loss_figures(lab: Laboratory, change: Mutation) -> Iterator[Message]:
    usual, other = lab.loss, lab.after((change.edit,)).loss
    if usual is None or other is None:
        return
    yield say(
        "{count} updates on “give back the input of two steps ago”: the loss goes from {first} to {last}; unchanged program: to {usual}.",
        count=ROUNDS, first=loss(other.first), last=loss(other.last), usual=loss(usual.last),
    )  # fmt: skip


def _forward(
    own: OwnProgram, lab: Laboratory, change: Mutation, given: NetworkGiven
) -> OralQuestion:
    rnn = lab.rnn
    assert rnn is not None  # noqa: S101 - as above
    steps = _by_step(rnn, given)
    answer = _what_outputs_do(rnn, given, steps)
    figures = say("Tried: outputs of step 1 change by {one}, of step {last} by {end}.", one=share(steps[0]), last=len(steps), end=share(steps[-1]))  # fmt: skip
    return _question(
        own, "forward", change, answer, (figures, *_still_gradient(lab, change, given))
    )


def _what_outputs_do(rnn: RnnLab, given: NetworkGiven, steps: Sequence[float]) -> Message:
    first = next(t for t, moved in enumerate(steps, 1) if moved > SEEN)
    if given.seen is not None and given.seen.hidden is not None and not np.any(given.seen.hidden):
        return say("h_t is 0 at every step: the outputs are b_y alone.")
    if first > 1:
        return say(
            "Outputs change from step {first} on; before that there is nothing to remember yet.",
            first=first,
        )
    if _hidden_stay(rnn, given):
        return say(
            "Every output changes, and no hidden state does: the line stands behind the recurrence."
        )
    return say("Outputs change from the first step on, and the change is carried on by h_t.")


def _hidden_stay(rnn: RnnLab, given: NetworkGiven) -> bool:
    assert given.seen is not None  # noqa: S101 - as above
    assert rnn.base.seen is not None  # noqa: S101 - as above
    if given.seen.hidden is None or rnn.base.seen.hidden is None:
        return False
    return (
        relative(
            np.asarray(given.seen.hidden, np.float64), np.asarray(rnn.base.seen.hidden, np.float64)
        )
        < 10 * rnn.limit
    )


def _still_gradient(lab: Laboratory, change: Mutation, given: NetworkGiven) -> Iterator[Message]:
    """Backward, unchanged, against central differences of the changed forward."""
    rnn = lab.rnn
    assert rnn is not None  # noqa: S101 - as above
    truth = lab.after((change.edit,)).truth
    if truth is None or rnn.layout.stateful:
        return
    known: dict[str, Array | None] = {name: truth[name] for name in given.gradients[0]}
    errors = differing(given.gradients[0], known, 100 * rnn.limit)
    unused = [name for name in errors if not np.any(truth[name])]
    off = {name: error for name, error in errors.items() if name not in unused}
    if off:
        yield say(
            "Against central differences of the changed forward, backward is off in {errors}.",
            errors=gradients(off),
        )
    if unused:
        yield say(
            "The true gradient of the changed forward is 0 for {names}; backward gives something else.",
            names=names(unused),
        )
    if not errors:
        yield say("Against central differences of the changed forward, every gradient is right.")
    if before := rnn.wrong(rnn.base, 0):
        yield say("Before the change {names} were off already.", names=names(before))


def _step_changes(rnn: RnnLab, given: NetworkGiven) -> bool:
    step, usual = given.step, rnn.base.step
    if step is None or usual is None or not any(map(np.any, usual.values())):
        return False
    moved = differing(step, usual, SEEN)
    return bool(moved) and max(moved.values()) < LARGEST


def _update(
    own: OwnProgram, lab: Laboratory, change: Mutation, given: NetworkGiven
) -> OralQuestion:
    rnn = lab.rnn
    assert rnn is not None  # noqa: S101 - as above
    step, usual = given.step, rnn.base.step
    assert step is not None  # noqa: S101 - asked before
    assert usual is not None  # noqa: S101 - asked before
    figures = tuple(_loss_figures(lab, change))
    return _question(own, "update", change, _what_the_step_does(step, usual), figures)


def _what_the_step_does(step: Mapping[str, Array], usual: Mapping[str, Array]) -> Message:
    still = [name for name, part in step.items() if not np.any(part)]
    if len(still) == len(step):
        return say("No parameter moves: nothing is learnt.")
    if all(relative(-step[name], usual[name]) < LINEARITY for name in step):
        return say("Every step goes uphill, along the gradient: the loss grows.")
    moved = differing(step, usual, SEEN)
    if set(moved) <= set(still):
        return say("No longer updated: {names}. The others step as before.", names=tuple(moved))
    factor = _common_factor(step, {name: usual[name] for name in moved})
    if factor is not None and len(moved) == len(step):
        return say(
            "Every step is {factor} times what it was (at learning rate {rate}).",
            factor=f"{factor:.3g}",
            rate=RATE,
        )
    if factor is not None:
        return say(
            "The step of {names} is {factor} times what it was (at learning rate {rate}); the others step as before.",
            names=tuple(moved),
            factor=f"{factor:.3g}",
            rate=RATE,
        )
    return say(
        "The steps of {names} are other ones than before (by {errors}).",
        names=tuple(moved),
        errors=tuple(f"{name} {share(error)}" for name, error in moved.items()),
    )


def _common_factor(step: Mapping[str, Array], usual: Mapping[str, Array]) -> float | None:
    """By what all steps are multiplied alike; None where they are not."""
    factors = [
        float(np.vdot(step[name], part) / np.vdot(part, part))
        for name, part in usual.items()
        if np.any(part)
    ]
    alike = all(relative(step[name], factors[0] * part) < LINEARITY for name, part in usual.items())
    return factors[0] if alike else None


def _of_cell(
    own: OwnProgram, lab: CellLab, change: Mutation, given: CellGiven
) -> Iterator[QuestionDraft]:
    kind = f"change {change.kind}"
    if _does_not_fit(change, given):
        make = partial(_misfit, own, change, given)
        yield QuestionDraft(Level.PREDICT, "cell", kind, change.lines, make, MISFIT)
    elif given.complete and SEEN < max(_states(lab, given, 0)) < LARGEST:
        yield QuestionDraft(
            Level.PREDICT, "cell", kind, change.lines, partial(_cell, own, lab, change, given), 2.0
        )


def _states(lab: CellLab, given: CellGiven, number: int) -> tuple[float, float]:
    """Relative changes of h and c in a round."""
    h, c = (
        relative(got, was)
        for got, was in zip(given.rounds[number], lab.base.rounds[number], strict=True)
    )
    return h, c


def _cell(own: OwnProgram, lab: CellLab, change: Mutation, given: CellGiven) -> OralQuestion:
    h, c = _states(lab, given, 0)
    if c <= SEEN:
        answer = say(
            "Only h_t changes: c_t is not made of what this line gives, so the memory stays as it was."
        )
    elif max(_states(lab, given, 1)) <= SEEN:
        answer = say(
            "c_t changes, and h_t with it; with an empty cell state nothing would change: the line is about what is kept."
        )
    elif h <= SEEN:
        answer = say("Only c_t changes; h_t stays.")
    else:
        answer = say("c_t changes, and h_t with it, for h_t = o_t ⊙ tanh(c_t).")
    return _question(own, "cell", change, answer, (cell_change(lab, given.rounds[0]),))
