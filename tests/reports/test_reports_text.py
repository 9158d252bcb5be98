"""Students' text is harmless wherever it comes out; hidden cases tell the kind of mistake only."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.language import Message, say
from grader.records import CaseResult, Verdict
from grader.reports.clean_message import (
    clean,
    moment,
    one_line,
    percent,
    points,
    words,
)
from grader.reports.guard import case_hint, case_print, case_text, guard
from grader.reports.wording import Wording


@pytest.mark.parametrize(
    ("hostile", "harmless"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://evil.invalid\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b31mred", "red"),
        ("a\x1b", "a"),
        ("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour"),
        ("\u202egpj.exe\u202c", "gpj.exe"),
        ("\u2066a\u2069\u200b\u200f\ufeffb", "ab"),
        ("null\0bell\adel\x7f", "nullbelldel"),
        ("\ud800lone", "lone"),
        ("e" + "\u0301" * 50, "e\u0301\u0301"),
        ("tab\tand\u3000wide", "tab    and wide"),
        ("欧阳晓明 naïve Việt", "欧阳晓明 naïve Việt"),
    ],
)
def test_clean_takes_out_what_moves_hides_or_reorders(hostile: str, harmless: str) -> None:
    assert clean(hostile) == harmless


@given(st.text(max_size=300))
def test_whatever_comes_in_only_printable_characters_and_line_feeds_go_out(text: str) -> None:
    cleaned = clean(text)
    assert all(character.isprintable() or character == "\n" for character in cleaned)
    assert clean(cleaned) == cleaned
    cleaned.encode("utf-8")


def test_a_megabyte_is_cut() -> None:
    assert len(clean("x" * 10**6, 100)) == 100
    assert clean("x" * 10**6, 100).endswith("…")
    assert len(one_line("word " * 10**5, 40)) <= 40


def test_numbers_read_as_people_write_them() -> None:
    assert [points(value) for value in (8.0, 7.5, 20 / 3, 0.0, -0.001)] == [
        "8",
        "7.5",
        "6.67",
        "0",
        "0",
    ]
    assert percent(0.456) == "46 %"


def case(*, hidden: bool, **values: str | float) -> CaseResult:
    text = " ".join(f"{{{name}}}" for name in values)
    return CaseResult("c", hidden, Verdict.FAILED, 0, 1, say(text, **values), printed="input 0.123")


def test_a_hidden_case_shows_the_assignments_words_and_nothing_else() -> None:
    shown = case_text(case(hidden=True, a="dW_hh", b="SimpleRNN.backward", c=5, d=0.25), "en")
    assert shown == "dW_hh SimpleRNN.backward 5 0.25"


@pytest.mark.parametrize(
    "value",
    [
        "inputs[0] = 0.123456",
        "x_0_123456",
        "0.1234567",
        "123456",
        0.12345678,
        98765432,
        float("nan"),
    ],
)
def test_a_hidden_case_withholds_what_a_student_or_a_solution_could_have_put_there(
    value: str | float,
) -> None:
    assert case_text(case(hidden=True, value=value), "en") == "…"
    assert case_text(case(hidden=False, value=value), "en") == str(value)


def test_withheld_values_survive_format_specifications_and_nesting() -> None:
    inner = say("saw {x!r} and {y:.3f}", x="secret 1.23456", y=1.23456)
    assert str(guard(say("outer: {inner}", inner=inner))) == "outer: saw … and …"
    assert str(guard(say("{names}", names=("W_xh", "secret", inner)))) == "W_xh, …, saw … and …"


def test_a_fault_of_ours_shows_none_of_our_source() -> None:
    public = replace(case(hidden=False, why="line 7: assert x == 0.5"), verdict=Verdict.KIT_FAULT)
    assert case_text(public, "en") == "…"


def test_a_text_whose_fields_do_not_fit_costs_itself_only() -> None:
    assert words(Message("h_{t-1} of {name}", {"name": "x"}), "en") == "h_{t-1} of {name}"


def advised(*, hidden: bool) -> CaseResult:
    message, hint = say("off by {x}", x=0.123456), say("Flip {w}.", w="W_hh")
    return replace(case(hidden=hidden), message=message, hint=hint, diagnosis="known")


def test_a_diagnosis_is_told_apart_from_the_message_and_guarded_alike() -> None:
    wording = Wording("en", hints={"known": ("", "from the list")})
    assert case_text(advised(hidden=False), "en") == "off by 0.123456"
    assert case_text(advised(hidden=True), "en") == "off by …"
    assert case_hint(advised(hidden=True), wording) == "Flip W_hh."
    assert case_hint(replace(case(hidden=True), diagnosis="known"), wording) == "from the list"
    assert case_hint(case(hidden=True), wording) == ""


def test_times_are_shown_to_the_minute() -> None:
    assert moment("2024-11-20T21:15:03.933237+08:00") == "2024-11-20 21:15+08:00"
    assert moment("") == ""
    assert moment("\x1b[31myesterday") == "yesterday"


def test_what_was_printed_is_shown_for_public_cases_only() -> None:
    assert case_print(case(hidden=False)) == "input 0.123"
    assert case_print(case(hidden=True)) == ""
