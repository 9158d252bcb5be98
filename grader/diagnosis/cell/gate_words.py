"""The sentences for the gates of a cell, one or several that have the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from grader.diagnosis.numbers_told import numbered
from grader.language import Message, say


def gate_name(gate: str) -> Message:
    return {
        "f": say("the forget gate"),
        "i": say("the input gate"),
        "c": say("the candidate"),
        "o": say("the output gate"),
    }[gate]


def gate_names(names: Sequence[str]) -> Message:
    if set(names) == set("fico"):
        return say("all four gates")
    if set(names) == set("fio"):
        return say("the forget, input and output gates")
    return _joined([gate_name(name) for name in names])


def _joined(parts: Sequence[Message]) -> Message:
    """As in: a, b and c."""
    *firsts, last = parts
    if not firsts:
        return last
    joined = firsts[0]
    for one in firsts[1:]:
        joined = say("{first}, {second}", first=joined, second=one)
    return say("{first} and {second}", first=joined, second=last)


def _gate_sees_cell(gates: Message) -> Message:
    return say(
        "The cell state enters the weighted sum of {gates} (a peephole); it is made of input_t and hidden_state alone.",
        gates=gates,
    )


def _gate_z_form(gates: Message, *, form: str) -> Message:
    return say(
        "{gates}: made of {form}, where xW + hU + b belongs (xW for x_t W, hU for h_(t-1) U). Look at its operators and brackets.",
        gates=gates,
        form=form,
    )


def _gate_off(gates: Message) -> Message:
    return say(
        "The values of {gates} are not those of the equation, and are made in no way that is known here. Compare its line with the equation.",
        gates=gates,
    )


def _gate_function(
    gates: Message, *, at: float | None = None, number: float = 0.0, due: float = 0.0
) -> Message:
    if at is None:
        return say(
            "{gates}: made of the right weighted sum, but by another function than the one asked for. Gates take a sigmoid, the candidate takes tanh.",
            gates=gates,
        )
    return say(
        "{gates}: made of a weighted sum by another function than the one asked for: for a sum of {at} it gives {number}, where {due} is due. Look at how that function is written.",
        gates=gates,
        at=at,
        number=number,
        due=due,
    )


def _gate_units_mixed(gates: Message, *, units: Sequence[int]) -> Message:
    return say(
        "{gates}: units mix: measured, other weights of unit 0 change unit {units} as well. Each unit has a sum of its own: take out what is made of all units (a mean, a deviation, a softmax).",
        gates=gates,
        units=numbered(units),
    )


def _gate_form(gates: Message, *, form: str) -> Message:
    return say(
        "{gates}: measured, it is {form}, where a(xW + hU + b) belongs (a for its sigmoid or tanh, xW for x_t W, hU for h_(t-1) U). Look at the brackets.",
        gates=gates,
        form=form,
    )


def _gate_source(gates: Message, *, used: str) -> Message:
    return say(
        "In {gates} the recurrent weights act, measured, on {used}, where the hidden_state that was given belongs. Look at which variable stands there, and whether it was assigned before.",
        gates=gates,
        used=used,
    )


def _gate_units_of(gates: Message, *, columns: Sequence[str]) -> Message:
    return say(
        "The units of {gates} have, measured, the weights of {columns} (f, i, c, o for the gate, then the unit). Look at where its part of the array begins and ends.",
        gates=gates,
        columns=tuple(columns),
    )


def _gate_rows_of(
    gates: Message,
    *,
    input: Sequence[str],  # noqa: A002  # a fact's name
    hidden: Sequence[str],
    one: str = "",
) -> Message:
    of_input = say("the components of input_t meet {rows}", rows=tuple(input))
    of_hidden = say("those of hidden_state {rows}", rows=tuple(hidden))
    pairs = [of_input, of_hidden, *([say("the 1 of the bias {row}", row=one)] if one else [])]
    if _is_stack([*input, *hidden], "UWb") or _is_stack([*hidden, *input], "WUb"):
        return say(
            "{gates}: input_t and hidden_state are stacked in another order than the weights: measured, {pairs} (W is for the input, U for hidden_state; the row in brackets). To [input_t, hidden_state] belongs [W; U], to [hidden_state, input_t] belongs [U; W].",
            gates=gates,
            pairs=_joined(pairs),
        )
    return say(
        "{gates}: components meet rows of the weights that belong to others: measured, {pairs} (W is for the input, U for hidden_state; the row in brackets). Look at the order in which they are stacked, and where they are cut.",
        gates=gates,
        pairs=_joined(pairs),
    )


def _is_stack(rows: Sequence[str], kinds: str) -> bool:
    """Whether these are all rows of one array in order, then those of the other."""
    return list(rows) == sorted(rows, key=lambda row: (kinds.index(row[0]), row))


def _gates_permuted(*, gates: Sequence[str], of: Sequence[str]) -> Message:
    pairs = [
        say("{gate} has those of {other}", gate=gate_name(gate), other=gate_name(other))
        for gate, other in zip(gates, of, strict=True)
    ]
    return say(
        "Gates have each other's weights: measured, {pairs}. Look at the order in which weights are joined, and their sums cut apart again.",
        pairs=_joined(pairs),
    )


def _gate_weights_off(gates: Message) -> Message:
    return say(
        "{gates}: a weighted sum of input_t and hidden_state as it should be, but with other weights than its own.",
        gates=gates,
    )


def _gate_constant(gates: Message, *, number: float) -> Message:
    if number == 0.0 and gates == gate_name("f"):
        return say(
            "cell_state takes no part in new_cell_state: what is kept of it is always 0, as with a forget gate that never opens. f * cell_state belongs there."
        )
    return say(
        "In place of {gates} there is always {number}, whatever input_t, hidden_state and its weights are.",
        gates=gates,
        number=number,
    )


def _gate_flat(
    gates: Message,
    *,
    low: float | None = None,
    least: float = 0.0,
    high: float | None = None,
    most: float = 0.0,
) -> Message:
    ends = []
    if low is not None:
        ends.append(say("at {value} for sums below about {at}", value=least, at=low))
    if high is not None:
        ends.append(say("at {value} for sums above about {at}", value=most, at=high))
    return say(
        "{gates}: measured, the value stays {ends}, and goes no further. Look for a clip of the sum or of the gate, and take it out.",
        gates=gates,
        ends=_joined(ends),
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


WORDS: dict[str, Callable[..., Message]] = {
    "gate_from_candidate": _gate_from_candidate,
    "candidate_gated": _candidate_gated,
    "gates_permuted": _gates_permuted,
}
# These are of gates, one or several.
OF_GATES: dict[str, Callable[..., Message]] = {
    "gate_sees_cell": _gate_sees_cell,
    "gate_z_form": _gate_z_form,
    "gate_off": _gate_off,
    "gate_function": _gate_function,
    "gate_form": _gate_form,
    "gate_units_mixed": _gate_units_mixed,
    "gate_source": _gate_source,
    "gate_units_of": _gate_units_of,
    "gate_rows_of": _gate_rows_of,
    "gate_flat": _gate_flat,
    "gate_weights_off": _gate_weights_off,
    "gate_constant": _gate_constant,
    "gate_one_for_all": _gate_one_for_all,
    "gate_activation": _gate_activation,
    "gate_z_factor": _gate_z_factor,
    "gate_clipped": _gate_clipped,
    "gates_shared": _gates_shared,
    "gate_of_other": _gate_of_other,
    "gate_complement": _gate_complement,
}
