"""What `similar` found in a class, as it stands in the store: for pages, for whoever scores or asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from grader.language import Message
from grader.results.codec import decode, encode
from grader.results.overrides import ALIKE
from grader.results.reader import Decision
from grader.results.store import Store

FACT = "similar"
PROGRAM, REPORT = "program", "report"


class DecidedFacts(Protocol):
    """What this needs of a store."""

    def fact(self, name: str) -> str: ...

    def decisions(self) -> Iterable[Decision]: ...


Lines = tuple[int, int]  # first and last, both included, from 1


@dataclass(frozen=True, slots=True)
class SharedPassage:
    """A passage of one's own text, and where it stands in another's."""

    part: str  # PROGRAM or REPORT
    lines: Lines
    other: str  # whose: an id, or "FOLDER/ID" of an earlier class
    other_lines: Lines
    rare: bool  # hardly anybody else has it

    def turned(self, other: str) -> SharedPassage:
        """The same passage, seen from the other side."""
        return SharedPassage(self.part, self.other_lines, other, self.lines, self.rare)


@dataclass(frozen=True, slots=True)
class AlikePair:
    """Two people whose work is alike, the more certain the earlier in the list.

    `program` and `report`: weight shared, of the lighter text's, from 0 to 1. `reasons`: what else
    is the same. `works`: hashes of both contents, so that a change after somebody looked is seen.
    """

    one: str
    other: str
    program: float
    report: float
    reasons: tuple[Message, ...]
    passages: tuple[SharedPassage, ...]  # lines of `one`
    first: str  # who sent first; empty where no mail or platform says it
    works: tuple[str, str]
    page: str  # file name below OUT/similar

    @property
    def key(self) -> tuple[str, str]:
        return pair_key(self.one, self.other)


@dataclass(frozen=True, slots=True)
class AlikeRun:
    """One run of `similar`. `seen`: what was looked at and fine, and of which contents."""

    pairs: tuple[AlikePair, ...]
    compared: int  # programs or reports of this class
    earlier: int  # of earlier classes
    left_out: int  # pairs beyond the most that are shown
    seen: tuple[SeenPair, ...] = ()


@dataclass(frozen=True, slots=True)
class SeenPair:
    """A decision in `overrides.csv` about two people, and what they had sent when it was first read."""

    key: tuple[str, str]
    reason: str
    works: tuple[str, str]


def pair_key(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one <= other else (other, one)


def kept(store: DecidedFacts) -> AlikeRun | None:
    """What `similar` found last; None where it never ran."""
    fact = store.fact(FACT)
    return decode(fact, AlikeRun) if fact else None


def keep(store: Store, run: AlikeRun) -> None:
    store.remember(FACT, encode(run))


def fine(store: DecidedFacts, run: AlikeRun | None) -> dict[tuple[str, str], str]:
    """Pairs that somebody looked at and found fine, and why; not those that sent anew since."""
    if run is None:
        return {}
    now = {pair.key: tuple(sorted(pair.works)) for pair in run.pairs}
    known = {(each.key, each.reason): tuple(sorted(each.works)) for each in run.seen}
    found = {}
    for decision in store.decisions():
        row = decision.override
        if row.what == ALIKE and not decision.until:
            key = pair_key(row.student_id, row.value)
            if known.get((key, row.reason), now.get(key)) == now.get(key):
                found[key] = row.reason
    return found


def open_pairs(store: DecidedFacts) -> tuple[AlikePair, ...]:
    """The pairs that wait for a person, most certain first."""
    run = kept(store)
    settled = fine(store, run)
    return tuple(pair for pair in run.pairs if pair.key not in settled) if run else ()


def passages_of(store: DecidedFacts, student_id: str) -> Iterator[SharedPassage]:
    """Passages of this student's work that are alike to another's, and whose; nothing that is settled."""
    for pair in open_pairs(store):
        for passage in pair.passages:
            if pair.one == student_id:
                yield passage
            elif pair.other == student_id:
                yield passage.turned(pair.one)
