"""`OUT/similar.html` and a page for each pair: a reason to talk, and no proof."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from grader.assignment import load
from grader.integrity.similarity.clusters import groups
from grader.integrity.similarity.comparison import PROGRAM_LINE, REPORT_LINE, Comparison
from grader.integrity.similarity.side_by_side import parts_of
from grader.integrity.similarity.works import Work
from grader.language import Message, render, say
from grader.records import Submission
from grader.reports.clean_message import moment, one_line, words
from grader.reports.pages.render import page
from grader.results.alike import PROGRAM, AlikePair, AlikeRun
from grader.results.files import file_names, write_atomically
from grader.results.overrides import ALIKE


@dataclass(frozen=True)
class SimilarPages:
    """What all pages of one run show from. `fine`: pairs that somebody looked at, and why."""

    comparison: Comparison
    run: AlikeRun
    fine: Mapping[tuple[str, str], str]
    language: str

    @cached_property
    def works(self) -> dict[str, Work]:
        return {work.key: work for work in self.comparison.works}

    @cached_property
    def files(self) -> dict[str, str]:
        """File names of feedback pages, by id."""
        return file_names(work.student_id for work in self.comparison.works if not work.earlier)


@dataclass(frozen=True, slots=True)
class PersonView:
    """One of two: how they are called, their page, when they sent."""

    label: str
    href: str
    sent: str
    is_first: bool


@dataclass(frozen=True, slots=True)
class PairView:
    """A pair on a page. `row`: what a person writes into `overrides.csv` when all is fine."""

    people: tuple[PersonView, PersonView]
    program: float
    report: float
    program_high: bool
    report_high: bool
    reasons: tuple[str, ...]
    href: str
    fine: str | None
    row: str
    lines: int  # of the program that are alike


@dataclass(frozen=True, slots=True)
class GroupView:
    """Pairs that hang together: one pair, or all those of three people and more."""

    people: tuple[str, ...]
    pairs: tuple[PairView, ...]

    @property
    def program(self) -> float:
        return max(pair.program for pair in self.pairs)

    @property
    def report(self) -> float:
        return max(pair.report for pair in self.pairs)


def write_overview(path: Path, pages: SimilarPages) -> None:
    """The pairs, those of one group together, or the sentence that says why there is none."""
    waiting = [pair for pair in pages.run.pairs if pair.key not in pages.fine]
    settled = [pair for pair in pages.run.pairs if pair.key in pages.fine]
    text = page(
        "similar.html",
        pages.language,
        heading=load().assignment.title[pages.language],
        waiting=len(waiting),
        groups=[_group(each, pages) for each in groups(waiting)],
        settled=[_pair(pair, pages, "") for pair in settled],
        run=pages.run,
        nothing="" if waiting else words(_nothing(pages), pages.language),
        lines=(PROGRAM_LINE, REPORT_LINE),
        unread=[
            _label(work) for work in pages.comparison.works if work.is_empty and not work.earlier
        ],
        scripted=False,
        fingerprint="",
    )
    write_atomically(path, text.encode("utf-8"))


def write_pair(
    path: Path, pair: AlikePair, both: tuple[Submission, ...], pages: SimilarPages
) -> None:
    """Both works side by side."""
    one, other = both
    parts = parts_of(
        (one.source or "", other.source or ""),
        (one.report or "", other.report or ""),
        pair.passages,
    )
    text = page(
        "alike_pair.html",
        pages.language,
        heading=load().assignment.title[pages.language],
        pair=_pair(pair, pages, "../"),
        parts=list(parts),
        program=PROGRAM,
        scripted=False,
        fingerprint="",
    )
    write_atomically(path, text.encode("utf-8"))


def _group(pairs: Sequence[AlikePair], pages: SimilarPages) -> GroupView:
    keys = sorted({key for pair in pairs for key in (pair.one, pair.other)})
    people = tuple(_label(pages.works[key]) for key in keys)
    return GroupView(people, tuple(_pair(pair, pages, "") for pair in pairs))


def _pair(pair: AlikePair, pages: SimilarPages, up: str) -> PairView:
    one, other = (pages.works[key] for key in (pair.one, pair.other))
    return PairView(
        people=(_person(one, pair, pages, up), _person(other, pair, pages, up)),
        program=pair.program,
        report=pair.report,
        program_high=pair.program >= PROGRAM_LINE,
        report_high=pair.report >= REPORT_LINE,
        reasons=tuple(words(each, pages.language, 600) for each in pair.reasons),
        href=f"{up}similar/{pair.page}",
        fine=pages.fine.get(pair.key),
        row=one_line(
            f"{pair.one},{ALIKE},{pair.other},{render(say('we talked: fine'), pages.language)}", 200
        ),
        lines=len(set(_lines(pair))),
    )


def _lines(pair: AlikePair) -> Iterator[int]:
    for each in pair.passages:
        if each.part == PROGRAM:
            yield from range(each.lines[0], each.lines[1] + 1)


def _person(work: Work, pair: AlikePair, pages: SimilarPages, up: str) -> PersonView:
    href = "" if work.earlier else f"{up}feedback/{pages.files[work.student_id]}.html"
    sent = moment(work.submitted_at) if work.submitted_at else ""
    return PersonView(_label(work), href, sent, pair.first == work.key)


def _label(work: Work) -> str:
    return one_line(f"{work.name} {work.key}" if work.name else work.key)


def _nothing(pages: SimilarPages) -> Message:
    """Why there is no pair to look at."""
    works = pages.comparison.works
    if len(works) < 2:  # noqa: PLR2004  # two make a pair
        return say("There are fewer than two submissions here: nothing can be compared.")
    if sum(not work.is_empty for work in works) < 2:  # noqa: PLR2004  # as above
        return say(
            "Fewer than two submissions hold anything of their own: the others are the skeleton and "
            "the template as they were handed out, or cannot be read."
        )
    if pages.run.pairs:
        return say("Every pair was looked at and is fine.")
    return say("No two submissions are alike beyond what chance and the course explain.")
