"""What forward of the networks of q6_2 to q6_4 computes where it does not follow the equations.

A state is atanh of an affine map of what it reads; which sources make that map exact says what is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from grader.checks.bonus import bidirectional, deep, networks, seq2seq
from grader.checks.bonus.affine import fit, later_recurrence, recurrence
from grader.checks.bonus.networks import StoredNetwork
from grader.diagnosis.experiments import regression
from grader.diagnosis.experiments.regression import INVERSES
from grader.diagnosis.optional.findings import CLOSE, ROUNDING, Finding, finding, near
from grader.diagnosis.optional.form_names import called
from grader.diagnosis.optional.layers import late
from grader.faults import CheckFailed
from grader.language import say
from grader.protocol import Array, CandidateClass

I, H, O, T, S, MANY = 4, 5, 3, 6, 7, 24  # noqa: E741  # sizes as in the equations
K = 3
SEED = 31
ABOUT = "forward"


def of_recurrence(
    states: Array,
    reads: Array,
    label: str,
    others: Mapping[str, Array],
    starts: Mapping[str, Array],
) -> Iterator[Finding]:
    """Why states (T, B, H) are no tanh of a map of `reads` and the state before; nothing where they are.

    others: what else may be read, by name; starts: what may stand before the first state (B, H).
    """
    found = recurrence(states, reads)
    if found.roughly_holds():
        if found.told and np.abs(found.matrices[1]).max() < ROUNDING:
            yield finding(
                say("In {label} the state before has no part.", label=called(label)), ABOUT
            )
        return
    if not np.ptp(states):
        yield finding(say("The states of {label} never change.", label=called(label)), ABOUT)
        return
    if later_recurrence(states, reads).roughly_holds():
        began = [
            what
            for what, first in starts.items()
            if recurrence(states, reads, first=first).roughly_holds()
        ]
        yield finding(
            say("In {label} the state before the first is {what}; it should be zero.", label=called(label), what=called(began[0]))
            if began
            else say("In {label} the state before the first is not zero.", label=called(label)), ABOUT
        )  # fmt: skip
        return
    for what, other in others.items():
        if later_recurrence(states, other).roughly_holds():
            yield finding(
                say("What {label} reads is {what}.", label=called(label), what=called(what)), ABOUT
            )
            return
    yield from _other_function(states, reads, label)


def _other_function(states: Array, reads: Array, label: str) -> Iterator[Finding]:
    rows = {"x": reads, "h": late(states), "1": np.ones((*states.shape[:2], 1))}
    flat = {name: one.reshape(-1, one.shape[-1]) for name, one in rows.items()}
    for name, inverse in INVERSES.items():
        with np.errstate(all="ignore"):
            inside = inverse(states.astype(np.float64)).reshape(-1, states.shape[-1])
        if name != "tanh" and _units_fit(inside, flat):
            yield finding(
                say(
                    "In {label} the activation is {found}; it is tanh.",
                    label=called(label),
                    found=name,
                ),
                ABOUT,
            )
            return


def _units_fit(inside: Array, sources: Mapping[str, Array]) -> bool:
    """Whether every unit with enough known rows is a map of the sources, two units at least."""
    width = sum(one.shape[1] for one in sources.values())
    enough = np.isfinite(inside).sum(axis=0) >= regression.LEAST * width
    columns = [inside[:, [unit]] for unit in np.flatnonzero(enough)]
    fits = [regression.fit(column, sources, CLOSE) is not None for column in columns]
    return len(fits) > 1 and all(fits)


def _outputs(
    outputs: Array, right: list[Array], others: Mapping[str, list[Array]]
) -> Iterator[Finding]:
    """Why outputs are no affine map of the states that they should come from."""
    if fit(outputs, right).roughly_holds():
        return
    for what, sources in others.items():
        if fit(outputs, sources).roughly_holds():
            yield finding(say("The outputs are made of {what}.", what=called(what)), ABOUT)
            return
    for name in ("tanh", "sigmoid", "exp"):
        inside = INVERSES[name](outputs.astype(np.float64))
        if np.isfinite(inside).all() and fit(inside, right).roughly_holds():
            yield finding(
                say("The outputs pass through {found}; they are linear.", found=name), ABOUT
            )
            return


# ---------------------------------------- q6_2 ----------------------------------------


def of_bidirectional(cls: CandidateClass) -> Iterator[Finding]:
    found = networks.network(cls, bidirectional.kind(I, H, O, T, MANY))
    rng = np.random.default_rng(SEED)
    *_, values = bidirectional.equation_maps(found, rng)
    x = found.kind.inputs(rng)
    seen = bidirectional.states(found, values, x)
    zero_or = {"the last state of the other direction": seen.ahead[-1]}
    ahead = {
        "the inputs in reverse order": x[::-1],
        "the inputs one step late": late(x),
    }
    yield from of_recurrence(
        seen.ahead,
        x,
        "the forward direction",
        ahead,
        {"the last state of the other direction": seen.back[0]},
    )
    # In its own order: the last step first.
    g, reads = seen.back[::-1], x[::-1]
    if not recurrence(g, reads).roughly_holds() and later_recurrence(seen.back, x).roughly_holds():
        yield finding(
            say("The second direction reads forwards as well: time is not reversed."), ABOUT
        )
    elif not recurrence(g, reads).roughly_holds() and recurrence(seen.back, reads).roughly_holds():
        yield finding(
            say(
                "The backward direction's states are not turned back: place t holds the state of step T + 1 - t."
            ),
            ABOUT,
        )
    else:
        yield from of_recurrence(g, reads, "the backward direction", {}, zero_or)
    both = {
        "the forward direction's states alone": [seen.ahead],
        "the backward direction's states alone": [seen.back],
        "the states of both directions at different steps": [seen.ahead, seen.back[::-1]],
    }
    yield from _outputs(found.called(values, x).outputs(), [seen.ahead, seen.back], both)


# ---------------------------------------- q6_3 ----------------------------------------


def of_deep(cls: CandidateClass) -> Iterator[Finding]:
    found = networks.network(cls, deep.kind(I, H, O, K, T, MANY))
    rng = np.random.default_rng(SEED)
    *_, values = deep.equation_maps(found, rng)
    x = found.kind.inputs(rng)
    call = found.called(values, x)
    returned = call.obj.forward(x)
    outputs = call.read(returned)
    hidden, _ = deep.states(found, returned, x)
    if len(hidden) < K:
        yield finding(say("There is a layer less than num_layers."), ABOUT)
        return
    for number, states in enumerate(hidden, start=1):
        below = x if number == 1 else hidden[number - 2]
        yield from of_recurrence(
            states, below, f"layer {number}", _readable(hidden, x, number), _starts(hidden, number)
        )
    tops = {f"the states of layer {k}": [hidden[k - 1]] for k in range(1, K)}
    tops["the states of several layers, not of the top one alone"] = list(hidden)
    yield from _outputs(outputs, [hidden[-1]], tops)


def _readable(hidden: Array, x: Array, number: int) -> dict[str, Array]:
    """What a layer may read by mistake."""
    if number == 1:
        return {"the inputs one step late": late(x)}
    below = hidden[number - 2]
    others = {
        "the inputs, not the states of the layer below": x,
        "the states of the layer below, one step late": late(below),
        "the last state of the layer below, at all steps": np.broadcast_to(below[-1], below.shape),
        "the states of the layer below, in reverse order": below[::-1],
    }
    return others | {
        f"the states of layer {k}": hidden[k - 1]
        for k in range(1, K + 1)
        if k not in (number - 1, number)
    }


def _starts(hidden: Array, number: int) -> dict[str, Array]:
    return {} if number == 1 else {"the last state of the layer below": hidden[number - 2][-1]}


# ---------------------------------------- q6_4 ----------------------------------------


def of_seq2seq(cls: CandidateClass) -> Iterator[Finding]:
    found = networks.network(cls, seq2seq.kind(I, H, O, T, MANY))
    rng = np.random.default_rng(SEED)
    values, x = found.values(rng), found.kind.inputs(rng)
    targets = rng.normal(size=(S, MANY, O))
    decoder = list(_decoder(found, values, x, targets))
    yield from decoder
    if not decoder:
        yield from _encoder(found, values, x, targets)
        yield from _free(found)


def _decoder(
    found: StoredNetwork, values: dict[str, Array], x: Array, targets: Array
) -> Iterator[Finding]:
    seen = seq2seq.inside(found, values, x, targets)
    if seen.offset == seq2seq.OWN_OUTPUTS:
        yield finding(say("With targets given the decoder still reads its own outputs."), ABOUT)
    elif seen.decoder.roughly_holds() and seen.offset:
        yield finding(
            say("The decoder reads the target {count} step(s) too early.", count=seen.offset)
            if seen.offset > 0
            else say("The decoder reads the target {count} step(s) too late.", count=-seen.offset), ABOUT
        )  # fmt: skip
    elif not seen.decoder.roughly_holds():
        yield from _odd_decoder(seen.states, targets)


def _odd_decoder(states: Array, targets: Array) -> Iterator[Finding]:
    fed = targets[: len(states) - 1]
    inside = np.arctanh(np.clip(states[1:], -1 + 1e-15, 1 - 1e-15))
    if fit(states[1:], [fed, states[:-1]]).roughly_holds():
        yield finding(say("The decoder has no tanh."), ABOUT)
    elif fit(inside, [fed]).roughly_holds():
        yield finding(say("In the decoder the state before has no part."), ABOUT)
    elif _only_first_state(inside, fed, states):
        yield finding(
            say(
                "Every step of the decoder starts from the encoder's state, not from its own state before."
            ),
            ABOUT,
        )


def _only_first_state(inside: Array, fed: Array, states: Array) -> bool:
    """Whether the steps differ by what is fed alone, the rest being the same in all of them."""
    first = np.broadcast_to(np.arctanh(np.clip(states[0], -1 + 1e-15, 1 - 1e-15)), inside.shape)
    return fit(inside, [fed, first]).roughly_holds()


def _encoder(
    found: StoredNetwork, values: dict[str, Array], x: Array, targets: Array
) -> Iterator[Finding]:
    """What the decoder begins with after ever longer inputs (T, B, H)."""
    begins = seq2seq.encoder_states(found, values, x, targets[:3])
    if recurrence(begins, x).roughly_holds():
        return
    count = np.arange(1, len(x) + 1)[:, None, None]
    differences = np.diff(np.concatenate([np.zeros_like(begins[:1]), begins]), axis=0)
    means = np.diff(np.concatenate([np.zeros_like(begins[:1]), count * begins]), axis=0)
    if np.abs(begins).max() < ROUNDING:
        words = say("The decoder begins with zeros, not with the encoder's last state.")
    elif near(begins, np.broadcast_to(begins[:1], begins.shape)):
        words = say("The decoder begins with the encoder's first state, not with its last.")
    elif recurrence(means, x).roughly_holds():
        words = say("The decoder begins with the mean of the encoder's states, not with its last.")
    elif recurrence(differences, x).roughly_holds():
        words = say("The decoder begins with the sum of the encoder's states, not with its last.")
    elif recurrence(np.arctanh(np.clip(begins, -1 + 1e-12, 1 - 1e-12)), x).roughly_holds():
        words = say(
            "The encoder's last state passes through one more tanh on its way to the decoder."
        )
    else:
        try:
            seq2seq.require_zero_start(found, values, x, targets)
        except CheckFailed as fault:
            yield finding(fault.message, ABOUT)
            return
        yield from of_recurrence(begins, x, "the encoder", {}, {})
        return
    yield finding(words, ABOUT)


def _free(found: StoredNetwork) -> Iterator[Finding]:
    """What is fed back where no targets are given, all else being right."""
    rng = np.random.default_rng(SEED)
    known = seq2seq.matrices(found, rng)
    if known is None:
        return
    values, encoder, decoder, output = known
    x = found.kind.inputs(rng)
    seen = found.called(values, x, None, S, steps=S).outputs()
    state = np.zeros((MANY, H))
    for x_t in x:
        state = np.tanh(x_t @ encoder.matrices[0] + state @ encoder.matrices[1] + encoder.bias)
    feeds: dict[str, Callable[[Array], Array]] = {
        "": lambda y: y,
        "tanh(y)": np.tanh,
        "zeros": np.zeros_like,
        "sigmoid(y)": lambda y: 1.0 / (1.0 + np.exp(-y)),
        "sign(y)": np.sign,
        "relu(y)": lambda y: np.maximum(y, 0.0),
        "softmax(y)": lambda y: np.exp(y) / np.exp(y).sum(axis=-1, keepdims=True),
    }
    for what, feed in feeds.items():
        s, u, outputs = state, np.zeros((MANY, O)), []
        for _ in range(S):
            s = np.tanh(u @ decoder.matrices[0] + s @ decoder.matrices[1] + decoder.bias)
            outputs.append(s @ output.matrices[0] + output.bias)
            u = feed(outputs[-1])
        if near(np.stack(outputs), seen):
            if what:
                yield finding(
                    say(
                        "Running free the decoder is fed {what} where its last output y belongs.",
                        what=what,
                    ),
                    ABOUT,
                )
            return
