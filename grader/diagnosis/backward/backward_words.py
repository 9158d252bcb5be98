"""The sentences for what is read off backward: the cause, the number measured, where to look."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from grader.diagnosis.experiments.impulses import POINT
from grader.diagnosis.experiments.patterns import Reading
from grader.language import Message, say

ALL = 5


def words(reading: Reading, names: Sequence[str]) -> Message:
    """What the student reads about one thing that is off, in these parameters' gradients."""
    arrays = listed(names)
    return WORDS[reading.kind](arrays, **reading.facts)


def listed(names: Sequence[str]) -> Message:
    if len(names) == ALL:
        return say("every gradient")
    return Message("{names}", {"names": ", ".join(f"d{name}" for name in names)})


def steps_of(steps: Sequence[int]) -> Message:
    """Steps of a sequence of five, by place where they are the first or the last."""
    if tuple(steps) == (POINT.T - 1,):
        return say("the last step")
    if tuple(steps) == (0,):
        return say("the first step")
    return say("steps {steps} (of 0 to {last})", steps=_numbers(steps), last=POINT.T - 1)


def _numbers(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))


def _factor(arrays: Message, *, of: str = "", number: float = 0.0) -> Message:
    if of:
        return say(
            "{arrays}: divided by {of}. Gradients are summed over time and batch; a mean belongs into d_outputs, which the caller makes.",
            arrays=arrays,
            of=of,
        )
    if number == -1.0:
        return say(
            "{arrays}: right in size and opposite in sign. Look for a minus sign, or for a difference the wrong way round.",
            arrays=arrays,
        )
    return say(
        "{arrays}: {number} times the right one, element by element. Look for a factor, or for a sum taken twice.",
        arrays=arrays,
        number=f"{number:.4g}",
    )


def _stays_zero(arrays: Message) -> Message:
    return say(
        "{arrays}: zero, whatever d_outputs is. Is it computed in the loop over time, and is that array the one that backward returns?",
        arrays=arrays,
    )


def _no_effect(arrays: Message) -> Message:
    return say(
        "{arrays}: always the same, whatever d_outputs is. Is d_outputs used at all on the way to it?",
        arrays=arrays,
    )


def _not_given(arrays: Message) -> Message:
    return say("backward gives no {arrays} of its parameter's shape.", arrays=arrays)


def _only_step(arrays: Message, *, step: int) -> Message:
    if step == 0 and str(arrays) == "dW_hh":  # times h_0, which is 0
        return say(
            "{arrays}: zero, as if nothing but a product with h_0 = 0 were in it. Is it written anew in every step (= in place of +=), or does h_0 stand where h_(t-1) belongs?",
            arrays=arrays,
        )
    if step > 0:  # a loop from the last step on that overwrites leaves step 0
        return say(
            "{arrays}: only the contribution of step {step} is there (of 0 to {last}), those of the other steps are missing. Add up over all steps: look at the index, and at what is summed.",
            arrays=arrays,
            step=step,
            last=POINT.T - 1,
        )
    return say(
        "{arrays}: only the contribution of step {step} is left, those of the other steps are missing. It looks written anew in every step: add up over the steps with +=.",
        arrays=arrays,
        step=step,
    )


def _only_output(arrays: Message, *, step: int) -> Message:
    return say(
        "{arrays}: of d_outputs only step {step} counts (of 0 to {last}); each step's d_outputs must add its part.",
        arrays=arrays,
        step=step,
        last=POINT.T - 1,
    )


def _only_pair(arrays: Message, *, output: int, step: int) -> Message:
    return say(
        "{arrays}: only what d_outputs of step {output} gives by way of step {step} is left. It looks written anew each time: add up with +=.",
        arrays=arrays,
        output=output,
        step=step,
    )


def _outputs_ignored(arrays: Message, *, steps: Sequence[int]) -> Message:
    return say(
        "d_outputs of {steps} adds nothing to {arrays}. Look at the bounds of the loop over time.",
        arrays=arrays,
        steps=steps_of(steps),
    )


def _inputs_ignored(arrays: Message, *, steps: Sequence[int]) -> Message:
    return say(
        "What happened at {steps} adds nothing to {arrays}, though later outputs depend on it. Look at the bounds of the loop over time.",
        arrays=arrays,
        steps=steps_of(steps),
    )


def _steps_skipped(arrays: Message, *, steps: Sequence[int]) -> Message:
    return say(
        "backward passes over {steps}: nothing of it is in {arrays}. Look at the bounds of the loop over time.",
        arrays=arrays,
        steps=steps_of(steps),
    )


def _bptt_depth(arrays: Message, *, steps: int) -> Message:
    if steps == 0:
        return say(
            "No gradient goes from one time step to the one before ({arrays}): an output reaches its own step only, 0 steps back. dh of a step needs what comes back from the next step as well.",
            arrays=arrays,
        )
    return say(
        "BPTT is cut off ({arrays}): an output's gradient reaches {steps} steps back and no further. It has to go back to the first step, however long the sequence is.",
        arrays=arrays,
        steps=steps,
    )


def _cut_before(arrays: Message, *, steps: Sequence[int]) -> Message:
    period = steps[0]
    if period > 1 and tuple(steps) == tuple(period * (n + 1) for n in range(len(steps))):
        return say(
            "BPTT is cut into pieces ({arrays}): no gradient gets back across step {step} nor any other multiple of it. Hand dh back through all steps.",
            arrays=arrays,
            step=period,
        )
    return say(
        "BPTT is cut ({arrays}): no gradient gets back from step {steps} to the step before. Hand dh back through all steps.",
        arrays=arrays,
        steps=_numbers(steps),
    )


def _stops_after(arrays: Message, *, steps: int) -> Message:
    return say(
        "In a sequence of 44 steps backward stops after the last {steps}: what lies before adds nothing ({arrays}). It has to go back to the first step, however long the sequence is.",
        arrays=arrays,
        steps=steps,
    )


def _forward_in_time(arrays: Message) -> Message:
    return say(
        "The recursion of backward runs forward in time ({arrays}): an output's gradient reaches later steps, none before. Go from the last step to the first.",
        arrays=arrays,
    )


def _samples_ignored(arrays: Message, *, samples: Sequence[int]) -> Message:
    return say(
        "{arrays}: sequence {samples} of a batch of {B} adds nothing. Sum over the whole batch.",
        arrays=arrays,
        samples=_numbers(samples),
        B=POINT.B,
    )


def _samples_mixed(arrays: Message) -> Message:
    return say(
        "d_outputs of one sequence reaches the steps of another one of the batch ({arrays}): sequences must not mix in backward.",
        arrays=arrays,
    )


def _goes_on(arrays: Message) -> Message:
    return say(
        "What is left over at the first step of one sequence goes on into the last step of the next ({arrays}): measured, d_outputs of one sequence reaches another of the batch. Set dh_next to zero for every sequence.",
        arrays=arrays,
    )


def _components_ignored(arrays: Message, *, outputs: Sequence[int]) -> Message:
    return say(
        "{arrays}: component {outputs} of d_outputs (of {O}) adds nothing.",
        arrays=arrays,
        outputs=_numbers(outputs),
        O=POINT.O,
    )


def _unit(arrays: Message, *, units: Sequence[int]) -> Message:
    return say(
        "{arrays}: hidden unit {units} (of 0 to {last}) gets no gradient, the others the right one. Look at the ranges of units.",
        arrays=arrays,
        units=_numbers(units),
        last=POINT.H - 1,
    )


def _summed_first(arrays: Message) -> Message:
    return say(
        "{arrays}: built from a sum over the batch times a sum over the batch, so that sequences mix. Multiply each sequence's factors first and sum then: the one transposed, times the other, does both.",
        arrays=arrays,
    )


def _transposed(arrays: Message) -> Message:
    return say(
        "{arrays}: transposed. Rows belong to the unit that a weight comes from, columns to the unit that it goes to, as in the parameter.",
        arrays=arrays,
    )


def _summed_over_all(arrays: Message) -> Message:
    return say(
        "{arrays}: one and the same number everywhere, the sum over all its elements. Sum over time and batch only: which axis does sum take?",
        arrays=arrays,
    )


def _derivative_missing(arrays: Message) -> Message:
    return say(
        "{arrays}: made of dh, without the factor 1 - h_t^2 of tanh. The other gradients have it.",
        arrays=arrays,
    )


def _state_index(arrays: Message, *, offset: int) -> Message:
    return say(
        "{arrays}: built with the hidden state {distance} step(s) {way}, against the one that belongs there. Check the index of the state beside each dz or d_outputs.",
        arrays=arrays,
        distance=abs(offset),
        way=say("too late") if offset > 0 else say("too early"),
    )


def _state_always(arrays: Message, *, step: int) -> Message:
    return say(
        "{arrays}: built with one and the same hidden state at every step, the one of step {step}. Each step needs its own state.",
        arrays=arrays,
        step=step - 1,
    )


def _state_wraps(arrays: Message) -> Message:
    return say(
        "{arrays}: at the first step the last hidden state stands where h_0 = 0 belongs. An index of t - 1 is -1 there, which Python takes from the end.",
        arrays=arrays,
    )


def _input_index(arrays: Message, *, offset: int) -> Message:
    return say(
        "{arrays}: built with the input {distance} step(s) {way}. Check the index of the input beside each dz.",
        arrays=arrays,
        distance=abs(offset),
        way=say("too late") if offset > 0 else say("too early"),
    )


def _input_always(arrays: Message, *, step: int) -> Message:
    return say(
        "{arrays}: built with one and the same input at every step, that of step {step}.",
        arrays=arrays,
        step=step,
    )


def _paired_with(arrays: Message, *, steps: Sequence[int], with_steps: Sequence[int]) -> Message:
    what = say("input") if str(arrays) == "dW_xh" else say("hidden state")
    return say(
        "{arrays}: wrong steps are paired. Steps {steps} are multiplied with the {what} of steps {others}, in this order. Check the indexes, and which lists run forward and which reversed.",
        arrays=arrays,
        what=what,
        steps=_numbers(steps),
        others=_numbers(with_steps),
    )


def _output_index(arrays: Message, *, offset: int) -> Message:
    return say(
        "{arrays}: d_outputs acts at the wrong time: that of step t as if it were that of step t {sign} {distance}. Check its index in the loop.",
        arrays=arrays,
        sign="+" if offset > 0 else "-",
        distance=abs(offset),
    )


def _last_output_everywhere(arrays: Message) -> Message:
    return say(
        "{arrays}: at every step d_outputs of the last step is put in, and that of all others never. Each step has its own.",
        arrays=arrays,
    )


def _other_matrix(arrays: Message) -> Message:
    return say(
        "{arrays}: right for a forward that multiplies by the transpose of the recurrent matrix which yours uses. Let both mean the same: h_(t-1) @ W_hh in forward, dz @ W_hh.T on the way back.",
        arrays=arrays,
    )


def _output_everywhere(arrays: Message, *, step: int) -> Message:
    return say(
        "{arrays}: at every step d_outputs of step {step} is put in, and that of all others never. Each step has its own.",
        arrays=arrays,
        step=step,
    )


def _outputs_summed(arrays: Message) -> Message:
    return say(
        "{arrays}: at every step d_outputs summed over all steps is put in. Into dh of step t goes d_outputs[t] alone; the sum over time comes at the end, in the gradients.",
        arrays=arrays,
    )


def _outputs_reversed(arrays: Message) -> Message:
    return say(
        "{arrays}: d_outputs is used in reversed order of time. Turn back either both or none.",
        arrays=arrays,
    )


def _derivative(arrays: Message, *, form: str) -> Message:
    if form == "1":
        return say(
            "The factor of tanh is missing ({arrays}): dz must be dh times 1 - h_t^2.",
            arrays=arrays,
        )
    return say(
        "The derivative of tanh is wrong ({arrays}): dh is multiplied by {form}, where 1 - h_t^2 belongs.",
        arrays=arrays,
        form=form,
    )


def _recurrent_derivative(arrays: Message, *, form: str) -> Message:
    if form == "1":
        return say(
            "What comes back from the next step misses the factor 1 - h_t^2 of tanh ({arrays}); what comes from the output has it. Add both first, then multiply.",
            arrays=arrays,
        )
    return say(
        "What comes back from the next step is multiplied by {form} ({arrays}), where 1 - h_t^2 belongs. Add it to what comes from the output first, then multiply.",
        arrays=arrays,
        form=form,
    )


def _direct_derivative(arrays: Message, *, form: str) -> Message:
    if form == "1":
        return say(
            "What comes from the output misses the factor 1 - h_t^2 of tanh ({arrays}); what comes back from the next step has it. Add both first, then multiply: look at the brackets.",
            arrays=arrays,
        )
    return say(
        "What comes from the output is multiplied by {form} ({arrays}), where 1 - h_t^2 belongs; what comes back from the next step is right.",
        arrays=arrays,
        form=form,
    )


def _handed_back(arrays: Message, *, what: str) -> Message:
    if what == "sum":
        return say(
            "What is handed back to the step before piles up ({arrays}): everything from later steps is added again in each step. Set dh_next anew in each step.",
            arrays=arrays,
        )
    if what == "dh kept":
        return say(
            "dh of a step stays in dh of the step before ({arrays}): it becomes dh + dz W_hh.T and should be dz W_hh.T, to which the output's part is added. Set it anew in each step, with = and not +=.",
            arrays=arrays,
        )
    return say(
        "The wrong thing is handed back to the step before ({arrays}): {what} in place of dz = dh * (1 - h_t^2).",
        arrays=arrays,
        what=what,
    )


def _recurrent_matrix(arrays: Message, *, form: str) -> Message:
    if form == "1":
        return say(
            "On the way to the step before the recurrent weights are left out ({arrays}): what goes back is to be multiplied by W_hh transposed.",
            arrays=arrays,
        )
    if form != "W_hh":
        return say(
            "On the way to the step before dz is multiplied by {what} ({arrays}), the same at every step; W_hh transposed belongs there. Look at the slice or the name of the weights in that line.",
            arrays=arrays,
            what=say("another matrix than W_hh transposed")
            if form != "W_xh"
            else say("rows of W_xh"),
        )
    return say(
        "On the way to the step before W_hh is not transposed ({arrays}): forward multiplies by W_hh, backward by its transpose.",
        arrays=arrays,
    )


def _lag_factor(arrays: Message, *, number: float) -> Message:
    if number == -1.0:
        return say(
            "What comes back from the next step has the wrong sign ({arrays}): it is subtracted and belongs added. An output's own step is right.",
            arrays=arrays,
        )
    return say(
        "With each step back the gradient is multiplied by {number} too much ({arrays}); an output's own step is right. Look at what is handed to the step before.",
        arrays=arrays,
        number=f"{number:.4g}",
    )


def _chain_off(arrays: Message, *, lag: int) -> Message:
    if lag == 0:
        return say(
            "{arrays}: wrong already at an output's own step, before anything goes back in time. Look at how dh and dz of one step are made of d_outputs.",
            arrays=arrays,
        )
    return say(
        "{arrays}: right up to {before} step(s) back from an output, wrong from {lag} on. Look at how a step gets what comes back from the next one.",
        arrays=arrays,
        before=lag - 1,
        lag=lag,
    )


def _chain_off_at(arrays: Message, *, steps: Sequence[int]) -> Message:
    return say(
        "{arrays}: wrong at {steps} only, at all other steps right. Look at what is different there: the bounds of the loop, or a special case.",
        arrays=arrays,
        steps=steps_of(steps),
    )


def _derivative_at(arrays: Message, *, steps: Sequence[int], form: str) -> Message:
    if form == "1":
        return say(
            "At {steps} dh misses the factor 1 - h_t^2 of tanh ({arrays}); at all other steps it is there. Look at what is different at that step: a start of its own, or the bounds of the loop.",
            arrays=arrays,
            steps=steps_of(steps),
        )
    return say(
        "At {steps} dh is multiplied by {form} ({arrays}), where 1 - h_t^2 belongs; at all other steps that is there. Look at what is different at that step: a start of its own, or the bounds of the loop.",
        arrays=arrays,
        steps=steps_of(steps),
        form=form,
    )


def _derivative_of_steps(arrays: Message, *, with_steps: Sequence[int]) -> Message:
    return say(
        "{arrays}: the factor 1 - h_t^2 is taken of other steps. At steps 0 to {last} it is that of steps {others}, in this order. Check which lists run forward and which reversed.",
        arrays=arrays,
        last=len(with_steps) - 1,
        others=_numbers(with_steps),
    )


def _counted_unevenly(arrays: Message) -> Message:
    return say(
        "{arrays}: of the right contributions some are counted more or less than once. Look at what is added in which loop.",
        arrays=arrays,
    )


def _step_counted(arrays: Message, *, steps: Sequence[int], number: float) -> Message:
    return say(
        "{arrays}: what passes through {steps} is counted {number} times, everything else once. Look for a line after the loop, or for a special case in it.",
        arrays=arrays,
        steps=steps_of(steps),
        number=f"{number:.4g}",
    )


def _lost_small(arrays: Message) -> Message:
    return say(
        "{arrays}: zero for small d_outputs, though not for large ones. Look for rounding, an integer type, or a threshold in backward.",
        arrays=arrays,
    )


def _array_off(arrays: Message) -> Message:
    return say("{arrays}: not the sum of what the time steps contribute.", arrays=arrays)


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


def _not_linear(arrays: Message) -> Message:
    return say(
        "{arrays}: two parts of d_outputs together do not give the sum of what each gives. Gradients are linear in d_outputs; look for an absolute value, a condition on numbers, or a gradient where a weight belongs.",
        arrays=arrays,
    )


def _depends_on_start(arrays: Message) -> Message:
    return say(
        "{arrays}: different on another object, though parameters, inputs and d_outputs are the same. Look for a copy or a transpose of a weight that was made once, in __init__, and for random numbers in forward or backward.",
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


WORDS: dict[str, Callable[..., Message]] = {
    "factor": _factor,
    "stays_zero": _stays_zero,
    "no_effect": _no_effect,
    "not_given": _not_given,
    "only_step": _only_step,
    "only_pair": _only_pair,
    "only_output": _only_output,
    "outputs_ignored": _outputs_ignored,
    "inputs_ignored": _inputs_ignored,
    "steps_skipped": _steps_skipped,
    "bptt_depth": _bptt_depth,
    "cut_before": _cut_before,
    "stops_after": _stops_after,
    "forward_in_time": _forward_in_time,
    "samples_ignored": _samples_ignored,
    "samples_mixed": _samples_mixed,
    "goes_on": _goes_on,
    "components_ignored": _components_ignored,
    "unit_without_gradient": _unit,
    "summed_first": _summed_first,
    "transposed": _transposed,
    "summed_over_all": _summed_over_all,
    "derivative_missing": _derivative_missing,
    "state_index": _state_index,
    "state_always": _state_always,
    "state_wraps": _state_wraps,
    "input_index": _input_index,
    "input_always": _input_always,
    "paired_with": _paired_with,
    "output_index": _output_index,
    "last_output_everywhere": _last_output_everywhere,
    "other_matrix": _other_matrix,
    "output_everywhere": _output_everywhere,
    "outputs_summed": _outputs_summed,
    "outputs_reversed": _outputs_reversed,
    "derivative": _derivative,
    "recurrent_derivative": _recurrent_derivative,
    "direct_derivative": _direct_derivative,
    "handed_back": _handed_back,
    "recurrent_matrix": _recurrent_matrix,
    "lag_factor": _lag_factor,
    "chain_off": _chain_off,
    "chain_off_at": _chain_off_at,
    "derivative_at": _derivative_at,
    "derivative_of_steps": _derivative_of_steps,
    "counted_unevenly": _counted_unevenly,
    "step_counted": _step_counted,
    "lost_small": _lost_small,
    "array_off": _array_off,
    "decay_added": _decay_added,
    "state_handed_back": _state_handed_back,
    "derivative_added": _derivative_added,
    "starts_not_zero": _starts_not_zero,
    "constant_term": _constant_term,
    "clipped": _clipped,
    "norm_held": _norm_held,
    "not_linear": _not_linear,
    "depends_on_start": _depends_on_start,
    "accumulates": _accumulates,
    "stale": _stale,
    "left_over": _left_over,
    "wrong_at": _wrong_at,
}
