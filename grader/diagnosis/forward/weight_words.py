"""The sentences for weights that act in forward in another way than they should."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from grader.diagnosis.numbers_told import numbered
from grader.language import Message, say


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


def _weight_divided(_: Message, *, array: str, of: str) -> Message:
    return say(
        "{array} is divided by {of} in forward: what one sequence gives depends on how many there are.",
        array=array,
        of=of,
    )


def _weight_units_without(_: Message, *, array: str, units: Sequence[int]) -> Message:
    return say(
        "{array} does not reach unit {units}; for the other units it acts as it should.",
        array=array,
        units=numbered(units),
    )


def _weight_sources_without(_: Message, *, array: str, units: Sequence[int]) -> Message:
    return say(
        "Row {units} of {array} takes no part in forward; the other rows act as they should.",
        array=array,
        units=numbered(units),
    )


def _weight_one_for_all(_: Message, *, array: str) -> Message:
    if array.startswith("W"):
        return say(
            "All units get one and the same sum by {array}: what it is multiplied with is weighted alike for every unit. Each unit has its own column of {array}: look at its index.",
            array=array,
        )
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


WEIGHTS: dict[str, Callable[..., Message]] = {
    "weight_unused": _weight_unused,
    "weight_transposed": _weight_transposed,
    "weight_other_array": _weight_other_array,
    "weight_factor": _weight_factor,
    "weight_divided": _weight_divided,
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
}
