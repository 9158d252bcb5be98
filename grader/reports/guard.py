"""What of a hidden case may reach a student: the kind of mistake, in our own words.

`StudentFault.guarded` already keeps inputs and expected values out. Reports do not rely on it: a
template is our own literal, but the values that fill it may have been chosen by the student's
code (an exception named after the inputs that it saw) or be an expected value. So a value of a
hidden message is shown only when it is one of the assignment's own words or a plain small number.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Mapping

from grader import contract
from grader.language import Item, Message, Value
from grader.records import CaseResult, QuestionResult, Verdict
from grader.reports.clean_message import (
    DEFAULT_LIMIT,
    ELLIPSIS,
    clean,
    words,
)
from grader.reports.wording import Wording

LARGEST_NUMBER = 10_000
TOKEN = re.compile(r"[^\W\d]\w*|\d+(?:\.\d+)?")

PARAMETERS = [name for names in contract.PARAMETERS.values() for name in names]
VOCABULARY = frozenset(
    [
        *PARAMETERS,
        *(f"d{name}" for name in PARAMETERS),
        *(*contract.ALL_NAMES, *contract.ARGUMENTS, *contract.RESULTS),
        *(method for methods in contract.ALL_CLASSES.values() for method in methods),
        *("read", "write"),
        *("fibonacci", "sine", "T", "B", "I", "H", "O", "h", "c", "x", "y", "t", "h0"),
        # What experiments read off a program (grader.diagnosis), in words of ours.
        *("tanh", "sigmoid", "relu", "leaky", "hard", "identity", "softplus", "softsign", "sin"),
        *("exp", "arctan", "candidate", "sum", "sign", "W", "z", "s", "dz", "dh", "z_t", "h_t"),
        *("h_T", "h_", "c_", "x_", "q4_2", "q4_3", "q4_4"),
        *[
            "da",
            "da_",
            "dh_",
            "da_1",
            "dh_1",
            "da_z",
            "da_r",
            "da_n",
            "r",
            "n",
            "u",
            "u_",
            "W_xh",
            "W_hh",
            "d_new_hidden_state",
            "x_t",
        ],
        *["beta1", "beta2", "m", "v", "k", "g", "q", "softmax", "zeros"],
        *("limit", "norm", "sqrt", "mean", "max", "rate"),
        *("None", "bool", "int", "float", "str", "list", "tuple", "dict", "ndarray", "object"),
        *("float16", "float32", "float64", "int32", "int64", "nan", "inf", "numpy", "np"),
        *(name for name in vars(builtins) if name.endswith(("Error", "Exit", "Interrupt"))),
    ]
)


class Withheld(str):
    """An ellipsis, whatever format or conversion a template asks of it."""

    __slots__ = ()

    def __format__(self, format_spec: str, /) -> str:
        return ELLIPSIS

    def __repr__(self) -> str:
        return ELLIPSIS


def case_text(case: CaseResult, language: str, limit: int = DEFAULT_LIMIT) -> str:
    """Render what went wrong in the case."""
    return words(_shown(case, case.message), language, limit)


def case_hint(case: CaseResult, wording: Wording) -> str:
    """Render what explains the mistake: the case's own hint, else that of its diagnosis."""
    return words(_shown(case, case.hint), wording.language) or wording.hint(case.diagnosis)


def repair_text(question: QuestionResult, language: str) -> str:
    """Render which line is to be changed: the student's own, found at points that all may know."""
    return words(question.repair.told if question.repair else None, language)


def _shown(case: CaseResult, message: Message | None) -> Message | None:
    """Guard hidden cases, and faults of the kit, which quote its own source lines."""
    secret = case.hidden or case.verdict is Verdict.KIT_FAULT
    return guard(message) if secret and message is not None else message


def case_print(case: CaseResult, limit: int = DEFAULT_LIMIT) -> str:
    """Clean what the student's code printed; nothing of a hidden case, where it saw the inputs."""
    return "" if case.hidden else clean(case.printed, limit)


def guard(message: Message) -> Message:
    """Withhold every value of the message that is not ours beyond doubt."""
    return Message(message.text, _guard_values(message.values))


def _guard_values(values: Mapping[str, Value]) -> dict[str, Value]:
    return {name: _guard_value(value) for name, value in values.items()}


def _guard_value(value: Value) -> Value:
    if isinstance(value, tuple):
        return tuple(map(_guard_item, value))
    return _guard_item(value)


def _guard_item(value: Item) -> Item:
    if isinstance(value, Message):
        return guard(value)
    if isinstance(value, str):
        return value if all(map(_is_ours, TOKEN.findall(value))) else Withheld(ELLIPSIS)
    plain = abs(value) <= LARGEST_NUMBER and round(value, 2) == value
    return value if plain else Withheld(ELLIPSIS)


def _is_ours(token: str) -> bool:
    if token in VOCABULARY:
        return True
    return token.isascii() and token[0].isdigit() and len(token) <= len(str(LARGEST_NUMBER)) - 1
