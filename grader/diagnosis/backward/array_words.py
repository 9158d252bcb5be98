"""The sentences for one array: what of the right contributions it holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from grader.diagnosis.backward.steps_named import steps_of
from grader.diagnosis.experiments.impulses import POINT
from grader.diagnosis.numbers_told import numbered
from grader.language import Message, say


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


def _only_step(arrays: Message, *, step: int, samples: Sequence[int] = ()) -> Message:
    if step == 0 and str(arrays) == "dW_hh":  # times h_0, which is 0
        return say(
            "{arrays}: zero, as if nothing but a product with h_0 = 0 were in it. Is it written anew in every step (= in place of +=), or does h_0 stand where h_(t-1) belongs?",
            arrays=arrays,
        )
    if samples:
        return say(
            "{arrays}: of step {step} of sequence {samples} alone there is anything. It looks written anew in every step and for every sequence: add up with +=.",
            arrays=arrays,
            step=step,
            samples=numbered(samples),
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


def _only_output(arrays: Message, *, step: int, samples: Sequence[int] = ()) -> Message:
    if samples:
        return say(
            "{arrays}: of d_outputs only step {step} of sequence {samples} counts; each step's and each sequence's must add its part.",
            arrays=arrays,
            step=step,
            samples=numbered(samples),
        )
    return say(
        "{arrays}: of d_outputs only step {step} counts (of 0 to {last}); each step's d_outputs must add its part.",
        arrays=arrays,
        step=step,
        last=POINT.T - 1,
    )


def _only_pair(arrays: Message, *, output: int, step: int, samples: Sequence[int] = ()) -> Message:
    if samples:
        return say(
            "{arrays}: only what d_outputs of step {output} gives by way of step {step} is left, of sequence {samples} alone. It looks written anew each time: add up with +=.",
            arrays=arrays,
            output=output,
            step=step,
            samples=numbered(samples),
        )
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


def _samples_ignored(arrays: Message, *, samples: Sequence[int], of: int = POINT.B) -> Message:
    return say(
        "{arrays}: sequence {samples} of a batch of {B} adds nothing. Sum over the whole batch.",
        arrays=arrays,
        samples=numbered(samples),
        B=of,
    )


def _components_ignored(arrays: Message, *, outputs: Sequence[int], of: int = POINT.O) -> Message:
    return say(
        "{arrays}: component {outputs} of d_outputs (of {O}) adds nothing.",
        arrays=arrays,
        outputs=numbered(outputs),
        O=of,
    )


def _unit(arrays: Message, *, units: Sequence[int]) -> Message:
    return say(
        "{arrays}: hidden unit {units} (of 0 to {last}) gets no gradient, the others the right one. Look at the ranges of units.",
        arrays=arrays,
        units=numbered(units),
        last=POINT.H - 1,
    )


def _summed_first(arrays: Message) -> Message:
    return say(
        "{arrays}: built from a sum over the batch times a sum over the batch, so that sequences mix. Multiply each sequence's factors first and sum then: the one transposed, times the other, does both.",
        arrays=arrays,
    )


def _reshaped(arrays: Message) -> Message:
    return say(
        "{arrays}: a table of all steps and sequences was reshaped where its transpose belongs: the same numbers in another order. Use .T, then multiply.",
        arrays=arrays,
    )


def _reshaped_after(arrays: Message) -> Message:
    return say(
        "{arrays}: the numbers of its transpose, row by row, in the parameter's shape, so that they stand in wrong places: a reshape, or an order='F', where .T belongs.",
        arrays=arrays,
    )


def _of_the_stack(arrays: Message, *, above: str, first: int, due: int) -> Message:
    return say(
        "{arrays}: cut from the wrong rows. With the gradient of {above} on top of the other it begins at row {first}, and row {due} is due. Cut them in the order in which forward joins them.",
        arrays=arrays,
        above=above,
        first=first,
        due=due,
    )


def _left_through(arrays: Message, *, form: str) -> Message:
    return say(
        "{arrays}: built with {form} in place of the hidden state itself.", arrays=arrays, form=form
    )


def _summed_both(arrays: Message) -> Message:
    return say(
        "{arrays}: a sum over all steps and sequences times another such sum. Multiply what belongs to the same step and sequence first, and sum then.",
        arrays=arrays,
    )


def _outputs_counted(arrays: Message, *, numbers: Sequence[str]) -> Message:
    return say(
        "{arrays}: d_outputs of steps 0 to {last} is counted {numbers} times, in this order; once each is due.",
        arrays=arrays,
        last=len(numbers) - 1,
        numbers=tuple(numbers),
    )


def _paired_otherwise(arrays: Message, *, first: str) -> Message:
    what = say("input") if str(arrays) == "dW_xh" else say("hidden state")
    orders = [say("the batch first"), say("time first")]
    one, other = orders if first == "batch" else orders[::-1]
    return say(
        "{arrays}: the {what} rows of all steps are flattened with {one}, the gradients beside them with {other}, so that rows of different steps and sequences meet. Flatten both alike.",
        arrays=arrays,
        what=what,
        one=one,
        other=other,
    )


def _left_of_one(arrays: Message, *, sample: int) -> Message:
    what = say("input") if str(arrays) == "dW_xh" else say("hidden state")
    return say(
        "{arrays}: the {what} of sequence {sample} stands beside the gradients of every sequence of the batch. Each has its own.",
        arrays=arrays,
        what=what,
        sample=sample,
    )


def _beside_output(arrays: Message, *, offset: int) -> Message:
    if str(arrays) == "dW_xh":
        what = say("the input of step t")
    else:
        what = say("h_t") if offset else say("h_(t-1)")
    return say(
        "{arrays}: what an output of step t hands back is multiplied with {what} at every step that it gets back to. Each of those steps has its own: look at the index in the inner loop.",
        arrays=arrays,
        what=what,
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


def _with_another(arrays: Message, *, other: str) -> Message:
    return say(
        "{arrays}: the right one, and d{other} added to it. Check which array the line for d{other} adds to.",
        arrays=arrays,
        other=other,
    )


def _reordered(arrays: Message, *, way: str) -> Message:
    return say(
        "{arrays}: the right numbers, {way}. Look for a reversed index (::-1), a reshape or a sort in how it is made or returned.",
        arrays=arrays,
        way=WAY[way],
    )


WAY = {
    "rows_reversed": say("with the rows in reversed order"),
    "columns_reversed": say("with the columns in reversed order"),
    "both_reversed": say("with rows and columns in reversed order"),
    "otherwise": say("in other places of the same array"),
}


def _made_of_carry(arrays: Message, *, what: str) -> Message:
    if what == "handed":
        return say(
            "{arrays}: made of what each step hands back to the step before, dz W_hh.T, in place of its dz. Look at the name in that line, and whether it stands before or after the line that sets it anew.",
            arrays=arrays,
        )
    return say(
        "{arrays}: made of what each step was handed by the step after it, in place of its own dz. Look at the name in that line.",
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
        steps=numbered(steps),
        others=numbered(with_steps),
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


def _array_off(arrays: Message) -> Message:
    return say("{arrays}: not the sum of what the time steps contribute.", arrays=arrays)


def _numbers_moved(arrays: Message) -> Message:
    return say(
        "{arrays}: all their numbers are right, but in other places: numbers of one stand where another's belong. If they are put into one vector, cut it in the order and at the sizes in which it was put together.",
        arrays=arrays,
    )


ARRAYS: dict[str, Callable[..., Message]] = {
    "factor": _factor,
    "stays_zero": _stays_zero,
    "only_step": _only_step,
    "only_pair": _only_pair,
    "only_output": _only_output,
    "outputs_ignored": _outputs_ignored,
    "inputs_ignored": _inputs_ignored,
    "samples_ignored": _samples_ignored,
    "components_ignored": _components_ignored,
    "unit_without_gradient": _unit,
    "summed_first": _summed_first,
    "reshaped": _reshaped,
    "reshaped_after": _reshaped_after,
    "paired_otherwise": _paired_otherwise,
    "of_the_stack": _of_the_stack,
    "left_through": _left_through,
    "summed_both": _summed_both,
    "outputs_counted": _outputs_counted,
    "left_of_one": _left_of_one,
    "beside_output": _beside_output,
    "transposed": _transposed,
    "summed_over_all": _summed_over_all,
    "derivative_missing": _derivative_missing,
    "made_of_carry": _made_of_carry,
    "state_index": _state_index,
    "state_always": _state_always,
    "state_wraps": _state_wraps,
    "input_index": _input_index,
    "input_always": _input_always,
    "paired_with": _paired_with,
    "counted_unevenly": _counted_unevenly,
    "step_counted": _step_counted,
    "array_off": _array_off,
    "numbers_moved": _numbers_moved,
    "with_another": _with_another,
    "reordered": _reordered,
}
