"""Which questions one student gets: weak points first, then a draw over levels and topics.

The seed is the student's id, so that neighbours get different ones, and a second run the same.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from grader.integrity.dossier.oral_question import ALWAYS, Level, OralQuestion, QuestionDraft

FEWEST, MOST = 8, 12
MOST_WEAK = 4
USUAL = {Level.READ: 2, Level.EXPLAIN: 3, Level.PREDICT: 3}
WITHOUT_WEAK = 10
OF_A_KIND, OF_A_TOPIC = 2, 3
OF_A_PLACE = {"update": 1, "report": 1}  # of one level in these topics; elsewhere two


@dataclass
class Draw:
    """What is drawn so far."""

    rng: random.Random
    questions: list[OralQuestion] = field(default_factory=list)
    taken: list[QuestionDraft] = field(default_factory=list)

    def take(self, draft: QuestionDraft) -> bool:
        """Make a question and keep it; False where it is not to be asked."""
        question = draft.make()
        if question is None:
            return False
        self.questions.append(question)
        self.taken.append(draft)
        return True

    def fits(self, draft: QuestionDraft, *, strictly: bool) -> bool:
        """Whether a draft asks something new."""
        if draft.weight >= ALWAYS:
            return not any(one is draft for one in self.taken)
        if any(one is draft or _same(one, draft) for one in self.taken):
            return False
        kinds = Counter(one.kind for one in self.taken)
        topics = Counter(one.topic for one in self.taken)
        places = Counter((one.topic, one.level) for one in self.taken)
        pairs = {(one.topic, one.kind) for one in self.taken}
        if not strictly:
            return kinds[draft.kind] <= OF_A_KIND
        return (
            (draft.topic, draft.kind) not in pairs
            and kinds[draft.kind] < OF_A_KIND
            and topics[draft.topic] < OF_A_TOPIC
            and places[draft.topic, draft.level] < OF_A_PLACE.get(draft.topic, 2)
            and not any(_overlap(one.lines, draft.lines) for one in self.taken)
        )


def draw(drafts: Iterable[QuestionDraft], student_id: str) -> list[OralQuestion]:
    """Eight to twelve questions, where the drafts give as many; those on weak points at the end."""
    given = list(drafts)
    seed = int.from_bytes(sha256(student_id.encode("utf-8", "surrogatepass")).digest()[:8], "big")
    drawn = Draw(random.Random(seed))  # noqa: S311 - a draw, no secret
    urgent = _weak_points(given, drawn)
    open_ones = [one for one in given if not one.urgency]
    for level, count in USUAL.items():
        _fill(drawn, [one for one in open_ones if one.level is level], count, strictly=True)
    for level in (Level.PREDICT, Level.READ):
        if len(drawn.questions) < WITHOUT_WEAK:
            _fill(drawn, [one for one in open_ones if one.level is level], 1, strictly=True)
    _fill(drawn, open_ones, FEWEST - len(drawn.questions), strictly=True)
    _fill(drawn, open_ones, FEWEST - len(drawn.questions), strictly=False)
    usual = sorted(drawn.questions[urgent:], key=_place)
    return [*usual, *drawn.questions[:urgent]][:MOST]


def _weak_points(given: Sequence[QuestionDraft], drawn: Draw) -> int:
    """Take the most urgent ones: how many."""
    count = 0
    for draft in sorted(given, key=lambda one: -one.urgency):
        if (
            draft.urgency
            and count < MOST_WEAK
            and not any(_same(one, draft) for one in drawn.taken)
        ):
            count += drawn.take(draft)
    return count


def _fill(drawn: Draw, drafts: Sequence[QuestionDraft], count: int, *, strictly: bool) -> None:
    waiting = list(drafts)
    while count > 0 and (fitting := [one for one in waiting if drawn.fits(one, strictly=strictly)]):
        chosen = _chosen(drawn.rng, fitting)
        waiting.remove(chosen)
        count -= drawn.take(chosen)


def _chosen(rng: random.Random, drafts: Sequence[QuestionDraft]) -> QuestionDraft:
    """By weight: a kind with many drafts is no likelier than one with few."""
    many = Counter((one.topic, one.kind) for one in drafts)
    weights = [one.weight / many[one.topic, one.kind] for one in drafts]
    return rng.choices(drafts, weights)[0]


def _same(one: QuestionDraft, other: QuestionDraft) -> bool:
    return (one.kind, one.topic, one.lines) == (other.kind, other.topic, other.lines) and (
        one.lines is not None
    )


def _overlap(one: tuple[int, int] | None, other: tuple[int, int] | None) -> bool:
    return one is not None and other is not None and one[0] <= other[1] and other[0] <= one[1]


def _place(question: OralQuestion) -> tuple[int, int]:
    return question.level, question.excerpt.first if question.excerpt else 0
