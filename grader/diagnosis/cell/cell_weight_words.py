"""The sentences for one array of a gate that does not act as it should."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from grader.diagnosis.cell.gate_words import gate_name
from grader.diagnosis.numbers_told import numbered
from grader.language import Message, say


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


def _weight_identity(*, array: str) -> Message:
    return say(
        "In {gate} hidden_state is added as it is: {array} is not multiplied with it.",
        gate=gate_name(array[-1]),
        array=array,
    )


def _weight_shared(*, array: str, used: str) -> Message:
    return say(
        "In {gate} and in {other} acts one and the same {kind} (W for the input, U for the hidden state, b for the bias). Each has its own.",
        gate=gate_name(array[-1]),
        other=gate_name(used[-1]),
        kind=array[0],
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
        units=numbered(units),
        gate=gate_name(array[-1]),
    )


def _weight_sources_without(*, array: str, units: Sequence[int]) -> Message:
    return say(
        "Row {units} of {array} takes no part in {gate}; the other rows do.",
        array=array,
        units=numbered(units),
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


def _weight_numbers_of(*, array: str, numbers: Sequence[str], place: str, stands: str) -> Message:
    facts: dict[str, Message | str] = {
        "gate": gate_name(array[-1]),
        "array": array,
        "used": stands,
        "place": place,
    }
    if "0" in numbers:
        return say(
            "In {gate} not all numbers of {array} act: measured, {used} stands where {place} belongs. Look for a mask, a diagonal, or a product of single elements.",
            **facts,
        )
    if stands == f"-{place}":
        return say(
            "In {gate} numbers of {array} act with the other sign: measured, {used} stands where {place} belongs. Look for an absolute value, or a minus.",
            **facts,
        )
    if all(number.startswith(array) for number in numbers):
        return say(
            "In {gate} {array} acts with its numbers at other places: measured, {used} stands where {place} belongs. Look at reshape and transpose.",
            **facts,
        )
    return say(
        "In {gate} numbers of several arrays act in place of {array}: measured, {used} stands where {place} belongs. Look at where the parts of a joined array begin and end.",
        **facts,
    )


WORDS: dict[str, Callable[..., Message]] = {
    "weight_unused": _weight_unused,
    "weight_transposed": _weight_transposed,
    "weight_other_array": _weight_other_array,
    "weight_shared": _weight_shared,
    "weight_identity": _weight_identity,
    "weight_factor": _weight_factor,
    "weight_units_without": _weight_units_without,
    "weight_sources_without": _weight_sources_without,
    "weight_one_for_all": _weight_one_for_all,
    "weight_number": _weight_number,
    "weight_shifted": _weight_shifted,
    "weight_numbers_of": _weight_numbers_of,
    "weight_off": _weight_off,
}
