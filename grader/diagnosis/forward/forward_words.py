"""The sentences for what is read off forward."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from grader.diagnosis.experiments.patterns import Reading
from grader.language import Message, say


def words(reading: Reading, names: Sequence[str]) -> Message:
    """What the student reads about one thing that is off in these results."""
    what = say("hidden_states and outputs") if len(names) > 1 else Message(names[0])
    return WORDS[reading.kind](what, **reading.facts)


def _numbers(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))


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
        samples=_numbers(samples),
        what=what,
    )


def _deaf(what: Message) -> Message:
    return say("{what} do not depend on the inputs at all: changing x changes nothing.", what=what)


def _not_finite(_: Message) -> Message:
    return say("forward gives NaN or infinity for ordinary inputs and parameters.")


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
        steps=_numbers(steps),
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
        steps=_numbers(steps),
    )


def _inputs_ignored(what: Message, *, steps: Sequence[int]) -> Message:
    return say(
        "Changing x at step {steps} (of 0 to 5) changes no {what} at all: that input is passed over. Look at the bounds of the loop.",
        what=what,
        steps=_numbers(steps),
    )


def _starts_anew(what: Message, *, steps: Sequence[int]) -> Message:
    return say(
        "The state starts anew at step {steps}: no input before it shows in {what} from there on. Set h_0 = 0 once, before the loop.",
        what=what,
        steps=_numbers(steps),
    )


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


def _blended(_: Message, *, number: float, new: float) -> Message:
    return say(
        "h_t is {number} times h_(t-1) plus {new} times tanh(...), measured over all steps. The equation has tanh(x_t W_xh + h_(t-1) W_hh + b_h) alone, without the old state beside it.",
        number=number,
        new=new,
    )


def _state_times(_: Message, *, number: float) -> Message:
    return say(
        "h_t is {number} times tanh(x_t W_xh + h_(t-1) W_hh + b_h), measured over all steps; once is asked for.",
        number=number,
    )


def _outputs_pile_up(_: Message) -> Message:
    return say(
        "outputs pile up: output t is h_t W_hy + b_y plus the output before it. Each step has its own."
    )


def _activation_unknown(_: Message) -> Message:
    return say(
        "h_t is a function of x_t W_xh + h_(t-1) W_hh + b_h, but not tanh of it. Look at the activation."
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


def _output_form(_: Message, *, form: str) -> Message:
    return say(
        "outputs are {form}, where hW + b belongs (hW for h_t W_hy). Look at the operator.",
        form=form,
    )


def _weight_unused(_: Message, *, array: str) -> Message:
    return say(
        "{array} takes no part in forward: measured, its effect is 0. Compare with the equation.",
        array=array,
    )


def _weight_transposed(_: Message, *, array: str) -> Message:
    return say("{array} acts transposed in forward.", array=array)


def _weight_other_array(_: Message, *, array: str, used: str) -> Message:
    return say("Where {array} belongs forward uses {used}.", array=array, used=used)


def _weight_factor(_: Message, *, array: str, number: float) -> Message:
    if number == -1.0:
        return say(
            "{array} has the wrong sign in forward: it is subtracted and belongs added.",
            array=array,
        )
    return say(
        "{array} acts {number} times in forward, once is asked for.", array=array, number=number
    )


def _weight_units_without(_: Message, *, array: str, units: Sequence[int]) -> Message:
    return say(
        "{array} does not reach unit {units}; for the other units it acts as it should.",
        array=array,
        units=_numbers(units),
    )


def _weight_sources_without(_: Message, *, array: str, units: Sequence[int]) -> Message:
    return say(
        "Row {units} of {array} takes no part in forward; the other rows act as they should.",
        array=array,
        units=_numbers(units),
    )


def _weight_one_for_all(_: Message, *, array: str) -> Message:
    return say("One and the same number of {array} acts on all units.", array=array)


def _weight_number(_: Message, *, array: str, number: float) -> Message:
    return say(
        "In place of {array} the number {number} is added for every unit.",
        array=array,
        number=number,
    )


def _weight_shifted(_: Message, *, array: str, number: float) -> Message:
    return say("{number} is added to {array} in forward.", number=number, array=array)


def _weight_off(_: Message, *, array: str) -> Message:
    return say(
        "Results are a weighted sum as they should be, but with other weights than {array}. Look at how {array} enters.",
        array=array,
    )


def _weight_late(_: Message, *, array: str, steps: int, also: int) -> Message:
    if also:
        return say(
            "{array} acts twice: on the step that it should and on the one {steps} before.",
            array=array,
            steps=steps,
        )
    return say(
        "{array} acts {steps} step(s) too late: on the value of the step before the one that it belongs to. Check the index.",
        array=array,
        steps=steps,
    )


def _depends_on(_: Message, *, array: str, what: str) -> Message:
    return say(
        "h_t depends on {what} directly, which the equation does not have. Look near {array}.",
        array=array,
        what=what,
    )


def _bias_first_step_only(_: Message) -> Message:
    return say("b_h is added at the first step only; it belongs to every step.")


def _bias_not_at_first_step(_: Message) -> Message:
    return say("b_h is added at every step but the first; it belongs there as well.")


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
        (say("unit {n}", n=_numbers(units)), units),
        (say("all units but {n}", n=_numbers(fine_units)), fine_units),
        (say("sequence {n}", n=_numbers(samples)), samples),
        (say("all sequences but {n}", n=_numbers(fine_samples)), fine_samples),
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


def _softmax(_: Message) -> Message:
    return say(
        "outputs pass through a softmax: in every row they are positive and add up to 1. The task is regression: leave them linear."
    )


def _softmax_over_batch(_: Message) -> Message:
    return say(
        "outputs pass through a softmax, and over the batch: each output adds up to 1 over the sequences. Leave them linear."
    )


def _output_activation(_: Message, *, used: str) -> Message:
    return say(
        "outputs pass through {used}, as every value shows; they are to be linear in the hidden state.",
        used=used,
    )


def _output_late(_: Message) -> Message:
    return say("Output t is made of h_(t-1), one step late; it belongs to h_t.")


def _output_depends_on(_: Message, *, what: str) -> Message:
    return say("Output t depends on {what} directly; it is to depend on h_t alone.", what=what)


def _output_off(_: Message) -> Message:
    return say(
        "outputs do not follow from the hidden states: they are not h_t W_hy + b_y, nor a simple function of it."
    )


def _wrong_from(_: Message, *, step: int) -> Message:
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


WORDS: dict[str, Callable[..., Message]] = {
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
    "same_state_everywhere": _same_state_everywhere,
    "states_late": _states_late,
    "states_early": _states_early,
    "states_reversed": _states_reversed,
    "states_before_tanh": _states_before_tanh,
    "states_not_those_used": _states_not_those_used,
    "activation": _activation,
    "blended": _blended,
    "state_times": _state_times,
    "outputs_pile_up": _outputs_pile_up,
    "activation_unknown": _activation_unknown,
    "z_factor": _z_factor,
    "z_form": _z_form,
    "output_form": _output_form,
    "weight_unused": _weight_unused,
    "weight_transposed": _weight_transposed,
    "weight_other_array": _weight_other_array,
    "weight_factor": _weight_factor,
    "weight_units_without": _weight_units_without,
    "weight_sources_without": _weight_sources_without,
    "weight_one_for_all": _weight_one_for_all,
    "weight_number": _weight_number,
    "weight_shifted": _weight_shifted,
    "weight_off": _weight_off,
    "weight_late": _weight_late,
    "depends_on": _depends_on,
    "bias_first_step_only": _bias_first_step_only,
    "bias_not_at_first_step": _bias_not_at_first_step,
    "first_step_off": _first_step_off,
    "start_is": _start_is,
    "start_not_zero": _start_not_zero,
    "half_precision": _half_precision,
    "state_off": _state_off,
    "tanh_overflows": _tanh_overflows,
    "softmax": _softmax,
    "softmax_over_batch": _softmax_over_batch,
    "output_activation": _output_activation,
    "output_late": _output_late,
    "output_depends_on": _output_depends_on,
    "output_off": _output_off,
    "wrong_from": _wrong_from,
    "wrong_at": _wrong_at,
}
