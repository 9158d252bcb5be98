"""`assignment.toml`: every number that decides a grade, typed and read once."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

PATH = Path(__file__).with_name("assignment.toml")


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row of the table of points."""

    name: str
    points: float
    title: dict[str, str]  # by language
    written: bool = False  # scored by a person


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The assignment as a whole. `late_penalty` is a share of the automatic points per day."""

    title: dict[str, str]
    deadline: str
    late_penalty: float
    late_penalty_cap: float
    bonus: float


class Mail(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where students send their work."""

    recipient: str


class LimitsTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Seconds that a student's code may take."""

    call_seconds: float
    import_seconds: float
    training_seconds: float
    submission_seconds: float


class Tolerances(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Relative errors per array, and the steps of the central difference."""

    reference_float64: float
    reference_float32: float
    numeric_float64: float
    numeric_float32: float
    step_float64: float
    step_float32: float


class Assignment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of `assignment.toml`."""

    assignment: Header
    mail: Mail
    question: tuple[Question, ...]
    limits: LimitsTable
    tolerances: Tolerances
    learning: dict[str, Any] = {}

    @property
    def questions(self) -> tuple[Question, ...]:
        return self.question

    @property
    def automatic(self) -> tuple[Question, ...]:
        return tuple(question for question in self.question if not question.written)


@cache
def load() -> Assignment:
    """The configuration. `msgspec.ValidationError` names the entry that is wrong."""
    return msgspec.convert(tomllib.loads(PATH.read_text(encoding="utf-8")), Assignment)
