"""The sentences for hidden states: their function, where they begin, how they come back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from grader.diagnosis.forward.influence_words import HOW
from grader.diagnosis.numbers_told import numbered
from grader.language import Message, say


def _same_state_everywhere(_: Message, *, step: int) -> Message:
    return say(
        "The states are right inside, as the outputs show, but every hidden_states[t] that comes back is the state of step {step}. Is one array written again and again? Keep a copy of each step.",
        step=step,
    )


def _states_late(_: Message) -> Message:
    return say(
        "The outputs are right, but hidden_states come one step late: hidden_states[t] holds h_(t-1), beginning with h_0 = 0, and the last state is missing."
    )


def _states_early(_: Message) -> Message:
    return say(
        "The outputs are right, but hidden_states come one step early: hidden_states[t] holds the state of step t + 1."
    )


def _states_reversed(_: Message) -> Message:
    return say("The outputs are right, but hidden_states come in reversed order of time.")


def _states_before_tanh(_: Message) -> Message:
    return say(
        "The outputs are right, but the hidden_states that come back are the values before tanh."
    )


def _states_not_those_used(_: Message) -> Message:
    return say(
        "The outputs are right, but the hidden_states that come back are not the states that they were made of. Look at what is collected and returned."
    )


def _activation(_: Message, *, used: str) -> Message:
    if used == "identity":
        return say(
            "There is no activation: h_t is x_t W_xh + h_(t-1) W_hh + b_h itself. Put tanh around it."
        )
    return say(
        "The activation of the hidden state is {used}, as every value shows; tanh is asked for.",
        used=used,
    )


def _z_scaled(_: Message, *, how: str, over: str) -> Message:
    return say(
        "Before tanh the weighted sum is {how}, {over}. The equation has tanh(x_t W_xh + h_(t-1) W_hh + b_h) as it is.",
        how=HOW[how],
        over={
            "units": say("taken over the hidden units"),
            "sequences": say("taken over the sequences of the batch"),
            "both": say("taken over everything"),
        }[over],
    )


def _z_clipped(_: Message, *, number: float) -> Message:
    return say(
        "Before tanh the weighted sum is clipped at {number}. The equation has tanh(x_t W_xh + h_(t-1) W_hh + b_h) as it is.",
        number=number,
    )


def _states_rounded(_: Message, *, decimals: int) -> Message:
    return say(
        "The hidden states are rounded to {decimals} decimal(s); all digits go into the next step and into backward.",
        decimals=decimals,
    )


def _blended(_: Message, *, number: float, new: float) -> Message:
    return say(
        "h_t is {number} times h_(t-1) plus {new} times tanh(...), measured over all steps. The equation has tanh(x_t W_xh + h_(t-1) W_hh + b_h) alone, without the old state beside it.",
        number=number,
        new=new,
    )


def _state_overwritten(_: Message) -> Message:
    return say(
        "Each unit of the new state is written over the old one while later units still need it, so that they see new values in place of h_(t-1). Make a new array for h_t."
    )


def _state_times(_: Message, *, number: float) -> Message:
    return say(
        "h_t is {number} times tanh(x_t W_xh + h_(t-1) W_hh + b_h), measured over all steps; once is asked for.",
        number=number,
    )


def _activation_unknown(_: Message) -> Message:
    return say(
        "h_t is a function of x_t W_xh + h_(t-1) W_hh + b_h, but not tanh of it. Look at the activation."
    )


def _state_form(_: Message, *, form: str) -> Message:
    return say(
        "h_t is {form}, with xW for x_t W_xh, hW for h_(t-1) W_hh and b for b_h: tanh belongs around the whole sum. Look at the brackets.",
        form=form,
    )


def _z_factor(_: Message, *, number: float) -> Message:
    return say(
        "h_t is tanh of {number} times x_t W_xh + h_(t-1) W_hh + b_h. Look at how tanh is written.",
        number=number,
    )


def _z_form(_: Message, *, form: str) -> Message:
    return say(
        "h_t is tanh of {form}, where xW + hW + b belongs (xW for x_t W_xh, hW for h_(t-1) W_hh). Look at the operators and brackets.",
        form=form,
    )


def _first_step_off(_: Message) -> Message:
    return say(
        "From step 1 on the states follow the equation, at step 0 they do not. Look at what stands there for h_0, which is 0."
    )


def _start_is(_: Message, *, what: str) -> Message:
    return say(
        "The first step starts from a state of {what}; h_0 = 0 is asked for. All later steps follow the equation.",
        what=what,
    )


def _start_not_zero(_: Message) -> Message:
    return say(
        "The first step starts from a state that is not 0, the same for all sequences; h_0 = 0 is asked for. All later steps follow the equation."
    )


def _half_precision(_: Message) -> Message:
    return say(
        "hidden_states are rounded to float16: three digits are left of them. Compute in float64."
    )


def _state_off(
    _: Message,
    *,
    step: int,
    units: Sequence[int] = (),
    fine_units: Sequence[int] = (),
    samples: Sequence[int] = (),
    fine_samples: Sequence[int] = (),
) -> Message:
    where = say("step {step}", step=step)
    for text, numbers in (
        (say("unit {n}", n=numbered(units)), units),
        (say("all units but {n}", n=numbered(fine_units)), fine_units),
        (say("sequence {n}", n=numbered(samples)), samples),
        (say("all sequences but {n}", n=numbered(fine_samples)), fine_samples),
    ):
        if numbers:
            where = say("{where}, {more}", where=where, more=text)
    return say(
        "hidden_states do not follow the equation; the first that is off is {where}.",
        where=where,
    )


def _tanh_overflows(_: Message) -> Message:
    return say(
        "tanh, as it is written, overflows: for inputs of 10000 the states are NaN, for small ones they are right. Use np.tanh."
    )


STATES: dict[str, Callable[..., Message]] = {
    "same_state_everywhere": _same_state_everywhere,
    "states_late": _states_late,
    "states_early": _states_early,
    "states_reversed": _states_reversed,
    "states_before_tanh": _states_before_tanh,
    "states_not_those_used": _states_not_those_used,
    "activation": _activation,
    "blended": _blended,
    "z_scaled": _z_scaled,
    "z_clipped": _z_clipped,
    "states_rounded": _states_rounded,
    "state_overwritten": _state_overwritten,
    "state_times": _state_times,
    "activation_unknown": _activation_unknown,
    "state_form": _state_form,
    "z_factor": _z_factor,
    "z_form": _z_form,
    "first_step_off": _first_step_off,
    "start_is": _start_is,
    "start_not_zero": _start_not_zero,
    "half_precision": _half_precision,
    "state_off": _state_off,
    "tanh_overflows": _tanh_overflows,
}
