"""The sentences for what the gates of a cell are made into: its two states."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from grader.diagnosis.cell.gate_words import gate_name
from grader.diagnosis.numbers_told import numbered
from grader.language import Message, say


def _old_cell_ignored() -> Message:
    return say(
        "The new_cell_state that comes back does not depend on cell_state: changing cell_state changes nothing in it. f * cell_state + i * g belongs there; is that what is returned?"
    )


def _tanh_on_cell() -> Message:
    return say(
        "new_cell_state is the tanh of f * c + i * g; the tanh belongs to new_hidden_state only."
    )


def _cell_clipped(*, number: float) -> Message:
    return say("new_cell_state is clipped at {number}. Leave it as it is.", number=number)


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


def _hidden_added(*, argument: str, number: float = 1.0) -> Message:
    return say(
        "new_hidden_state is o * tanh(new_cell_state) plus {argument}, which the equation does not have.",
        argument=_often(argument, number),
    )


def _cell_added(*, argument: str, number: float = 1.0) -> Message:
    return say(
        "new_cell_state is f * cell_state + i * g plus {argument}, which the equation does not have.",
        argument=_often(argument, number),
    )


def _hidden_dropped(*, percent: int, number: float) -> Message:
    return say(
        "new_hidden_state is 0 in {percent} % of its places, and o * tanh(new_cell_state) times {number} in the others: look for dropout, or for a mask, and take it out.",
        percent=percent,
        number=number,
    )


def _argument_changed(*, form: str) -> Message:
    return say(
        "In every gate, measured, {form} stands where input_t belongs: leave the input as it comes.",
        form=form,
    )


def _often(argument: str, number: float) -> str:
    return argument if number == 1.0 else f"{number} * {argument}"


def _state_rounded(*, state: str, digits: int) -> Message:
    return say(
        "{state} is rounded: measured, it holds nothing beyond {digits} digits after the point. Leave the numbers as they come.",
        state=state,
        digits=digits,
    )


def _state_half(*, state: str) -> Message:
    return say(
        "{state} is kept in half precision (float16): measured, no number has more digits. Use float64.",
        state=state,
    )


def _units_mixed(*, state: str, units: Sequence[int]) -> Message:
    return say(
        "Units mix in {state}: measured, another cell_state of unit 0 changes unit {units} as well. The product with cell_state goes element by element: look for @ in place of *, for a mean or sum over units, and for cell_state where hidden_state belongs.",
        state=state,
        units=numbered(units),
    )


def _cell_is(*, form: str) -> Message:
    if set("fig") <= set(re.findall(r"\w+", form)):
        return say(
            "new_cell_state is {form}; it should be f * c_(t-1) + i * g, with g the candidate. The gates themselves are right.",
            form=form,
        )
    return say(
        "new_cell_state is {form}; it should be f * c_(t-1) + i * g, with g the candidate.",
        form=form,
    )


def _input_ignored() -> Message:
    return say(
        "input_t takes no part: changing it changes nothing in what forward returns. It belongs in the weighted sum of every gate, as input_t W."
    )


def _hidden_without_cell() -> Message:
    return say(
        "new_hidden_state does not depend on cell_state: changing cell_state changes nothing in it. tanh(new_cell_state) belongs in it."
    )


def _nothing_added() -> Message:
    return say(
        "Nothing is added to what comes of cell_state: where cell_state is 0, new_cell_state is 0 as well, whatever input gate and candidate are. i * g belongs added to f * cell_state."
    )


def _old_enters_as(*, form: str) -> Message:
    return say(
        "In new_cell_state stands, measured, {form}, where f * cell_state belongs; the forget gate itself is right.",
        form=form,
    )


def _hidden_ignored() -> Message:
    return say(
        "hidden_state takes no part: changing it changes nothing in what forward returns. It belongs in the weighted sum of every gate, as hidden_state U."
    )


def _states_ignored() -> Message:
    return say(
        "Neither hidden_state nor cell_state takes part: changing either changes nothing in what forward returns. Is something else put in their place before they are used?"
    )


def _hidden_is(*, form: str) -> Message:
    return say(
        "new_hidden_state is {form}; it should be o * tanh(c_t), with c_t the new cell state.",
        form=form,
    )


def _hidden_off() -> Message:
    return say(
        "new_hidden_state is not the output gate times tanh(new_cell_state), with the cell state that comes back."
    )


WORDS: dict[str, Callable[..., Message]] = {
    "old_enters_as": _old_enters_as,
    "nothing_added": _nothing_added,
    "input_ignored": _input_ignored,
    "hidden_without_cell": _hidden_without_cell,
    "hidden_ignored": _hidden_ignored,
    "states_ignored": _states_ignored,
    "old_cell_ignored": _old_cell_ignored,
    "tanh_on_cell": _tanh_on_cell,
    "cell_clipped": _cell_clipped,
    "cell_not_linear": _cell_not_linear,
    "added_times": _added_times,
    "added_off": _added_off,
    "added_through": _added_through,
    "shown": _shown,
    "tanh_around": _tanh_around,
    "hidden_added": _hidden_added,
    "cell_added": _cell_added,
    "state_rounded": _state_rounded,
    "state_half": _state_half,
    "units_mixed": _units_mixed,
    "hidden_dropped": _hidden_dropped,
    "argument_changed": _argument_changed,
    "cell_is": _cell_is,
    "hidden_is": _hidden_is,
    "hidden_off": _hidden_off,
}
