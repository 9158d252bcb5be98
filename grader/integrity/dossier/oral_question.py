"""One question of an interview, and what the examiner has in hand for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from grader.language import Message, say

ALWAYS = 1e6  # the weight of a question that everybody gets who can be asked it


class Level(IntEnum):
    """What a question asks for."""

    READ = 1  # what does this line do
    EXPLAIN = 2  # why is it so
    PREDICT = 3  # what if it were otherwise


LEVELS = {
    Level.READ: say("reads"),
    Level.EXPLAIN: say("explains"),
    Level.PREDICT: say("predicts"),
}


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Lines of the student's own program or report, with their numbers."""

    first: int
    lines: tuple[str, ...]
    of_report: bool = False
    file: str = ""  # where it is not the program itself


@dataclass(frozen=True, slots=True)
class OralQuestion:
    """What is asked, about which lines, and the examiner's copy of the answer."""

    level: Level
    text: Message
    answer: Message  # what is expected
    weak: Message  # what a weak answer contains
    strong: Message  # what a strong answer contains
    excerpt: Excerpt | None = None
    changed: tuple[str, ...] | None = None  # the lines as changed; (): left out
    measured: tuple[Message, ...] = ()  # what the sandbox gave
    reason: Message | None = None  # of a question on a weak point: why it is asked


@dataclass(frozen=True, slots=True)
class QuestionDraft:
    """A question that may be drawn; `make` measures what it still needs, None: not to be asked.

    `topic` and `kind` keep a draw varied; `weight` says how much a question tells. A draft with
    `urgency` is about a weak point, the most urgent first.
    """

    level: Level
    topic: str
    kind: str
    lines: tuple[int, int] | None
    make: Callable[[], OralQuestion | None]
    weight: float = 1.0
    urgency: float = 0.0
