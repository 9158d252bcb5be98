"""What counts as Fibonacci, as a sine, as an error: judged apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.checks import garbage
from grader.checks.sequences import generated as sequences
from grader.faults import BadValue, CauseKnown, CheckFailed, Crashed, ReturnedNothing
from grader.language import say

CALL = "generate_sequence_data()"


def fibonacci(length: int, start: tuple[int, int] = (0, 1)) -> list[int]:
    terms = list(start)
    while len(terms) < length:
        terms.append(terms[-1] + terms[-2])
    return terms[:length]


@pytest.mark.parametrize("start", [(0, 1), (1, 1)])
@pytest.mark.parametrize("length", [1, 2, 3, 20, 1000])
def test_true_fibonacci_numbers_pass_in_any_container(start: tuple[int, int], length: int) -> None:
    terms = fibonacci(length, start)
    for returned in (
        np.array(terms, np.float64),
        terms,
        np.array(terms, object),
        np.array([terms]),
    ):
        sequences.fibonacci_values(returned, length, CALL)


def test_binet_is_fine_and_a_relative_error_of_1e8_is_not() -> None:
    n = np.arange(1000)
    root = np.sqrt(5.0)
    sequences.fibonacci_values((((1 + root) / 2) ** n - ((1 - root) / 2) ** n) / root, 1000, CALL)
    off = np.array(fibonacci(1000), np.float64)
    off[700] *= 1 + 1e-7
    with pytest.raises(CheckFailed):
        sequences.fibonacci_values(off, 1000, CALL)


@pytest.mark.parametrize(
    "wrong",
    [
        np.array(fibonacci(20), np.float64) / 4181,
        np.array([0, 1, *fibonacci(18)], np.float64),
        np.array(fibonacci(20, (1, 2)), np.float64),
        np.array([2, 1, 3, 4, 7, 11], np.float64),  # Lucas
        np.cumsum(np.ones(20)),
        np.zeros(20),
        np.full(20, np.nan),
    ],
)
def test_other_sequences_are_no_fibonacci_numbers(wrong: np.ndarray) -> None:
    with pytest.raises(CheckFailed):
        sequences.fibonacci_values(wrong, len(wrong), CALL)


def following(start: tuple[int, int], rule: Callable[[list[int]], int]) -> list[float]:
    terms = list(start)
    while len(terms) < 40:
        terms.append(rule(terms))
    return [float(term) for term in terms]


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        (following((2, 1), lambda a: a[-1] + a[-2]), "the start is wrong: 2, 1."),
        (following((137, 1), lambda a: a[-1] + a[-2]), "the start is wrong."),
        (following((0, 1), lambda a: (a[-1] + a[-2]) % 1000), "division of the sum by 1000"),
        (
            following((0, 1), lambda a: (a[-1] + a[-2]) % 137),
            "division of the sum by a fixed number",
        ),
        (
            following((0, 1), lambda a: a[-1] + a[-3 if len(a) > 2 else -2]),
            "3 on is a(n-1) + a(n-3);",
        ),
        (following((0, 1), lambda a: a[-1] + 2 * a[-2]), "2 on is a(n-1) + 2 * a(n-2);"),
        ([0, 1, 1, 2, 0, *following((0, 2), lambda a: a[-1] + a[-2])[1:]], "It alone is off"),
        ([1, 1, 2, 3, 5, 9, 7, 4, 9, 3, 1, 6, 6, 6], "Check the first terms"),
    ],
)
def test_why_a_term_is_wrong(terms: list[float], words: str) -> None:
    """No number that could be a hidden length is told."""
    with pytest.raises(CheckFailed) as failed:
        sequences.fibonacci_values(np.array(terms, np.float64), len(terms), CALL)
    for message in (failed.value.message, failed.value.guarded):
        assert words in str(message)


@pytest.mark.parametrize("count", [18, 19, 21, 22])
def test_a_few_too_many_or_too_few_cost_their_own_case_only(count: int) -> None:
    sequences.fibonacci_values(fibonacci(count), 20, CALL)


@pytest.mark.parametrize("count", [1, 2, 9])
def test_a_few_terms_show_nothing_of_the_others(count: int) -> None:
    with pytest.raises(CheckFailed, match=f"{count} values, expected 20"):
        sequences.fibonacci_values(fibonacci(count), 20, CALL)


@pytest.mark.parametrize(
    ("dtype", "words"), [(np.int64, "64 bits"), (np.int32, "32 bits"), (np.float32, "float32")]
)
def test_an_overflow_is_explained_by_its_place(dtype: Any, words: str) -> None:
    with np.errstate(all="ignore"):
        terms = np.ones(300, dtype)
        for n in range(2, 300):
            terms[n] = terms[n - 1] + terms[n - 2]
    if dtype == np.float32:  # rounding comes first, and says nothing of infinity
        terms = np.where(np.isfinite(terms), np.array(fibonacci(300, (1, 1)), np.float64), np.inf)
    with pytest.raises(CheckFailed, match=words):
        sequences.fibonacci_values(terms.astype(np.float64), 300, CALL)


@pytest.mark.parametrize(
    "wave",
    [
        np.sin(0.3 * np.arange(200)),
        3 - 5 * np.sin(np.linspace(0, 2 * np.pi, 200) + 1),
        1e-4 * np.cos(0.01 * np.arange(120)),
        np.sin(0.2 * np.arange(300)).astype(np.float32),
        np.sin(0.1 * np.arange(400)) + 0.15 * np.random.default_rng(1).normal(size=400),
    ],
)
def test_any_sine_passes(wave: np.ndarray) -> None:
    sequences.is_sine(wave, CALL)


@pytest.mark.parametrize(
    "wave",
    [
        np.zeros(200),
        np.sin(2 * np.pi * np.arange(200)),
        np.arange(200.0),
        np.sign(np.sin(0.3 * np.arange(200) + 0.1)),
        np.exp(0.01 * np.arange(200)),
        np.random.default_rng(1).normal(size=200),
        np.full(200, np.inf),
        np.arange(200.0) ** 2,
    ],
)
def test_what_is_no_sine_fails(wave: np.ndarray) -> None:
    with pytest.raises(CheckFailed):
        sequences.is_sine(wave, CALL)


@pytest.mark.parametrize("returned", ["abc", [], np.zeros((3, 4)), [[1, 2], [3, 4]], {}])
def test_what_is_no_sequence_is_said_to_be_none(returned: Any) -> None:
    with pytest.raises(BadValue):
        sequences.values_of(returned, CALL)


def test_the_type_must_be_float64_with_one_axis() -> None:
    sequences.is_float64(np.zeros(3), CALL)
    for wrong in (np.zeros(3, np.float32), np.zeros((3, 1)), [0.0, 1.0], np.zeros(3, object), 1.0):
        with pytest.raises(CheckFailed):
            sequences.is_float64(wrong, CALL)


def test_the_length_must_be_the_one_asked_for() -> None:
    sequences.has_length(np.zeros(5), 5, CALL)
    for wrong in (np.zeros(4), np.zeros(6), 3.0):
        with pytest.raises(CheckFailed):
            sequences.has_length(wrong, 5, CALL)


def test_what_is_no_array_has_a_length_too() -> None:
    ragged = (np.zeros((3, 5)), np.zeros(3))
    sequences.has_length(ragged, 2, CALL)
    with pytest.raises(CheckFailed, match="returned 2 values"):
        sequences.has_length(ragged, 5, CALL)


class Function:
    """A candidate that returns or raises what it is told to."""

    name = "generate_sequence_data"

    def __init__(self, outcome: Any) -> None:
        self.outcome = outcome

    def __call__(self, *_: Any) -> Any:
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


class Refusing(Function):
    """The same, but a known type works."""

    def __call__(self, *arguments: Any) -> Any:
        if arguments[:1] == ("fibonacci",):
            return np.array([0.0, 1.0, 1.0, 2.0, 3.0])
        return super().__call__(*arguments)


def crashed(exception: str) -> Crashed:
    words = say("{where} raised {exception}.", where="f", exception=exception)
    return Crashed(words, words)


def test_only_a_value_error_is_a_refusal() -> None:
    why = say("the length is below 1")
    sequences.refuses(Refusing(crashed("ValueError")), ("x", 0), why)
    for outcome in (crashed("KeyError"), np.zeros(0), 0.0):
        with pytest.raises(CheckFailed):
            sequences.refuses(Refusing(outcome), ("x", 0), why)
    with pytest.raises(ReturnedNothing):
        sequences.refuses(Function(None), ("x", 0), why)


@pytest.mark.parametrize(
    ("outcome", "name"), [(None, "gives-none"), (crashed("KeyError"), "raises"), (0.0, "")]
)
def test_how_it_does_not_refuse_is_named(outcome: Any, name: str) -> None:
    with pytest.raises(CheckFailed) as caught:
        sequences.refuses(
            Refusing(outcome), ("x", 0), say("no such type"), named=("gives-none", "raises")
        )
    assert caught.value.diagnosis == name


def test_whoever_refuses_everything_refuses_nothing() -> None:
    with pytest.raises(Crashed):
        sequences.refuses(Function(crashed("ValueError")), ("x", 0), say("no such type"))


def test_hidden_words_hold_no_values() -> None:
    with pytest.raises(CheckFailed) as caught:
        sequences.fibonacci_values(np.array([0.0, 1.0, 1.0, 77.25]), 4, CALL)
    assert "77.25" in str(caught.value.message)
    assert "77.25" not in str(caught.value.guarded)


class Making(Function):
    """A candidate that makes what comes back."""

    def __init__(self, outcome: Any) -> None:
        super().__init__(outcome)
        self.memo: dict[Any, Any] = {}

    def __call__(self, *arguments: Any) -> Any:
        return self.outcome(*arguments)


def modulo(number: int) -> np.ndarray:
    terms = [0, 1]
    while len(terms) < 60:
        terms.append((terms[-1] + terms[-2]) % number)
    return np.array(terms, float)


FIBONACCI = np.array([0.0, 1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377])


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (np.sin(0.3 * np.arange(15) + 0.3), "These are the values of a sine"),
        (np.append([0.0], FIBONACCI), "From term 1 on it is the right sequence, 1 too late"),
        (modulo(10**9 + 7), "what division of the sum by a fixed number leaves"),
        (np.append(FIBONACCI[:8], np.zeros(7)), "From there on all terms are 0"),
        (np.append(FIBONACCI[:6], np.full(9, 5.0)), "Every term from there on is the one before"),
        (np.log1p(FIBONACCI), "These are their logarithms"),
        ((FIBONACCI - 3.5) / 7, "scale them where you train"),
        (
            np.append(FIBONACCI[:8], FIBONACCI[8:] * (1 + 1e-8 * np.arange(8, 15))),
            "in a formula with rounded constants",
        ),
        (np.full(15, 5.5), "^(?!.*values of a sine)(?!.*scale them)"),
        (np.tile([1.0, 0, 1], 5), "^(?!.*values of a sine)"),  # whole numbers, and a recurrence too
    ],
)
def test_a_wrong_term_is_told_by_what_stands_there(values: np.ndarray, words: str) -> None:
    with pytest.raises(CheckFailed, match=words):
        sequences.fibonacci_values(values, values.size, CALL)


@pytest.mark.parametrize(
    ("values", "words", "name"),
    [
        (np.sin(np.pi * np.arange(50)), "it is constant", "sine-sampled-at-zeros"),
        (np.sin(2 * np.pi * np.arange(50) + 0.3), "once in a period", ""),
        (np.full(50, 0.3), "the same for all terms", ""),
        (np.zeros(50), "the same for all terms", ""),
    ],
)
def test_a_sine_that_stands_still_is_told_why(values: np.ndarray, words: str, name: str) -> None:
    with pytest.raises(CauseKnown, match=words) as caught:
        sequences.is_sine(values, CALL)
    assert caught.value.diagnosis == name


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (np.abs(np.sin(0.1 * np.arange(200))), "these are its absolute values"),
        (np.sin(0.1 * np.arange(200)) * 0.9 ** np.arange(200), "by a factor of about 0.9"),
        (np.sin(0.1 * np.arange(200)) * 1.02 ** np.arange(200), "by a factor of about 1.02"),
        (np.sin(0.1 * np.arange(200)) + np.sin(0.3 * np.arange(200)), "more than one wave"),
        (np.sin(0.001 * np.arange(200) ** 2), "its values do not follow a sine"),
        (0.5 * np.arange(200), "its values do not follow a sine"),
        (np.arange(200.0) ** 2, "its values do not follow a sine"),
        (1.05 ** np.arange(200), "its values do not follow a sine"),
        (0.9 ** np.arange(200) + 0.8 ** np.arange(200), "its values do not follow a sine"),
        (np.sin(0.1 * np.arange(200)) + 0.1 * np.arange(200), "its values do not follow a sine"),
        (np.zeros(50, int), "its terms are integers"),
    ],
)
def test_what_is_no_sine_is_told_what_it_is(values: np.ndarray, words: str) -> None:
    with pytest.raises(CheckFailed, match=words):
        sequences.is_sine(values, CALL)


@pytest.mark.parametrize("offset", [0.0, 3.0, -5.0])
def test_a_sine_of_one_sign_is_a_sine(offset: float) -> None:
    sequences.is_sine(np.sin(0.1 * np.arange(200)) + offset, CALL)
    sequences.is_sine(np.sin(0.1 * np.arange(200)) ** 2, CALL)


def test_a_sine_of_one_term_that_is_nan_is_told() -> None:
    with pytest.raises(CheckFailed, match="'sine' of length 1 holds NaN"):
        sequences.every_length(
            Making(lambda _, n: np.full(n, np.nan) if n == 1 else np.sin(np.arange(n))),
            "sine",
            (1, 2, 3, 12),
        )


def test_a_sine_that_is_fibonacci_and_a_single_number_are_told() -> None:
    with pytest.raises(CheckFailed, match="its values are Fibonacci numbers"):
        sequences.is_sine(FIBONACCI, CALL)
    for judge in (sequences.is_sine, sequences.is_float64):
        with pytest.raises(CauseKnown, match="a single number"):
            judge(0.5, CALL)


@pytest.mark.parametrize(
    ("made", "guarded"),
    [
        (lambda n: FIBONACCI[: n - 1], "one term less than was asked for, at every length"),
        (lambda n: FIBONACCI[: n + 1], "one term more than was asked for, at every length"),
        (lambda _: FIBONACCI[:10], "gives 10 terms, whatever length is asked for"),
        (lambda n: FIBONACCI[: min(n, 2)], "gives 2 terms where more are asked for"),
        (lambda n: FIBONACCI[: max(n, 2)], "gives 2 terms where 1 are asked for: the first ones"),
        (lambda n: FIBONACCI[: max(n, 3)], "gives 3 terms where 1, 2 are asked for: the first"),
        (lambda n: FIBONACCI[: max(n, 5)], "gives 5 terms where 1, 2, 3 are asked for: the first"),
        (
            lambda n: FIBONACCI[: n if n > 3 else 2 * n],
            "has another length than was asked for where that is 1, 2, 3",
        ),
    ],
)
def test_how_lengths_differ_is_told(made: Callable[[int], np.ndarray], guarded: str) -> None:
    function = Making(lambda _, count: made(count))
    with pytest.raises(CheckFailed) as caught:
        sequences.every_length(function, "fibonacci", (1, 2, 3, 12))
    assert guarded in str(caught.value.guarded)
    assert "12" not in str(caught.value.guarded)


def _without_room(_: str, count: int) -> np.ndarray:
    if count < 2:
        raise crashed("IndexError")
    return FIBONACCI[:count]


def test_a_crash_where_few_terms_are_asked_for_is_told_with_their_number() -> None:
    with pytest.raises(Crashed) as caught:
        sequences.every_length(Making(_without_room), "fibonacci", (1, 2, 3, 12))
    assert "'fibonacci' of length 1:" in str(caught.value.guarded)
    assert "has no place for all first terms" in str(caught.value.guarded)


def test_a_crash_at_every_length_is_no_want_of_room() -> None:
    def made(_kind: str, _count: int) -> np.ndarray:
        raise crashed("IndexError")

    with pytest.raises(Crashed) as caught:
        sequences.every_length(Making(made), "fibonacci", (1, 2, 3, 12))
    assert "has no place" not in str(caught.value.guarded)


def test_an_unknown_type_is_told_for_which_it_is_taken() -> None:
    def made(kind: str, count: int) -> np.ndarray:
        return FIBONACCI[:count] if kind == "fibonacci" else np.sin(np.arange(count))

    with pytest.raises(CheckFailed, match="It is what 'sine' gives: every other type"):
        sequences.refuses(Making(made), ("x", 10), say("no such type"))
    with pytest.raises(CheckFailed, match="Test for that before anything is made"):
        sequences.refuses(Making(made), ("sine", 0), say("the length is below 1"))


def test_few_terms_are_looked_at_as_well() -> None:
    sequences.short_ones(Making(lambda _, count: FIBONACCI[1 : count + 1]))
    sequences.short_ones(Making(lambda _, count: FIBONACCI[: max(count, 2)]))  # another's case
    with pytest.raises(CheckFailed, match="term 1 is 0"):
        sequences.short_ones(Making(lambda _, n: FIBONACCI[:n] if n > 2 else np.zeros(n)))


@pytest.mark.parametrize("value", [None, "words", np.array("words")])
def test_what_is_no_number_is_not_called_another_number_each_time(value: object) -> None:
    garbage.require_sequence(Making(lambda *_: value))


def test_nan_among_the_first_terms_is_called_that() -> None:
    with pytest.raises(CheckFailed, match="gives NaN or infinity among its first terms"):
        garbage.require_sequence(Making(lambda *_: np.full(12, np.nan)))
