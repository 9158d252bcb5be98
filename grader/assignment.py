"""`assignment.toml`: every number that decides a grade, typed, checked and read once."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from grader import configuration
from grader.configuration import Mistake, Place
from grader.language import LANGUAGES, say

PATH = Path(__file__).with_name("assignment.toml")


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row of the table of points."""

    name: str
    points: float
    title: dict[str, str]  # by language
    written: bool = False  # scored by a person
    bonus: bool = False  # optional: its points come on top of the others


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The assignment as a whole. `late_penalty` is a share of the automatic points per day."""

    title: dict[str, str]
    deadline: str
    late_penalty: float
    late_penalty_cap: float
    bonus: float
    oral: float = 0.0  # points of the oral exam in the total; 0: it is kept apart


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


class StartNumbers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What q4_1 and q4_5 bound initial weights by. A cell has no smallest."""

    largest: float
    smallest: float | None = None


class SequenceNumbers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What q5_1 calls right."""

    relative_error: float
    recurrence: float
    explained: float
    flat: float


class TaskNumbers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What q5_2 is told about one learning task.

    `threshold` and `review` bound the held-out score: an accuracy from below, a mean squared
    error over the variance of the targets (NMSE) from above. Between the two the points are
    earned and a person looks. Whoever reaches `sure` before all iterations is not trained further.
    """

    steps: int  # T
    rate: float
    iterations: int
    threshold: float
    review: float
    sure: float
    catches: tuple[str, ...] = ()  # misconceptions that must not reach the threshold
    gain: float = 0.0  # W_hh starts with standard deviation gain / sqrt(H); 0: the student's own


class TrainingNumbers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The trainings of q5_2. A handout lacks the hidden tasks."""

    hidden_size: int
    batch: int
    held_out: int
    other_rates: tuple[float, ...]
    trajectory_float64: float
    trajectory_float32: float
    fibonacci: TaskNumbers
    product: TaskNumbers | None = None
    echo: TaskNumbers | None = None
    sine: TaskNumbers | None = None


class NetTaskNumbers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One learning task of q6_2 to q6_4, as `TaskNumbers`; `threshold` is a largest NMSE."""

    steps: int  # T
    rate: float
    iterations: int
    gain: float  # weights start with standard deviation gain / sqrt(fan-in)
    threshold: float
    catches: tuple[str, ...] = ()


class EquationNumbers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an affine fit of the states may leave over, over all: right code and wrong."""

    rest_float64: float
    rest_float32: float


class DropoutNumbers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far from `rate` the dropped share may be."""

    deviations: float


class ExperimentNumbers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What q5_3 asks of a student's own experiment."""

    loss_falls: float
    loss_falls_to_noise: float
    beside_rule: float
    fewest_epochs: int
    fewest_predictions: int
    fewest_lengths: int
    error_falls: float
    short: int
    long: int
    longer_helps: float
    easy: float
    beside_short_rule: float
    close_to_truth: float
    follows: float
    predictable: float
    in_order: float
    between_trained: float
    error_ratio: float


class LearningNumbers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The numbers of parts 4 and 5, here for their types; the checks read them as plain tables.

    A handout lacks those of hidden cases.
    """

    q5_1: SequenceNumbers
    q5_2: TrainingNumbers
    q5_3: ExperimentNumbers
    q4_1: StartNumbers | None = None
    q4_5: StartNumbers | None = None
    q6_2: NetTaskNumbers | None = None
    q6_3: NetTaskNumbers | None = None
    q6_4: NetTaskNumbers | None = None
    q6_5: DropoutNumbers | None = None
    equations: EquationNumbers | None = None


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    assignment: Header
    mail: Mail
    question: tuple[Question, ...]
    limits: LimitsTable
    tolerances: Tolerances
    learning: LearningNumbers


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
        """What the grader judges by itself, without the optional questions."""
        return tuple(question for question in self.graded if not question.bonus)

    @property
    def optional(self) -> tuple[Question, ...]:
        """What is asked only of those who have begun it; its points come on top."""
        return tuple(question for question in self.graded if question.bonus)

    @property
    def graded(self) -> tuple[Question, ...]:
        """Everything that the grader judges by itself."""
        return tuple(question for question in self.question if not question.written)

    @property
    def written_points(self) -> float:
        return sum(question.points for question in self.question if question.written)

    @property
    def automatic_points(self) -> float:
        """What the automatic part is worth without optional questions."""
        return sum(question.points for question in self.automatic)


@cache
def load() -> Assignment:
    """The configuration. Raises BadFile, which names the line that is wrong and what to write."""
    return read(PATH)


def read(path: Path) -> Assignment:
    """An `assignment.toml`, checked. Raises BadFile."""
    file = configuration.read(path, _File, _mistakes)
    plain = msgspec.to_builtins(file)
    return msgspec.convert(plain | {"learning": _present(plain["learning"])}, Assignment)


def _present(table: dict[str, Any]) -> dict[str, Any]:
    """The table without the entries that the file leaves out."""
    return {
        key: _present(value) if isinstance(value, dict) else value
        for key, value in table.items()
        if value is not None
    }


def _mistakes(file: _File) -> Iterator[Mistake]:
    """Values that have the right type and still cannot be."""
    yield from _header(file.assignment)
    yield from _questions(file.question)
    for part in ("limits", "tolerances", "learning"):
        yield from _not_positive((part,), msgspec.to_builtins(getattr(file, part)))


def _header(header: Header) -> Iterator[Mistake]:
    place: Place = ("assignment",)
    yield from _untitled((*place, "title"), header.title)
    for name in ("late_penalty", "late_penalty_cap"):
        if not 0 <= getattr(header, name) <= 1:
            yield (*place, name), say("a share between 0 and 1 is needed, 0.1 for a tenth")
    if not 0 <= header.bonus < math.inf:
        yield (*place, "bonus"), say("points from 0 up are needed")
    if not 0 <= header.oral < math.inf:
        yield (*place, "oral"), say("points from 0 up are needed")
    try:
        datetime.fromisoformat(header.deadline or "2000-01-01")
    except ValueError:
        yield (
            (*place, "deadline"),
            say("a time like 2025-11-30T23:59:59+08:00 is needed, or an empty text for none"),
        )


def _questions(questions: tuple[Question, ...]) -> Iterator[Mistake]:
    seen: set[str] = set()
    for number, question in enumerate(questions):
        place: Place = ("question", number)
        yield from _untitled((*place, "title"), question.title)
        if question.name in seen:
            yield (*place, "name"), say("{name} stands there twice", name=question.name)
        if not 0 < question.points < math.inf:
            yield (
                (*place, "points"),
                say("points above 0 are needed; to drop a question delete its table"),
            )
        seen.add(question.name)
    if not questions:
        yield ("question",), say("at least one [[question]] is needed")


def _untitled(place: Place, title: dict[str, str]) -> Iterator[Mistake]:
    for language in LANGUAGES:
        if not title.get(language, "").strip():
            yield place, say("title.{language} is missing; add it", language=language)


def _not_positive(place: Place, value: Any) -> Iterator[Mistake]:
    """Every number of these tables is a size, a time, a share or an error: above 0 and finite."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if (key, inner) != ("gain", 0.0):  # a task without one
                yield from _not_positive((*place, key), inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _not_positive(place, inner)
    elif isinstance(value, int | float) and not 0 < value < math.inf:
        yield place, say("a number above 0 is needed, not {value}", value=value)
