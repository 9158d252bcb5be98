"""A class, and earlier ones, compared: whose work is alike, in which passages, and what else is the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from grader.integrity.similarity import passages, picture_prints, reasons
from grader.integrity.similarity.mentions import KnownPerson, Mentions
from grader.integrity.similarity.picture_prints import Tiles
from grader.integrity.similarity.print_shelf import RareValues
from grader.integrity.similarity.prints import Hashes, PrintedText, printed_program, printed_prose
from grader.integrity.similarity.rarity import Likenesses, likenesses, rare_values
from grader.integrity.similarity.slips import Vocabulary, words
from grader.integrity.similarity.traces import TraceKind
from grader.integrity.similarity.works import Shelves, TakenOff, Work, prose_of, traces_of
from grader.language import Message, say
from grader.records import Submission
from grader.results.alike import PROGRAM, REPORT, AlikePair, SharedPassage, pair_key

# The lines above which two texts are listed, measured in docs/similarity.md.
PROGRAM_LINE = 0.24
REPORT_LINE = 0.24
MOST_PAIRS = 100  # with a page each; how many are left out is said
PROSE_FLOOR = 100  # as `rarity.FLOOR`: about two sentences of a report

Texts = Mapping[str, Submission]


@dataclass(slots=True)
class Suspicion:
    """Why two people's work may have one source, before it is put in words."""

    one: Work
    other: Work
    program: float
    report: float
    certain: int = 0  # things that cannot be chance
    said: list[Message] = field(default_factory=list)

    @property
    def key(self) -> tuple[str, str]:
        return pair_key(self.one.key, self.other.key)

    @property
    def weight(self) -> tuple[int, float]:
        """What the list is sorted by: certainties, then how far above its line the likeness is."""
        return self.certain, max(self.program / PROGRAM_LINE, self.report / REPORT_LINE)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that was compared, and who is suspected with whom, most certain first."""

    works: Sequence[Work]
    programs: Likenesses
    reports: Likenesses
    rare_traces: RareValues
    suspicions: Sequence[Suspicion]
    left_out: int


def compare(
    works: Sequence[Work], shelves: Shelves, told: Iterable[tuple[str, str, Message]] = ()
) -> Comparison:
    """Compare everybody with everybody, but earlier classes among themselves.

    `shelves`: what the works are made of; `told`: who mentions whom, in which words (`mentioned`).
    """
    programs = likenesses(shelves.programs)
    reports = likenesses(shelves.reports, PROSE_FLOOR)
    found = _Found(works, programs, reports)
    found.above_the_lines()
    for group in reasons.certain_groups(works):
        found.add_group(group)
    for one, other in _same_pictures(works):
        found.add(one, other).said.append(say("A picture that shows the same, saved anew."))
    for who, whom, words_ in told:
        found.add_told(who, whom, words_)
    ranked = found.ranked()
    return Comparison(
        works,
        programs,
        reports,
        rare_values(shelves.traces),
        ranked[:MOST_PAIRS],
        max(0, len(ranked) - MOST_PAIRS),
    )


def mentioned(
    people: Iterable[KnownPerson], submissions: Iterable[tuple[str, Submission]]
) -> Iterator[tuple[str, str, Message]]:
    """(who, whom, in which words) for each name or id of another inside somebody's work."""
    known = Mentions(people)
    for key, each in submissions:
        seen = set()
        for text in (each.source or "", each.report or ""):
            for whom, words_ in known.of(key, text):
                if whom not in seen:
                    seen.add(whom)
                    yield key, whom, words_


class _Found:
    """Suspicions by pair, as they come up."""

    def __init__(self, works: Sequence[Work], programs: Likenesses, reports: Likenesses) -> None:
        self._works = works
        self._places = {work.key: place for place, work in enumerate(works)}
        self._programs, self._reports = programs.matrix, reports.matrix
        self._by_pair: dict[tuple[str, str], Suspicion] = {}

    def add(self, one: int, other: int) -> Suspicion:
        first, second = sorted((one, other))
        works = self._works[first], self._works[second]
        key = pair_key(works[0].key, works[1].key)
        if key not in self._by_pair:
            self._by_pair[key] = Suspicion(
                *works,
                float(self._programs[first, second]),
                float(self._reports[first, second]),
            )
        return self._by_pair[key]

    def above_the_lines(self) -> None:
        above = (self._programs >= PROGRAM_LINE) | (self._reports >= REPORT_LINE)
        for one, other in np.argwhere(np.triu(above, 1)):
            self.add(int(one), int(other))

    def add_group(self, group: Sequence[Work]) -> None:
        """Each with who sent first: the pairs of a large group say nothing new."""
        first, *rest = sorted(group, key=lambda work: (work.submitted_at or "9", work.key))
        for each in rest:
            self.add(self._places[first.key], self._places[each.key]).certain += 1

    def add_told(self, one: str, other: str, words_: Message) -> None:
        if one in self._places and other in self._places:
            self.add(self._places[one], self._places[other]).said.append(words_)

    def ranked(self) -> list[Suspicion]:
        within = (
            each for each in self._by_pair.values() if not (each.one.earlier and each.other.earlier)
        )
        return sorted(within, key=lambda each: (*each.weight, *each.key), reverse=True)


def _same_pictures(works: Sequence[Work]) -> Iterator[tuple[int, int]]:
    """Pairs with a picture that shows the same, but is not the very same file."""
    owners = [place for place, work in enumerate(works) for _ in work.pictures]
    tiles: list[Tiles] = [each for work in works for each in work.pictures]
    if not tiles:
        return
    stacked = np.stack(tiles)
    told = set()
    for number, (owner, picture) in enumerate(zip(owners, tiles, strict=True)):
        for place in np.flatnonzero(picture_prints.same(picture, stacked[number + 1 :])):
            other = owners[number + 1 + int(place)]
            if (
                other != owner
                and (owner, other) not in told
                and not _same_file(works[owner], works[other])
            ):
                told.add((owner, other))
                yield owner, other


def _same_file(one: Work, other: Work) -> bool:
    return any(trace.kind is TraceKind.PICTURE for trace in one.marks & other.marks)


# -- a pair in full --------------------------------------------------------------------------------


def pair_in_full(
    comparison: Comparison,
    each: Suspicion,
    texts: Texts,
    vocabulary: Vocabulary,
    given: TakenOff,
    page: str,
) -> AlikePair:
    """Passages and reasons of a pair; its texts are read anew, so that a class need not be held."""
    one, other = texts[each.one.key], texts[each.other.key]
    shared = reasons.shared_rarely(
        traces_of(one, given) | each.one.marks,
        traces_of(other, given) | each.other.marks,
        comparison.rare_traces,
    )
    if slips := _slips(one, other, vocabulary):
        shared[TraceKind.SLIP] = slips
    return AlikePair(
        one=each.one.key,
        other=each.other.key,
        program=round(each.program, 3),
        report=round(each.report, 3),
        reasons=(*each.said, *reasons.in_words(shared)),
        passages=tuple(_passages(comparison, one, other, given, each.other.key)),
        first=_first(each.one, each.other),
        works=(each.one.sha256, each.other.sha256),
        page=page,
    )


def _passages(
    comparison: Comparison, one: Submission, other: Submission, given: TakenOff, whose: str
) -> Iterator[SharedPassage]:
    if one.source and other.source:
        programs = printed_program(one.source), printed_program(other.source)
        both = _shared(*programs, given.program)
        rare = comparison.programs.rare.among(both)
        yield from _of_part(*programs, both, rare, PROGRAM, whose)
    if one.report and other.report:
        reports = printed_prose(one.report), printed_prose(other.report)
        both = _shared(*reports, given.prose)
        rare = comparison.reports.rare.among(both)
        yield from _of_part(*reports, both, rare, REPORT, whose)


def _of_part(
    one: PrintedText, other: PrintedText, both: Hashes, rare: Hashes, part: str, whose: str
) -> tuple[SharedPassage, ...]:
    if len(both) < passages.LEAST:
        return ()
    few = set(rare.tolist())
    return passages.passages(one.places(both), other.places(both), few, part, whose)


def _shared(one: PrintedText, other: PrintedText, given: Hashes) -> Hashes:
    """Fingerprints that both have, and nobody was given."""
    mine, theirs = one.prints.without(given), other.prints.without(given)
    both: Hashes = np.intersect1d(mine.hashes, theirs.hashes, assume_unique=True)
    return both


def _slips(one: Submission, other: Submission, vocabulary: Vocabulary) -> list[str]:
    both = words(prose_of(one)) & words(prose_of(other))
    return sorted(word for word in both if vocabulary.is_slip(word))


def _first(one: Work, other: Work) -> str:
    """Who sent first; an earlier class did."""
    if one.earlier != other.earlier:
        return one.key if one.earlier else other.key
    times = _moment(one.submitted_at), _moment(other.submitted_at)
    if times[0] is None or times[1] is None or times[0] == times[1]:
        return ""
    return one.key if times[0] < times[1] else other.key


def _moment(text: str) -> float | None:
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        return None
