"""The sentences for a backward that is not linear, not a function of d_outputs, or not the same each time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from grader.diagnosis.backward.steps_named import steps_of
from grader.language import Message, say


def _no_effect(arrays: Message) -> Message:
    return say(
        "{arrays}: always the same, whatever d_outputs is. Is d_outputs used at all on the way to it?",
        arrays=arrays,
    )


def _not_given(arrays: Message) -> Message:
    return say("backward gives no {arrays} of its parameter's shape.", arrays=arrays)


def _lost_small(arrays: Message) -> Message:
    return say(
        "{arrays}: zero for small d_outputs, though not for large ones. Look for rounding, an integer type, or a threshold in backward.",
        arrays=arrays,
    )


def _decay_added(arrays: Message, *, form: str, number: float) -> Message:
    return say(
        "Weight decay is added to {arrays}: with d_outputs = 0 there remains {number} * {form}. Gradients of the loss have no such term.",
        arrays=arrays,
        number=f"{number:.4g}",
        form=form,
    )


def _state_handed_back(arrays: Message, *, state: str, matrix: str) -> Message:
    return say(
        "backward carries the hidden state back in time in place of the gradient ({arrays}): with d_outputs = 0 every dh still gets {what}. Hand back dz times W_hh transposed.",
        arrays=arrays,
        what=f"{state} @ {matrix}" if matrix else state,
    )


def _state_added(arrays: Message, *, state: str) -> Message:
    return say(
        "{arrays}: with d_outputs = 0 every dh still gets {state}. A state is added to a gradient: into dh go the output's part and what comes back from the next step, nothing else.",
        arrays=arrays,
        state=state,
    )


def _derivative_added(arrays: Message) -> Message:
    return say(
        "{arrays}: with d_outputs = 0 there remains 1 - h_t^2. tanh' is added to dh: multiply by it.",
        arrays=arrays,
    )


def _starts_not_zero(arrays: Message, *, number: float) -> Message:
    return say(
        "Before the last step dh_next is {number} and not 0 ({arrays}): with d_outputs = 0 the gradients are not zero.",
        arrays=arrays,
        number=f"{number:.4g}",
    )


def _constant_term(arrays: Message) -> Message:
    return say(
        "{arrays}: not zero where d_outputs is zero, so something is added that is no gradient.",
        arrays=arrays,
    )


def _clipped(arrays: Message, *, number: float) -> Message:
    return say(
        "Gradients are clipped at {number} ({arrays}), although their whole norm is below 0.25. Clip later, or not at all.",
        arrays=arrays,
        number=f"{number:.4g}",
    )


def _norm_held(arrays: Message, *, number: float) -> Message:
    return say(
        "Gradients are scaled to a norm of {number}, whatever d_outputs is ({arrays}). Small gradients must stay as they are.",
        arrays=arrays,
        number=f"{number:.4g}",
    )


def _norms_held(arrays: Message, *, number: float) -> Message:
    return say(
        "Each gradient is scaled to a norm of {number}, whatever d_outputs is ({arrays}). Return them as they are.",
        arrays=arrays,
        number=f"{number:.4g}",
    )


def _not_linear(arrays: Message) -> Message:
    return say(
        "{arrays}: two parts of d_outputs together do not give the sum of what each gives. Gradients are linear in d_outputs; look for an absolute value, a condition on numbers, or a gradient where a weight belongs.",
        arrays=arrays,
    )


def _cut_on_the_way(arrays: Message, *, what: str, number: float) -> Message:
    return say(
        "{what} is clipped at {number} on the way back ({arrays}), though the whole gradient's norm is below 0.25. Clip the gradients at the end, and later, or not at all.",
        arrays=arrays,
        what=what,
        number=f"{number:.4g}",
    )


def _normed_on_the_way(arrays: Message, *, what: str, number: float, each: str) -> Message:
    return say(
        "{what} is scaled to a norm of {number} {each} ({arrays}), whatever d_outputs is. It is linear in d_outputs: hand it on as it is.",
        arrays=arrays,
        what=what,
        number=f"{number:.4g}",
        each=say("for every step and sequence") if each == "sequence" else say("at every step"),
    )


def _not_in_proportion(arrays: Message) -> Message:
    return say(
        "{arrays}: in proportion to d_outputs while that is small, and not where the whole gradient's norm is 0.24. Gradients are linear in d_outputs: look for a bound, a condition on numbers, or a function around a gradient.",
        arrays=arrays,
    )


def _gradient_not_finite(
    arrays: Message, *, of: str = "", length: int = 0, steps: Sequence[int] = ()
) -> Message:
    if length:
        return say(
            "{arrays}: NaN or infinity whatever d_outputs is, in sequences of {length} step(s) and more. Look for a division by 0, an overflow, or a root or logarithm of a negative number.",
            arrays=arrays,
            length=length,
        )
    if of == "zero":
        return say(
            "{arrays}: NaN or infinity wherever an element of d_outputs is 0, finite where none is. Look for a division, or a logarithm, of something that is 0 then.",
            arrays=arrays,
        )
    if of == "negative":
        return say(
            "{arrays}: NaN or infinity for exactly those units whose dh is negative. Look for a power (**), a root or a logarithm of a negative number, where * belongs perhaps.",
            arrays=arrays,
        )
    return say(
        "{arrays}: NaN or infinity as soon as d_outputs of {steps} is not 0. Look for a division by 0, an overflow, or a root or logarithm of a negative number.",
        arrays=arrays,
        steps=steps_of(steps),
    )


def _depends_on_start(arrays: Message) -> Message:
    return say(
        "{arrays}: different on another object, though parameters, inputs and d_outputs are the same. Look for a copy or a transpose of a weight that was made once, in __init__, and for random numbers in forward or backward.",
        arrays=arrays,
    )


def _parameters_given(arrays: Message) -> Message:
    return say(
        "{arrays}: the array of the parameter itself. backward adds the gradient onto the parameter, and gives back their sum. Begin with new arrays, np.zeros_like(...).",
        arrays=arrays,
    )


def _accumulates(arrays: Message) -> Message:
    return say(
        "{arrays}: a second backward gives the sum of both. Start from zero in every backward.",
        arrays=arrays,
    )


def _stale(arrays: Message) -> Message:
    return say(
        "{arrays}: after a second forward backward still works on what the first one kept. Keep the latest forward's inputs and states only.",
        arrays=arrays,
    )


def _left_over(arrays: Message, *, after: str) -> Message:
    if after == "updated":
        return say(
            "{arrays}: right the first time, wrong after update_parameters and new parameters: something made of the old ones is still used.",
            arrays=arrays,
        )
    return say(
        "{arrays}: right the first time, wrong in the next round on the same object: something is left over from before.",
        arrays=arrays,
    )


def _wrong_at(arrays: Message, *, size: str) -> Message:
    return say(
        "{arrays}: right in general, wrong where {size} = 1. Look for a branch, a squeeze or a broadcast that depends on a size.",
        arrays=arrays,
        size=size,
    )


CALLS: dict[str, Callable[..., Message]] = {
    "no_effect": _no_effect,
    "not_given": _not_given,
    "lost_small": _lost_small,
    "decay_added": _decay_added,
    "state_handed_back": _state_handed_back,
    "state_added": _state_added,
    "derivative_added": _derivative_added,
    "starts_not_zero": _starts_not_zero,
    "constant_term": _constant_term,
    "clipped": _clipped,
    "norm_held": _norm_held,
    "norms_held": _norms_held,
    "not_linear": _not_linear,
    "cut_on_the_way": _cut_on_the_way,
    "normed_on_the_way": _normed_on_the_way,
    "not_in_proportion": _not_in_proportion,
    "gradient_not_finite": _gradient_not_finite,
    "depends_on_start": _depends_on_start,
    "parameters_given": _parameters_given,
    "accumulates": _accumulates,
    "stale": _stale,
    "left_over": _left_over,
    "wrong_at": _wrong_at,
}
