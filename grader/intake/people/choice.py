"""Which of a student's programs and reports counts, and why: one rule for both.

The rule is a list of criteria, the weightiest first. The choice is the candidate that comes first
by it, and the reason that is given for passing over another is the first criterion in which the two
differ: what is reported is what was decided by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from grader.intake.people.attempts import Attempt
from grader.intake.people.clues import Clues
from grader.intake.people.names import Strength
from grader.intake.people.versions import Version, version_of
from grader.intake.reading.arrivals import Arrival
from grader.intake.reading.kinds import stem_of
from grader.intake.reading.programs import defines_asked, filled
from grader.language import Message, say

_EVER = datetime.min.replace(tzinfo=UTC)
_PROGRAM, _REPORT = ("rnn",), ("report", "报告", "实验报告")


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """One file of one attempt, as a program or as a report."""

    one: Arrival
    attempt: Attempt
    late: bool
    is_program: bool
    clues: Clues

    @property
    def sent(self) -> datetime:
        return self.attempt.time or _EVER

    @property
    def version(self) -> Version:
        """What its names say of its place among versions."""
        return _version(self.one, self.clues)

    @property
    def documented(self) -> int:
        """2: ml-6-姓名-学号; 1: the name under which it was handed out."""
        if self.clues.own(self.one)[0].strength >= Strength.BARE:
            return 2
        return int(self.version.base in (_PROGRAM if self.is_program else _REPORT))


@dataclass(frozen=True, slots=True)
class Passed:
    """A candidate that does not count, and why."""

    candidate: Candidate
    reason: Message


@dataclass(frozen=True, slots=True)
class Picked:
    """The file that counts, and those that do not. `best` is None where nothing came."""

    best: Candidate | None
    passed: tuple[Passed, ...] = ()

    @property
    def one(self) -> Arrival | None:
        return self.best.one if self.best else None


Criterion = tuple[Callable[[Candidate], Any], Callable[[str], Message]]

PROGRAM: tuple[Criterion, ...] = (
    (lambda c: _usable(c.one.program or ""), lambda chosen: say(
        "{chosen} counts: this file has nothing of the assignment that could be graded.", chosen=chosen)),
    (lambda c: not c.late, lambda chosen: say(
        "{chosen} counts: this file came after the deadline, that one in time.", chosen=chosen)),
    (lambda c: filled(c.one.program or ""), lambda chosen: say(
        "{chosen} counts: it has more of what the assignment asks for.", chosen=chosen)),
    (lambda c: c.sent, lambda chosen: say("{chosen} counts: it was sent later.", chosen=chosen)),
    (lambda c: c.documented, lambda chosen: say(
        "{chosen} counts: it is named as the assignment asks.", chosen=chosen)),
    (lambda c: c.version.rank, lambda chosen: say(
        "{chosen} counts: its name says that it is the newer version.", chosen=chosen)),
    (lambda c: c.one.modified or _EVER, lambda chosen: say(
        "{chosen} counts: the file is newer.", chosen=chosen)),
    (lambda c: (c.one.name.endswith(".py"), c.one.path), lambda chosen: say(
        "{chosen} counts, for want of a better reason.", chosen=chosen)),
)  # fmt: skip
REPORT: tuple[Criterion, ...] = (
    (lambda c: not is_readme(c.one), lambda chosen: say(
        "{chosen} counts: this file is a README.", chosen=chosen)),
    (lambda c: c.one.role == "report", lambda chosen: say(
        "{chosen} counts: it is a report by itself, this one the text of a notebook.", chosen=chosen)),
    *(criterion for criterion in PROGRAM[1:2]),
    *(criterion for criterion in PROGRAM[3:5]),
    (lambda c: not c.one.name.casefold().endswith(".txt"), lambda chosen: say(
        "{chosen} counts: it is Markdown.", chosen=chosen)),
    *PROGRAM[5:],
)  # fmt: skip


def _usable(program: str) -> int:
    return 0 if not defines_asked(program) else 1 + (filled(program) > 0)


def is_readme(one: Arrival) -> bool:
    return stem_of(one.name).casefold().startswith(("readme", "requirements"))


def pick(candidates: Sequence[Candidate], rule: Sequence[Criterion]) -> Picked:
    """The candidate that counts. Equal contents are one: the earliest on time stands for all."""
    if len(candidates) < 2:  # noqa: PLR2004 - nothing to choose, as for nearly everybody
        return Picked(next(iter(candidates), None))
    distinct: dict[object, Candidate] = {}
    for each in candidates:
        known = distinct.setdefault(_content(each), each)
        if _first_sent(each) < _first_sent(known):
            distinct[_content(each)] = each
    if len(distinct) == 1:
        return Picked(next(iter(distinct.values())))
    ranks = {each: tuple(key(each) for key, _ in rule) for each in distinct.values()}
    ordered = sorted(ranks, key=ranks.__getitem__)  # stable: of equals the last that came counts
    best = ordered.pop()
    return Picked(best, tuple(Passed(each, _reason(ranks, best, each, rule)) for each in ordered))


def _first_sent(candidate: Candidate) -> tuple[bool, bool, datetime]:
    return candidate.attempt.time is None, candidate.late, candidate.sent


def _content(candidate: Candidate) -> object:
    return candidate.one.program if candidate.is_program else candidate.one.report


def _reason(
    ranks: dict[Candidate, tuple[Any, ...]],
    best: Candidate,
    other: Candidate,
    rule: Sequence[Criterion],
) -> Message:
    pairs = zip(rule, ranks[best], ranks[other], strict=True)
    different = (explain for (_, explain), first, second in pairs if first != second)
    return next(different, _came_last)(_shown(best, other))


def _came_last(chosen: str) -> Message:
    return say("{chosen} counts: it came after this one under the same name.", chosen=chosen)


def is_namesake(best: Candidate, other: Candidate) -> bool:
    """Whether one mail or archive brought both under one name."""
    return best.one.path == other.one.path


def _shown(best: Candidate, other: Candidate) -> str:
    """The base name; the whole path where both have the same, and its hash where that is one, too."""
    if is_namesake(best, other):
        return f"{best.one.path} ({best.one.sha256[:8]})"
    return best.one.name if best.one.name != other.one.name else best.one.path


def candidates(
    attempts: Sequence[Attempt], due: datetime | None, clues: Clues, *, programs: bool
) -> Iterator[Candidate]:
    for attempt in attempts:
        for one in attempt.programs if programs else attempt.reports:
            late = one.late or bool(due and one.time and one.time > due)
            yield Candidate(one, attempt, late, programs, clues)


def _version(one: Arrival, clues: Clues) -> Version:
    """What the file's own name says; where it says nothing, the nearest folder or archive that does.

    旧版/rnn.py is old, and otter puts its stamp on the archive. A folder that names the student does
    not count its own versions.
    """
    own = version_of(stem_of(one.name))
    if any(own.rank):
        return own
    for parcel in one.parcel.outwards():
        if parcel.top or parcel.kind == "mail":
            break
        rank = version_of(parcel.clue).rank
        if any(rank) and clues.parcel(parcel)[0].strength is Strength.NONE:
            return Version(own.base, rank)
    return own
