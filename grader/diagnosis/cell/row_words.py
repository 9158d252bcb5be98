"""The sentences for a cell whose rows or calls do not stay apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from grader.language import Message, say


def _state_kept(*, argument: str = "") -> Message:
    if argument:
        return say(
            "The same call gives something else the second time, and on a fresh cell the first answer again: the cell keeps a state. From the second call on, changing {argument} changes nothing: use the argument.",
            argument=argument,
        )
    return say(
        "The same call gives something else the second time, and on a fresh cell the first answer again: the cell keeps a state. Use the states that come as arguments."
    )


def _random() -> Message:
    return say(
        "The same call gives something else each time, on fresh cells too: random numbers take part. Take them out."
    )


def _depends_on_start(*, unset: Sequence[str] = ()) -> Message:
    if unset:
        return say(
            "Two cells whose arrays of floats hold the same numbers give different results: what plays {names} is none of these. Is it an array of integers, or kept outside the object? Keep each as an array of floats on self.",
            names=tuple(unset),
        )
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


def _follow_row(*, argument: str, row: int) -> Message:
    return say(
        "Every row of the batch is computed with {argument} of row {row} (of 0 to 2): changing it there changes all results, changing it in another row changes none. Take each row's own.",
        argument=argument,
        row=row,
    )


def _rows_deaf(*, rows: Sequence[int]) -> Message:
    return say(
        "In a batch of 3 row {rows} (of 0 to 2) is not computed: changing what is given there changes nothing that comes back. Look at where the loop over the batch begins and ends.",
        rows=tuple(map(str, rows)),
    )


def _other_row(*, argument: str, row: int) -> Message:
    return say(
        "Rows are computed with {argument} of another row: changing row 0 of it changes the results of row {row} and no other. Look at its index in the loop over the batch.",
        argument=argument,
        row=row,
    )


def _not_finite() -> Message:
    return say("The cell gives NaN or infinity for ordinary inputs and parameters.")


def _overflows(*, where: str) -> Message:
    return say(
        "The {where}, as it is written, overflows: for arguments of 10000 it gives NaN. A form that never takes exp of a large number, such as np.tanh, does not.",
        where=where,
    )


WORDS: dict[str, Callable[..., Message]] = {
    "state_kept": _state_kept,
    "random": _random,
    "depends_on_start": _depends_on_start,
    "rows_mixed": _rows_mixed,
    "rows_deaf": _rows_deaf,
    "rows_follow_one": _rows_follow_one,
    "follow_row": _follow_row,
    "other_row": _other_row,
    "not_finite": _not_finite,
    "overflows": _overflows,
}
