"""The sentences for the gradient at z: where it comes from, and how it goes back in time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from grader.diagnosis.backward.steps_named import steps_of
from grader.diagnosis.experiments.impulses import POINT
from grader.diagnosis.numbers_told import numbered, spans
from grader.language import Message, say


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


def _cut_before(arrays: Message, *, steps: Sequence[int], of: int = POINT.T) -> Message:
    """Seen in a sequence of so many steps."""
    period = steps[0]
    if period > 1 and tuple(steps) == tuple(range(period, of, period)):
        return say(
            "BPTT is cut into pieces ({arrays}): no gradient gets back across step {step} nor any other multiple of it. Hand dh back through all steps.",
            arrays=arrays,
            step=period,
        )
    if tuple(steps) == tuple(range(1, steps[-1] + 1)) and len(steps) > 1:
        return say(
            "BPTT is cut ({arrays}): in a sequence of {of} steps only the last {last} hand a gradient back to the step before. All have to.",
            arrays=arrays,
            of=of,
            last=of - 1 - steps[-1],
        )
    return say(
        "BPTT is cut ({arrays}): in a sequence of {of} steps no gradient gets back from step {steps} to the step before. Hand dh back through all steps.",
        arrays=arrays,
        of=of,
        steps=spans(steps),
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


def _inner_loop_forward(arrays: Message) -> Message:
    return say(
        "The way back from an output begins at the wrong end ({arrays}): what belongs to its own step t stands at step 0, and it goes on from there towards t. For each output go from step t down to 0.",
        arrays=arrays,
    )


def _samples_mixed(arrays: Message) -> Message:
    return say(
        "d_outputs of one sequence reaches the steps of another one of the batch ({arrays}): sequences must not mix in backward.",
        arrays=arrays,
    )


def _samples_centred(arrays: Message) -> Message:
    return say(
        "{arrays}: the gradients at z of all sequences of a batch add up to 0 at every step, their mean over the batch being taken off, so that d_outputs of one sequence reaches the others. Each sequence has its own.",
        arrays=arrays,
    )


def _goes_on(arrays: Message) -> Message:
    return say(
        "What is left over at the first step of one sequence goes on into the last step of the next ({arrays}): measured, d_outputs of one sequence reaches another of the batch. Set dh_next to zero for every sequence.",
        arrays=arrays,
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


def _derivatives(arrays: Message, *, direct: str, recurrent: str) -> Message:
    return say(
        "Both ways into dh have a wrong factor ({arrays}), where 1 - h_t^2 belongs: what comes from the output is multiplied by {direct}, what comes back from the next step by {recurrent}. Add both first, then multiply once.",
        arrays=arrays,
        direct=direct,
        recurrent=recurrent,
    )


def _carried_derivative(arrays: Message, *, form: str) -> Message:
    return say(
        "What is handed back from step t to the step before is dh times {form} ({arrays}), where the factor of step t itself, 1 - h_t^2, belongs. What comes from an output at its own step is right: hand back that step's dz.",
        arrays=arrays,
        form=form,
    )


def _one_step_everywhere(arrays: Message, *, step: int) -> Message:
    return say(
        "{arrays}: at every step backward works with the input and the states of step {step}, the last one. Keep what each step needs apart, one entry a step: a cache that the next step overwrites, or a function that looks a variable up only when it is called, knows the last alone.",
        arrays=arrays,
        step=step,
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


def _slope_behind_matrix(arrays: Message) -> Message:
    return say(
        "What goes back to the step before is multiplied by 1 - h_t^2 twice ({arrays}): dz has that factor already, and behind W_hh.T it stands once more. dh of the step before gets dz W_hh.T as it is.",
        arrays=arrays,
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


def _units_stopped(arrays: Message, *, units: Sequence[int]) -> Message:
    return say(
        "What an output gives to z of its own step is 0 at hidden unit {units}, and right at the others, at every step ({arrays}). Look at the ranges of units, and for a mask.",
        arrays=arrays,
        units=numbered(units),
    )


def _output_weights_other(arrays: Message) -> Message:
    return say(
        "What comes from an output into dh of its own step is made with other weights than W_hy transposed, the same at every step ({arrays}). Look at the name, the order and the sign of the weights in that product.",
        arrays=arrays,
    )


def _handed_to_itself(arrays: Message) -> Message:
    return say(
        "What a step hands back, its part times W_hh.T, is added to the same step ({arrays}). It belongs to the step before: look at the order of the lines, and set dh_next after dz.",
        arrays=arrays,
    )


def _outputs_act(arrays: Message, *, how: str) -> Message:
    if how == "other":
        return say(
            "{arrays}: d_outputs of one step acts as that of other steps as well; the way back from there is right. Into dh of step t goes d_outputs[t] alone.",
            arrays=arrays,
        )
    return say(
        "{arrays}: at step t {what} is put in, and not d_outputs[t] itself; the way back from there is right.",
        arrays=arrays,
        what=PUT_IN[how],
    )


PUT_IN = {
    "centred": say("d_outputs[t] less the mean of d_outputs over all steps"),
    "sum_so_far": say("the sum of d_outputs up to step t"),
    "sum_from_here": say("the sum of d_outputs from step t on"),
    "mean": say("the mean of d_outputs over all steps"),
}


def _carry_skips(arrays: Message, *, steps: int) -> Message:
    return say(
        "What a step hands back arrives {steps} steps before it, and not at the step before ({arrays}). Look at the index, and at the order of the lines that hand it on.",
        arrays=arrays,
        steps=steps,
    )


def _caches_of_steps(arrays: Message, *, with_steps: Sequence[int]) -> Message:
    return say(
        "{arrays}: every step works with what another step kept. With steps 0 to {last} come the input and the states of steps {others}, in this order. Check which lists run forward and which reversed, and the index of the cache.",
        arrays=arrays,
        last=len(with_steps) - 1,
        others=numbered(with_steps),
    )


def _units_centred(arrays: Message, *, what: str) -> Message:
    return say(
        "{what} has its mean over the hidden units taken off ({arrays}), seen at every output's own step. Nothing is to be centred on the way back.",
        arrays=arrays,
        what=what,
    )


def _units_mixed(arrays: Message, *, what: str) -> Message:
    return say(
        "{what} is the right one times a matrix, the same at every step, that mixes the hidden units ({arrays}), seen at every output's own step. Look for a product, a sum or another order of units in how it is made.",
        arrays=arrays,
        what=what,
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
    T = len(with_steps)
    if tuple(with_steps) == (T - 1, *range(T - 1)):
        return say(
            "{arrays}: the factor 1 - h_t^2 is taken of the step before, and at the first step of the last. An index of t - 1 is -1 there, which Python takes from the end.",
            arrays=arrays,
        )
    return say(
        "{arrays}: the factor 1 - h_t^2 is taken of other steps. At steps 0 to {last} it is that of steps {others}, in this order. Check which lists run forward and which reversed.",
        arrays=arrays,
        last=len(with_steps) - 1,
        others=numbered(with_steps),
    )


CHAIN: dict[str, Callable[..., Message]] = {
    "steps_skipped": _steps_skipped,
    "bptt_depth": _bptt_depth,
    "cut_before": _cut_before,
    "stops_after": _stops_after,
    "forward_in_time": _forward_in_time,
    "inner_loop_forward": _inner_loop_forward,
    "samples_mixed": _samples_mixed,
    "samples_centred": _samples_centred,
    "goes_on": _goes_on,
    "output_index": _output_index,
    "last_output_everywhere": _last_output_everywhere,
    "other_matrix": _other_matrix,
    "output_everywhere": _output_everywhere,
    "outputs_summed": _outputs_summed,
    "outputs_reversed": _outputs_reversed,
    "derivative": _derivative,
    "recurrent_derivative": _recurrent_derivative,
    "direct_derivative": _direct_derivative,
    "derivatives": _derivatives,
    "carried_derivative": _carried_derivative,
    "one_step_everywhere": _one_step_everywhere,
    "handed_back": _handed_back,
    "slope_behind_matrix": _slope_behind_matrix,
    "recurrent_matrix": _recurrent_matrix,
    "lag_factor": _lag_factor,
    "units_stopped": _units_stopped,
    "output_weights_other": _output_weights_other,
    "caches_of_steps": _caches_of_steps,
    "carry_skips": _carry_skips,
    "handed_to_itself": _handed_to_itself,
    "outputs_act": _outputs_act,
    "units_centred": _units_centred,
    "units_mixed": _units_mixed,
    "chain_off": _chain_off,
    "chain_off_at": _chain_off_at,
    "derivative_at": _derivative_at,
    "derivative_of_steps": _derivative_of_steps,
}
