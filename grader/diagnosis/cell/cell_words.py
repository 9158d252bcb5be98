"""The sentences for what is read off an LSTM cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from grader.diagnosis.experiments.patterns import Reading
from grader.language import Message, say


def words(reading: Reading, names: Sequence[str]) -> Message:
    """What the student reads about one thing that is off in these gates or states."""
    if reading.kind in OF_GATES:
        return OF_GATES[reading.kind](_gates(names), **reading.facts)
    return WORDS[reading.kind](**reading.facts)


def _gates(names: Sequence[str]) -> Message:
    joined = gate_name(names[0])
    for name in names[1:]:
        joined = say("{first} and {second}", first=joined, second=gate_name(name))
    return joined


def gate_name(gate: str) -> Message:
    return {
        "f": say("the forget gate"),
        "i": say("the input gate"),
        "c": say("the candidate"),
        "o": say("the output gate"),
    }[gate]


def _numbers(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))


def _state_kept() -> Message:
    return say(
        "The same call gives something else the second time, and on a fresh cell the first answer again: the cell keeps a state. Use the states that come as arguments."
    )


def _random() -> Message:
    return say(
        "The same call gives something else each time, on fresh cells too: random numbers take part. Take them out."
    )


def _depends_on_start() -> Message:
    return say(
        "Two cells with the same parameters give different results. Look for a copy of a weight made in __init__, or for random numbers in forward."
    )


def _rows_mixed() -> Message:
    return say(
        "Rows of a batch mix: changing one row changes the results of other rows. Look for a sum, mean or reshape over the batch."
    )


def _rows_follow_one(*, sample: int) -> Message:
    return say(
        "All rows of a batch follow row {row} (of 0 to 2): changing it changes the results of all, changing another changes no other. Look for an index that should be the row's own.",
        row=sample,
    )


def _old_cell_ignored() -> Message:
    return say(
        "The new_cell_state that comes back does not depend on cell_state: changing cell_state changes nothing in it. f * cell_state + i * g belongs there; is that what is returned?"
    )


def _follow_row(*, argument: str, row: int) -> Message:
    return say(
        "Every row of the batch is computed with {argument} of row {row}: changing it there changes all results, changing it in another row changes none. Take each row's own.",
        argument=argument,
        row=row,
    )


def _other_row(*, argument: str, row: int) -> Message:
    return say(
        "Rows are computed with {argument} of another row: changing row 0 of it changes the results of row {row} and no other. Look at its index in the loop over the batch.",
        argument=argument,
        row=row,
    )


def _not_finite() -> Message:
    return say("The cell gives NaN or infinity for ordinary inputs and parameters.")


def _tanh_on_cell() -> Message:
    return say(
        "new_cell_state is the tanh of f * c + i * g; the tanh belongs to new_hidden_state only."
    )


def _cell_clipped(*, number: float) -> Message:
    return say("new_cell_state is clipped at {number}. Leave it as it is.", number=number)


def _gate_sees_cell(gates: Message) -> Message:
    return say(
        "The cell state enters the weighted sum of {gates} (a peephole); it is made of input_t and hidden_state alone.",
        gates=gates,
    )


def _cell_not_linear() -> Message:
    return say(
        "Twice the cell_state does not add twice as much to new_cell_state: it must enter as f * cell_state and nowhere else."
    )


def _added_times(*, number: float) -> Message:
    return say(
        "i * g enters new_cell_state {number} times, once is asked for; both gates are right.",
        number=number,
    )


def _added_off() -> Message:
    return say(
        "What is added to f * cell_state is not i * g, though input gate and candidate are right one by one."
    )


def _added_through(*, of: str) -> Message:
    return say(
        "Added to f * cell_state is, measured, {of} * i * g, where i * g belongs: {gate} multiplies it as well. Look at the brackets.",
        of=of,
        gate=gate_name(of),
    )


def _shown(*, what: str) -> Message:
    return say(
        "new_hidden_state is the output gate times {what}; it should be o * tanh(new_cell_state).",
        what=what,
    )


def _tanh_around(*, what: str) -> Message:
    return say(
        "new_hidden_state is tanh(o * {what}); it should be o * tanh(new_cell_state).", what=what
    )


def _hidden_added(*, argument: str) -> Message:
    return say(
        "new_hidden_state is o * tanh(new_cell_state) plus {argument}, which the equation does not have.",
        argument=argument,
    )


def _cell_is(*, form: str) -> Message:
    return say(
        "new_cell_state is {form}; it should be f * c_(t-1) + i * g, with g the candidate. The gates themselves are right.",
        form=form,
    )


def _hidden_is(*, form: str) -> Message:
    return say(
        "new_hidden_state is {form}; it should be o * tanh(c_t), with c_t the new cell state.",
        form=form,
    )


def _gate_z_form(gates: Message, *, form: str) -> Message:
    return say(
        "{gates}: made of {form}, where xW + hU + b belongs (xW for x_t W, hU for h_(t-1) U). Look at its operators and brackets.",
        gates=gates,
        form=form,
    )


def _hidden_off() -> Message:
    return say(
        "new_hidden_state is not the output gate times tanh(new_cell_state), with the cell state that comes back."
    )


def _gate_off(gates: Message) -> Message:
    return say(
        "The values of {gates} are no function of a weighted sum of input_t and hidden_state. Compare its line with the equation.",
        gates=gates,
    )


def _gate_function(gates: Message) -> Message:
    return say(
        "{gates}: made of the right weighted sum, but by another function than the one asked for. Gates take a sigmoid, the candidate takes tanh.",
        gates=gates,
    )


def _gate_constant(gates: Message, *, number: float) -> Message:
    return say(
        "In place of {gates} there is always {number}, whatever input_t, hidden_state and its weights are.",
        gates=gates,
        number=number,
    )


def _gate_one_for_all(gates: Message) -> Message:
    return say(
        "All units share one value of {gates}: in each row it is the same for every unit. Each unit has its own, shape (B, H).",
        gates=gates,
    )


def _gate_activation(gates: Message, *, used: str) -> Message:
    return say(
        "The activation of {gates} is {used}, as every value shows; gates take a sigmoid, the candidate takes tanh.",
        gates=gates,
        used=used,
    )


def _gate_z_factor(gates: Message, *, number: float) -> Message:
    if number == -1.0:
        return say(
            "The weighted sum of {gates} acts with the wrong sign: it opens where it should close. One minus a gate is the same: look for that as well as for the sign in 1 / (1 + exp(-z)).",
            gates=gates,
        )
    return say(
        "{gates}: the weighted sum acts {number} times, in the sigmoid or tanh. Look at how that function is written.",
        gates=gates,
        number=number,
    )


def _gate_clipped(gates: Message, *, number: float) -> Message:
    return say(
        "The weighted sum of {gates} is clipped at {number}, which is well within what occurs.",
        gates=gates,
        number=number,
    )


def _gate_from_candidate(*, of: str) -> Message:
    return say(
        "The input gate is the sigmoid of the candidate's {of}: it has weights of its own, W_i, U_i and b_i.",
        of=of,
    )


def _candidate_gated() -> Message:
    return say(
        "In the candidate hidden_state is multiplied by a gate before U_c acts on it, as in a GRU. In an LSTM it enters as it is."
    )


def _overflows(*, where: str) -> Message:
    return say(
        "The {where}, as it is written, overflows: for arguments of 10000 it gives NaN. A form that never takes exp of a large number, such as np.tanh, does not.",
        where=where,
    )


def _gates_shared(gates: Message, *, of: str) -> Message:
    return say(
        "{gates} and {other} are made with one and the same set of weights. Each has weights of its own.",
        gates=gates,
        other=gate_name(of),
    )


def _gate_of_other(gates: Message, *, of: str) -> Message:
    return say(
        "Where {gates} belongs forward uses {other}: measured, its weights are W_{of}, U_{of} and b_{of}.",
        gates=gates,
        other=gate_name(of),
        of=of,
    )


def _gate_complement(gates: Message, *, of: str) -> Message:
    return say(
        "In place of {gates} stands one minus {other}, so the two are coupled. Each gate has weights of its own.",
        gates=gates,
        other=gate_name(of),
    )


def _weight_unused(*, array: str) -> Message:
    return say(
        "{array} takes no part in the cell: measured, its effect on {gate} is 0.",
        array=array,
        gate=gate_name(array[-1]),
    )


def _weight_transposed(*, array: str) -> Message:
    return say("{array} acts transposed.", array=array)


def _weight_other_array(*, array: str, used: str) -> Message:
    return say(
        "In {gate} the cell uses {used} where {array} belongs.",
        gate=gate_name(array[-1]),
        array=array,
        used=used,
    )


def _weight_factor(*, array: str, number: float) -> Message:
    if number == -1.0:
        return say(
            "In {gate} {array} has the wrong sign: it is subtracted and belongs added.",
            gate=gate_name(array[-1]),
            array=array,
        )
    return say(
        "{array} acts {number} times in {gate}, once is asked for.",
        array=array,
        number=number,
        gate=gate_name(array[-1]),
    )


def _weight_units_without(*, array: str, units: Sequence[int]) -> Message:
    return say(
        "{array} does not reach unit {units} of {gate}; for the other units it acts as it should.",
        array=array,
        units=_numbers(units),
        gate=gate_name(array[-1]),
    )


def _weight_sources_without(*, array: str, units: Sequence[int]) -> Message:
    return say(
        "Row {units} of {array} takes no part in {gate}; the other rows do.",
        array=array,
        units=_numbers(units),
        gate=gate_name(array[-1]),
    )


def _weight_one_for_all(*, array: str) -> Message:
    return say(
        "In {gate} all units get the same from {array}: each unit has its own column.",
        array=array,
        gate=gate_name(array[-1]),
    )


def _weight_number(*, array: str, number: float) -> Message:
    return say(
        "In {gate} the number {number} is added for every unit in place of {array}.",
        gate=gate_name(array[-1]),
        number=number,
        array=array,
    )


def _weight_shifted(*, array: str, number: float) -> Message:
    return say(
        "In {gate} {number} is added to {array} in forward. Such a constant belongs into the initial value.",
        gate=gate_name(array[-1]),
        number=number,
        array=array,
    )


def _weight_off(*, array: str) -> Message:
    return say(
        "{gate} is a weighted sum as it should be, but with other weights than {array}.",
        gate=gate_name(array[-1]),
        array=array,
    )


WORDS: dict[str, Callable[..., Message]] = {
    "state_kept": _state_kept,
    "random": _random,
    "depends_on_start": _depends_on_start,
    "rows_mixed": _rows_mixed,
    "follow_row": _follow_row,
    "other_row": _other_row,
    "cell_is": _cell_is,
    "hidden_is": _hidden_is,
    "rows_follow_one": _rows_follow_one,
    "old_cell_ignored": _old_cell_ignored,
    "not_finite": _not_finite,
    "tanh_on_cell": _tanh_on_cell,
    "cell_clipped": _cell_clipped,
    "cell_not_linear": _cell_not_linear,
    "added_times": _added_times,
    "added_off": _added_off,
    "added_through": _added_through,
    "shown": _shown,
    "tanh_around": _tanh_around,
    "hidden_added": _hidden_added,
    "hidden_off": _hidden_off,
    "gate_from_candidate": _gate_from_candidate,
    "candidate_gated": _candidate_gated,
    "overflows": _overflows,
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
}
# These are of gates, one or several.
OF_GATES: dict[str, Callable[..., Message]] = {
    "gate_sees_cell": _gate_sees_cell,
    "gate_off": _gate_off,
    "gate_function": _gate_function,
    "gate_z_form": _gate_z_form,
    "gate_constant": _gate_constant,
    "gate_one_for_all": _gate_one_for_all,
    "gate_activation": _gate_activation,
    "gate_z_factor": _gate_z_factor,
    "gate_clipped": _gate_clipped,
    "gates_shared": _gates_shared,
    "gate_of_other": _gate_of_other,
    "gate_complement": _gate_complement,
}
