"""The sentences for what a changed input, another call and other sizes move in forward."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from grader.diagnosis.numbers_told import numbered
from grader.language import Message, say


def _state_kept(_: Message) -> Message:
    return say(
        "The hidden state is kept between two calls of forward: the same inputs give something else the second time, and on a fresh object the first answer again. Start each call at h_0 = 0."
    )


def _random(_: Message) -> Message:
    return say(
        "forward gives something else each time, on fresh objects too: random numbers (dropout, a new weight) take part. Take them out."
    )


def _depends_on_start(_: Message) -> Message:
    return say(
        "Two objects with the same parameters give different results for the same inputs. Look for a copy or a transpose of a weight that was made once, in __init__."
    )


def _weights_cached(_: Message) -> Message:
    return say(
        "After its parameters have changed an object still computes with the old ones: something made of them is kept from the first forward. Make it anew in each forward."
    )


def _follow_one(what: Message, *, sample: int) -> Message:
    return say(
        "All sequences of a batch follow sequence {sample}: changing it changes the {what} of all, changing another changes no other. Keep one state per sequence, shape (B, H).",
        sample=sample,
        what=what,
    )


def _samples_mixed(what: Message) -> Message:
    return say(
        "Sequences of a batch mix: changing the inputs of one changes the {what} of another. Look for a sum, mean, maximum or reshape over the batch axis.",
        what=what,
    )


def _along_batch(_: Message) -> Message:
    return say(
        "The recurrence runs along the batch and not along time: a sequence changes those after it in the batch, a step changes no other step. inputs has shape (T, B, I), time first: look at the axis of the loop."
    )


def _goes_on(_: Message) -> Message:
    return say(
        "A sequence goes on where the one before it in the batch ended: its first state is made of the other's last one. Set h_0 = 0 for every sequence, not once for all."
    )


def _samples_deaf(what: Message, *, samples: Sequence[int]) -> Message:
    return say(
        "Changing the inputs of sequence {samples} changes nothing in {what}.",
        samples=numbered(samples),
        what=what,
    )


def _deaf(what: Message) -> Message:
    return say("{what} do not depend on the inputs at all: changing x changes nothing.", what=what)


def _not_finite(_: Message) -> Message:
    return say("forward gives NaN or infinity for ordinary inputs and parameters.")


def _parameters_half(_: Message) -> Message:
    return say(
        "Parameters are kept in half precision (float16), which has three digits: what is computed with them is off by as much. Use float64."
    )


def _parameters_overlap(_: Message, *, one: str, other: str) -> Message:
    return say(
        "{one} and {other} lie in the same memory: written anew, {one} changes {other} as well. Give each an array of its own, with .copy() where it is cut out of another.",
        one=one,
        other=other,
    )


def _inputs_scaled(what: Message, *, how: str, over: str) -> Message:
    return say(
        "The {what} follow the equation, of other inputs: before use x is {how}, {over}. forward takes x as it comes; scaling belongs to the data.",
        what=what,
        how=HOW[how],
        over=OVER[over],
    )


HOW = {
    "centred": say("less its mean"),
    "standardised": say("less its mean and divided by its standard deviation"),
    "divided by the deviation": say("divided by its standard deviation"),
    "brought to 0 to 1": say("scaled to the range 0 to 1"),
    "brought to -1 to 1": say("scaled to the range -1 to 1"),
    "divided by the largest": say("divided by its largest size"),
    "divided by the norm": say("divided by its norm"),
}
OVER = {
    "all": say("taken over everything"),
    "steps and sequences": say("taken over all steps and sequences"),
    "steps": say("taken over the steps of each sequence"),
    "sequences": say("taken over the sequences of the batch"),
    "components": say("taken over the components of each x_t"),
    "steps and components": say("taken over all of each sequence"),
}


def _runs_backward(what: Message) -> Message:
    return say(
        "forward runs backward in time: changing x at a step changes the {what} of that step and earlier ones. Go from t = 0 to the last step.",
        what=what,
    )


def _inputs_reversed(what: Message) -> Message:
    return say(
        "The inputs are taken in reversed order: changing x at the last step changes the {what} of all steps.",
        what=what,
    )


def _no_recurrence(what: Message) -> Message:
    return say(
        "There is no recurrence: changing x at a step changes the {what} of that step and of no later one, 0 steps on. h_(t-1) must enter h_t by way of W_hh.",
        what=what,
    )


def _looks_ahead(what: Message, *, steps: Sequence[int]) -> Message:
    if len(steps) > 1 and tuple(steps) == tuple(range(1, len(steps) + 1)):
        return say(
            "Later inputs leak back: changing x at a step changes {what} up to {steps} step(s) earlier. Look for a mean, a maximum or a scaling over time, and at the index of the input.",
            what=what,
            steps=steps[-1],
        )
    return say(
        "Later inputs leak back: changing x at a step changes {what} {steps} step(s) earlier. Check the index of the input in the loop.",
        what=what,
        steps=numbered(steps),
    )


def _remembers(what: Message, *, steps: int) -> Message:
    return say(
        "A change of x reaches {what} {steps} step(s) later and no further. h_(t-1) must carry everything before it.",
        what=what,
        steps=steps - 1,
    )


def _late(what: Message, *, steps: int) -> Message:
    return say(
        "{what} come {steps} step(s) late: changing x at step t shows from step t + {steps} on only. Check which state belongs to which output.",
        what=what,
        steps=steps,
    )


def _steps_back(what: Message, *, steps: int) -> Message:
    return say(
        "The recurrence goes {steps} steps back and not one: a change of x shows in {what} at every step number {steps} after it only. h_t needs h_(t-1).",
        what=what,
        steps=steps,
    )


def _not_computed(what: Message, *, steps: Sequence[int]) -> Message:
    return say(
        "The {what} of steps {steps} (of 0 to 5) depend on no input: these steps are not computed. Look at the bounds of the loop, and whether `return` stands inside it.",
        what=what,
        steps=numbered(steps),
    )


def _inputs_ignored(what: Message, *, steps: Sequence[int]) -> Message:
    return say(
        "Changing x at step {steps} (of 0 to 5) changes no {what} at all: that input is passed over. Look at the bounds of the loop.",
        what=what,
        steps=numbered(steps),
    )


def _starts_anew(what: Message, *, steps: Sequence[int]) -> Message:
    return say(
        "The state starts anew at step {steps}: no input before it shows in {what} from there on. Set h_0 = 0 once, before the loop.",
        what=what,
        steps=numbered(steps),
    )


def _bias_elsewhere(_: Message, number: float | None = None) -> Message:
    where = say("Keep b_h on self as an array of shape (H,), so that it can be set and learned.")
    if number is None:
        return say(
            "Something is added to every weighted sum that stands in no array of the object and differs "
            "from object to object. {where}",
            where=where,
        )
    return say(
        "{number} is added to every weighted sum, and that stands in no array of the object. {where}",
        number=number,
        where=where,
    )


def _wrong_from(_: Message, *, step: int) -> Message:
    if step == 0:
        return say(
            "In a sequence of 44 steps not even the first state is tanh(x_1 W_xh + b_h), "
            "though those of 6 steps show nothing wrong."
        )
    return say(
        "In a sequence of 44 steps the states are right up to step {before}, and step {step} does not follow from the step before it. Look for a limit of steps, or a state that starts anew.",
        before=step - 1,
        step=step,
    )


def _wrong_at(what: Message, *, size: str) -> Message:
    return say(
        "{what}: right in general, wrong where {size} = 1. Look for a branch, a squeeze or a broadcast that depends on a size.",
        what=what,
        size=size,
    )


INFLUENCE: dict[str, Callable[..., Message]] = {
    "state_kept": _state_kept,
    "random": _random,
    "depends_on_start": _depends_on_start,
    "weights_cached": _weights_cached,
    "follow_one": _follow_one,
    "samples_mixed": _samples_mixed,
    "along_batch": _along_batch,
    "goes_on": _goes_on,
    "samples_deaf": _samples_deaf,
    "deaf": _deaf,
    "not_finite": _not_finite,
    "parameters_half": _parameters_half,
    "parameters_overlap": _parameters_overlap,
    "inputs_scaled": _inputs_scaled,
    "runs_backward": _runs_backward,
    "inputs_reversed": _inputs_reversed,
    "no_recurrence": _no_recurrence,
    "looks_ahead": _looks_ahead,
    "remembers": _remembers,
    "late": _late,
    "steps_back": _steps_back,
    "not_computed": _not_computed,
    "inputs_ignored": _inputs_ignored,
    "starts_anew": _starts_anew,
    "bias_elsewhere": _bias_elsewhere,
    "wrong_from": _wrong_from,
    "wrong_at": _wrong_at,
}
