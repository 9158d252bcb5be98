"""What `generate_sequence_data` must return: true Fibonacci numbers, a sine, and clear errors.

Values, length, type and errors are judged apart, so that one slip costs its own case only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.assignment import load
from grader.checks.compare import What, agrees, finite, kind, numbers, tolerance
from grader.checks.garbage import is_empty, require_sequence
from grader.checks.sequences.fibonacci_terms import (
    RULED,
    STARTS,
    first_wrong,
    reason_for,
    sums,
)
from grader.checks.sequences.sampled_sine import (
    follows_recurrence,
    is_mostly_one_wave,
    is_rectified,
    why_none,
)
from grader.faults import (
    BadValue,
    CauseKnown,
    CheckFailed,
    Crashed,
    NotImplementedYet,
    ReturnedNothing,
    StudentFault,
)
from grader.language import Message, say
from grader.protocol import Array, CandidateFunction

NAME = "generate_sequence_data"
DEFAULT_LENGTH = 1000
SHORT = (1, 2, 3)
MORE = 20  # terms that need more than a first few
KINDS = ("fibonacci", "sine")

_TEST_FIRST = say("Test for that before anything is made, and raise ValueError there.")


class OtherLength(CheckFailed):
    """As many values as were not asked for."""

    def __init__(self, call: str, got: int, length: int, guarded: Message | None = None) -> None:
        super().__init__(
            say(
                "{call} returned {got} values, expected {length}.",
                call=call,
                got=got,
                length=length,
            ),
            guarded or say("The sequence has another length than was asked for."),
        )
        self.got = got


def generate(function: CandidateFunction, *arguments: Any) -> Any:
    """Call the student's function. `ReturnedNothing` where it returns None."""
    require_sequence(function)
    returned = function(*arguments)
    if returned is None:
        raise ReturnedNothing(NAME)
    return returned


def called(*arguments: Any) -> str:
    """Spell the call as the student would, for messages."""
    return f"{NAME}({', '.join(map(repr, arguments))})"


def values_of(returned: Any, call: str) -> NDArray[np.float64]:
    """Take the values as float64 (N,), from whatever holds them; columns and rows pass."""
    values = numbers(returned)
    if values.ndim == 0 and values.size:
        raise CauseKnown(
            say(
                "{call} returned {kind}: a single number, where a sequence of them is due.",
                call=call,
                kind=kind(returned),
            ),
            say("generate_sequence_data returns a single number, where a sequence of them is due."),
        )
    if values.size == 0 or values.size != max(values.shape, default=1):
        raise BadValue(
            say(
                "{call} returned {kind}, not a sequence of numbers.", call=call, kind=kind(returned)
            ),
            say("generate_sequence_data does not return a sequence of numbers."),
        )
    return values.ravel()


def defaults(function: CandidateFunction) -> None:
    """Require 1000 finite numbers where no arguments are given: the Fibonacci ones, right or not."""
    values = values_of(generate(function), called())
    has_length(values, DEFAULT_LENGTH, called())
    finite(values, What("the sequence", called()))
    try:
        asked = values_of(generate(function, "fibonacci", DEFAULT_LENGTH), called())
    except StudentFault:  # which costs the cases that ask for it
        return
    if not agrees(values, asked, tolerance(values)):
        raise CheckFailed(
            say(
                "{call} gives something else than {other}: see the default of seq_type.",
                call=called(),
                other=called("fibonacci", DEFAULT_LENGTH),
            )
        )


def fibonacci_values(returned: Any, length: int, call: str) -> None:
    """Require true Fibonacci numbers, however they start; a few too many or too few are no fault.

    `length`: how many were asked for. Less than half of them show nothing of the later terms.
    """
    values = values_of(returned, call)
    if 2 * values.size < length:
        has_length(values, length, call)
    best = min((first_wrong(values, sums(values, start)) for start in STARTS), key=_rank)
    if best is None:
        return
    raise CheckFailed(
        _wrong_term(values, best, call),
        say(
            "The Fibonacci values are wrong from some term on. {why}", why=reason_for(values, best)
        ),
    )


def short_ones(function: CandidateFunction) -> None:
    """Require true Fibonacci numbers where few are asked for; their number is another case's."""
    for count in SHORT:
        with suppress(BadValue, CauseKnown, Crashed):
            returned = generate(function, "fibonacci", count)
            if values_of(returned, called("fibonacci", count)).size == count:
                fibonacci_values(returned, count, called("fibonacci", count))


def has_length(returned: Any, length: int, call: str) -> None:
    """Require as many values as were asked for."""
    array_like = isinstance(returned, list | tuple) or np.ndim(returned) > 0
    got = len(returned) if array_like else values_of(returned, call).size
    if got != length:
        raise OtherLength(call, got, length)


def every_length(function: CandidateFunction, kind: str, counts: Sequence[int]) -> None:
    """Require as many values as were asked for, at each of these lengths."""
    wrong: dict[int, int] = {}
    for count in counts:
        try:
            returned, call = generate(function, kind, count), called(kind, count)
            if not is_empty(returned):
                _require_finite_where_few(values_of(returned, call), kind, count)
            has_length(returned, count, call)
        except OtherLength as fault:
            wrong[count] = fault.got
        except Crashed as fault:
            raise (_where_few(function, kind, count, fault) if count in SHORT else fault) from None
    if wrong:
        count, got = next(iter(wrong.items()))
        raise OtherLength(called(kind, count), got, count, _lengths(kind, wrong, counts))


def _require_finite_where_few(values: Array, kind: str, count: int) -> None:
    """Refuse NaN and infinity among few terms, of which no other case asks for numbers."""
    if kind != "fibonacci" and count in SHORT and not np.all(np.isfinite(values)):
        raise CheckFailed(
            say(
                "'{kind}' of length {count} holds NaN or infinity: is anything divided by length - 1, or by what is 0 for few terms?",
                kind=kind,
                count=count,
            )
        )


def _where_few(function: CandidateFunction, kind: str, count: int, fault: Crashed) -> Crashed:
    """A crash with the number of terms that were asked for: one of the few that all are told of."""
    no_room = fault.guarded.values.get("exception") == "IndexError" and _makes(function, kind, MORE)

    def told(what: Message) -> Message:
        if not no_room:
            return say("'{kind}' of length {count}: {fault}", kind=kind, count=count, fault=what)
        return say(
            "'{kind}' of length {count}: {fault} So short a sequence has no place for all first terms: write only what there is room for.",
            kind=kind,
            count=count,
            fault=what,
        )

    return Crashed(told(fault.message), told(fault.guarded), diagnosis=fault.diagnosis)


def _makes(function: CandidateFunction, kind: str, count: int) -> bool:
    with suppress(StudentFault):
        return generate(function, kind, count) is not None
    return False


def _lengths(kind: str, wrong: Mapping[int, int], counts: Sequence[int]) -> Message | None:
    """How they differ, where it is a slip; in numbers a program could tell a hidden length."""
    sizes = set(wrong.values())
    if len(wrong) == len(counts):
        told = _off_at_every_length(kind, {got - count for count, got in wrong.items()}, sizes)
        if told is not None:
            return told
    if min(wrong) > DEFAULT_LENGTH >= min(sizes):
        return say(
            "'{kind}' gives {got} terms where more than {default} are asked for.",
            kind=kind,
            got=min(sizes),
            default=DEFAULT_LENGTH,
        )
    if len(sizes) == 1 and len(wrong) > 1 and min(sizes) <= min(max(SHORT), *wrong):
        return say(
            "'{kind}' gives {got} terms where more are asked for.", kind=kind, got=min(sizes)
        )
    if not set(wrong) <= {*SHORT}:
        return None
    if len(sizes) == 1 and min(sizes) > max(wrong):
        return say(
            "'{kind}' gives {got} terms where {counts} are asked for: the first ones come whatever the length is. Cut what comes back to that length.",
            kind=kind,
            got=min(sizes),
            counts=tuple(wrong),
        )
    return say(
        "'{kind}' has another length than was asked for where that is {counts}.",
        kind=kind,
        counts=tuple(wrong),
    )


def _off_at_every_length(kind: str, off: set[int], sizes: set[int]) -> Message | None:
    """One term less or more, or always as many: so many came before a hidden length was asked for."""
    if off == {-1}:
        return say("'{kind}' gives one term less than was asked for, at every length.", kind=kind)
    if off == {1}:
        return say("'{kind}' gives one term more than was asked for, at every length.", kind=kind)
    if len(sizes) == 1:
        return say(
            "'{kind}' gives {got} terms, whatever length is asked for.", kind=kind, got=min(sizes)
        )
    return None


def is_float64(returned: Any, call: str) -> None:
    """Require the documented type: a float64 array with one axis, and something in it."""
    values = values_of(returned, call)
    if not isinstance(returned, np.ndarray):
        got = kind(returned)
    elif returned.dtype != np.float64 or returned.ndim != 1:
        got = f"{returned.dtype} {returned.shape}"
    else:
        return
    raise (CauseKnown if _cut_to_zero(returned, values) else CheckFailed)(
        say(
            "{call} returned {got}; expected a float64 array of shape (length,).",
            call=call,
            got=got,
        ),
        say(
            "generate_sequence_data must return a float64 array of shape (length,); yours is {got}.",
            got=_kind_only(returned),
        ),
    )


def is_sine(returned: Any, call: str) -> None:
    """Require a sine of any amplitude, frequency, phase and offset; some noise is no fault."""
    values = values_of(returned, call)
    if not np.all(np.isfinite(values)):
        problem = say("it contains NaN or infinity")
    elif np.ptp(values) <= load().learning["q5_1"]["flat"] * max(1.0, float(np.abs(values).max())):
        raise _flat(values, call, cut=_cut_to_zero(returned, values))
    elif values.size > RULED and any(
        first_wrong(values, sums(values, start)) is None for start in STARTS
    ):
        problem = say("its values are Fibonacci numbers; look at the branches for the types")
    elif is_rectified(values):
        problem = say(
            "these are its absolute values, of one sign alone: take the sine as it comes, with its signs"
        )
    elif not (follows_recurrence(values) or is_mostly_one_wave(values)):
        problem = why_none(values) or say("its values do not follow a sine")
    else:
        return
    raise CheckFailed(
        say("{call} is not a sine wave: {problem}.", call=call, problem=problem),
        say("The sequence 'sine' is not a sine wave: {problem}.", problem=problem),
    )


def _cut_to_zero(returned: Any, values: Array) -> bool:
    """Whether all terms are the integer 0, to which whatever is below 1 is cut."""
    return np.asarray(returned).dtype.kind in "iu" and not values.any()


def _flat(values: Array, call: str, *, cut: bool) -> CheckFailed:
    """A sine that does not move: sampled where it is zero, once in a period, or at one place.

    cut: its terms are integers, all 0.
    """
    if cut:
        why = say("it is constant; its terms are integers, which cut off all that is below 1")
        return _no_sine(call, why)
    if np.ptp(values) > 0.0 and np.abs(values).max() <= load().learning["q5_1"]["flat"]:
        return _no_sine(call, say("it is constant"), "sine-sampled-at-zeros")
    if np.ptp(values):
        why = say(
            "it is constant; but for rounding all terms are alike, as of a sine that is sampled once "
            "in a period"
        )
    else:
        why = say("it is constant; its argument is the same for all terms, or nothing is computed")
    return _no_sine(call, why)


def _no_sine(call: str, problem: Message, named: str = "") -> CheckFailed:
    return CauseKnown(
        say("{call} is not a sine wave: {problem}.", call=call, problem=problem),
        say("The sequence 'sine' is not a sine wave: {problem}.", problem=problem),
        diagnosis=named,
    )


def kinds_given(function: CandidateFunction) -> list[str]:
    """Fibonacci, and the sine where there is one: who gives none is charged for that elsewhere."""
    kinds = ["fibonacci"]
    with suppress(StudentFault):
        values_of(function("sine", 5), called("sine", 5))
        kinds.append("sine")
    return kinds


def refuses(
    function: CandidateFunction,
    arguments: tuple[Any, ...],
    why: Message,
    *,
    named: tuple[str, str] = ("", ""),
) -> None:
    """Require that the call raises ValueError, though a right one does not.

    `named`: what the mistakes are called of returning None and of raising something else.
    """
    accepted = function("fibonacci", 5)  # a function that always raises refuses nothing
    call = called(*arguments)
    try:
        returned = function(*arguments)
    except (Crashed, NotImplementedYet) as fault:
        raised = _raised(fault)
        if raised == "ValueError" or raised.startswith("Unicode"):  # its subclasses
            return
        raise CheckFailed(
            say(
                "{call} raised {raised}; expected ValueError: {why}. {remedy}",
                call=call,
                raised=raised,
                why=why,
                remedy=_TEST_FIRST,
            ),
            say("The wrong exception was raised; expected ValueError: {why}.", why=why),
            diagnosis=named[1],
        ) from None
    if returned is None and accepted is None:
        raise ReturnedNothing(NAME)
    taken = None if arguments[0] in KINDS else _taken_for(function, arguments, returned)
    raise CheckFailed(
        say(
            "{call} returned {kind}; expected ValueError: {why}. {remedy}",
            call=call,
            kind=kind(returned),
            why=why,
            remedy=taken or _TEST_FIRST,
        ),
        say("No exception was raised; expected ValueError: {why}.", why=why),
        diagnosis=named[0] if returned is None else "",
    )


def _raised(fault: Crashed | NotImplementedYet) -> str:
    """The name of the exception; nothing where it is not a built-in one."""
    unset = "NotImplementedError" if isinstance(fault, NotImplementedYet) else ""
    return str(fault.guarded.values.get("exception", unset))


def _taken_for(
    function: CandidateFunction, arguments: tuple[Any, ...], returned: Any
) -> Message | None:
    """Which documented type an unknown one is taken for, if it gives the same."""
    for known in KINDS:
        with suppress(StudentFault):
            if np.array_equal(returned, function(known, *arguments[1:])):
                return say(
                    "It is what '{known}' gives: every other type falls into that branch. Ask for '{known}' by its name, and raise ValueError after all types.",
                    known=known,
                )
    return None


def _rank(first_wrong: int | None) -> float:
    """Which start fits best: the one whose first wrong term comes last."""
    return -np.inf if first_wrong is None else -first_wrong


def _wrong_term(values: Array, index: int, call: str) -> Message:
    return say(
        "{call}: term {index} is {got}, which is not the sum of the two before it in a Fibonacci "
        "sequence that starts 0, 1 or 1, 1. {why}",
        call=call,
        index=index,
        got=f"{float(values[index]):.10g}",
        why=reason_for(values, index),
    )


def _kind_only(returned: Any) -> str:
    """Type and dtype without values: what a hidden case may show."""
    if isinstance(returned, np.ndarray):
        return f"{returned.dtype.name} with {returned.ndim} axes"
    return type(returned).__name__
