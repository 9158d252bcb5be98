"""Which of a student's programs, reports and optional programs counts, and why: one rule for each.

The rule is a list of criteria, the weightiest first. The choice is the candidate that comes first
by it, and the reason that is given for passing over another is the first criterion in which the two
differ: what is reported is what was decided by.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

from grader.intake.identity.names import Strength
from grader.intake.people.ages import dated
from grader.intake.people.attempts import Attempt
from grader.intake.people.clues import Clues
from grader.intake.people.versions import Version, version_of
from grader.intake.people.written_part import WRITTEN, has_answers, parts_in
from grader.intake.reading.arrivals import Arrival
from grader.intake.reading.kinds import stem_of
from grader.intake.reading.programs import defines_asked, filled
from grader.language import Message, say

_EVER = datetime.min.replace(tzinfo=UTC)
_BACKUP = re.compile(r"[#.]?(?P<name>.+?)(?:~|#|\.(?:bak|orig|old|backup|sw[op]))", re.IGNORECASE)
Kind = Literal["program", "report", "bonus"]
_HANDED_OUT: dict[Kind, tuple[str, ...]] = {
    "program": ("rnn",),
    "report": ("report", "报告", "实验报告"),
    "bonus": ("bonus",),
}


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """One file of one attempt, as a program, as a report or as the optional program."""

    one: Arrival
    attempt: Attempt
    late: bool
    kind: Kind
    clues: Clues
    age: int = 0  # by the file's own time; greater is newer
    overtaken: bool = False  # ml-6-姓名-学号, and the file that was handed out is newer

    @property
    def sent(self) -> datetime:
        return self.attempt.time or _EVER

    @property
    def version(self) -> Version:
        """What its names say of its place among versions."""
        return _version(self.one, self.clues)

    @property
    def named(self) -> int:
        """2: ml-6-姓名-学号; 1: the name under which it was handed out."""
        if self.clues.own(self.one)[0].strength >= Strength.BARE:
            return 2
        return int(self.version.base in _HANDED_OUT[self.kind])

    @property
    def documented(self) -> int:
        """As `named`; what was overtaken has no advantage by its name."""
        return min(self.named, 1) if self.overtaken else self.named

    @property
    def text(self) -> str:
        return (self.one.report if self.kind == "report" else self.one.program) or ""

    @property
    def worth(self) -> tuple[int, int]:
        """How much of what the assignment asks for is in it, whatever it is called."""
        if self.kind == "report":
            return self.answers, 0
        done = filled(self.text, optional=self.kind == "bonus")
        asked = self.kind == "bonus" or defines_asked(self.text)
        return (1 + (done > 0) if asked else 0), done

    @property
    def answers(self) -> int:
        """2: the report, by its name or its headings; 1: any words; 0: the template, or next to nothing."""
        text = self.text
        if not has_answers(text):
            return 0
        if parts_in(text) & WRITTEN:
            return 2
        if is_readme(self.one):
            return 0
        return 2 if self.one.role == "report" and self._called_a_report else 1

    @property
    def _called_a_report(self) -> bool:
        return self.named > 0 or not self.one.name.casefold().endswith(".txt")


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


def _by_chance(candidate: Candidate) -> tuple[bool, float, bool, str]:
    """The original before a copy that somebody kept or went on in: nobody can tell."""
    one, spare = candidate.one, candidate.version.spare
    return not spare, spare, one.name.casefold().endswith(".py"), one.path


PROGRAM: tuple[Criterion, ...] = (
    (lambda c: c.worth[0], lambda chosen: say(
        "{chosen} counts: this file has nothing of the assignment that could be graded.", chosen=chosen)),
    (lambda c: not c.late, lambda chosen: say(
        "{chosen} counts: this file came after the deadline, that one in time.", chosen=chosen)),
    (lambda c: c.worth[1], lambda chosen: say(
        "{chosen} counts: it has more of what the assignment asks for.", chosen=chosen)),
    (lambda c: c.sent, lambda chosen: say("{chosen} counts: it was sent later.", chosen=chosen)),
    (lambda c: c.documented, lambda chosen: say(
        "{chosen} counts: it is named as the assignment asks.", chosen=chosen)),
    (lambda c: c.version.rank, lambda chosen: say(
        "{chosen} counts: its name says that it is the newer version.", chosen=chosen)),
    (lambda c: c.age, lambda chosen: say("{chosen} counts: the file is newer.", chosen=chosen)),
    (_by_chance, lambda chosen: say(
        "{chosen} counts, for want of a better reason.", chosen=chosen)),
)  # fmt: skip
REPORT: tuple[Criterion, ...] = (
    (lambda c: c.answers > 1 or not is_readme(c.one), lambda chosen: say(
        "{chosen} counts: this file is a README.", chosen=chosen)),
    (lambda c: c.answers > 0, lambda chosen: say(
        "{chosen} counts: this file is the template, or has hardly a word more.", chosen=chosen)),
    (lambda c: c.answers > 1, lambda chosen: say(
        "{chosen} counts: by its name or its headings it is the report.", chosen=chosen)),
    (lambda c: c.one.role == "report", lambda chosen: say(
        "{chosen} counts: it is a report by itself, this one the text of a notebook.", chosen=chosen)),
    PROGRAM[1],
    *PROGRAM[3:5],
    (lambda c: not c.one.name.casefold().endswith(".txt"), lambda chosen: say(
        "{chosen} counts: it is Markdown.", chosen=chosen)),
    *PROGRAM[5:],
)  # fmt: skip
BONUS = PROGRAM
UNSURE = PROGRAM[-1][1]("")


def is_readme(one: Arrival) -> bool:
    return stem_of(one.name).casefold().startswith(("readme", "requirements"))


def pick(candidates: Sequence[Candidate], rule: Sequence[Criterion]) -> Picked:
    """The candidate that counts. Equal contents are one: the earliest on time stands for all."""
    if len(candidates) < 2:  # noqa: PLR2004 - nothing to choose, as for nearly everybody
        return Picked(next(iter(candidates), None))
    distinct: dict[object, Candidate] = {}
    for each in candidates:
        known = distinct.setdefault(each.text, each)
        if _first_sent(each) < _first_sent(known):
            distinct[each.text] = each
    if len(distinct) == 1:
        return Picked(next(iter(distinct.values())))
    ranks = {each: tuple(key(each) for key, _ in rule) for each in distinct.values()}
    ordered = sorted(ranks, key=ranks.__getitem__)  # stable: of equals the last that came counts
    best = ordered.pop()
    return Picked(best, tuple(Passed(each, _reason(ranks, best, each, rule)) for each in ordered))


def _first_sent(candidate: Candidate) -> tuple[bool, bool, datetime]:
    return candidate.attempt.time is None, candidate.late, candidate.sent


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
    attempts: Sequence[Attempt], due: datetime | None, clues: Clues, kind: Kind
) -> list[Candidate]:
    """All files of one student that may be this."""
    return dated(_candidates(attempts, due, clues, kind))


def _candidates(
    attempts: Sequence[Attempt], due: datetime | None, clues: Clues, kind: Kind
) -> Iterator[Candidate]:
    for attempt in attempts:
        for one in _OF_KIND[kind](attempt):
            late = one.late or bool(due and one.time and one.time > due)
            yield Candidate(one, attempt, late, kind, clues)


_OF_KIND: dict[Kind, Callable[[Attempt], tuple[Arrival, ...]]] = {
    "program": lambda attempt: attempt.programs,
    "report": lambda attempt: attempt.reports,
    "bonus": lambda attempt: attempt.bonuses,
}


def _version(one: Arrival, clues: Clues) -> Version:
    """What the file's own name says; where it says nothing, the nearest folder or archive that does.

    旧版/rnn.py is old, and otter puts its stamp on the archive. A folder that names the student does
    not count its own versions.
    """
    own = version_of(_stem(one.name))
    if own.is_marked:
        return own
    for parcel in one.parcel.outwards():
        if parcel.top or parcel.kind == "mail":
            break
        around = version_of(parcel.clue)
        if around.is_marked and clues.parcel(parcel)[0].strength is Strength.NONE:
            return replace(around, base=own.base)
    return own


def _stem(name: str) -> str:
    """The stem; a backup that an editor or a tool made by itself is called old."""
    kept = _BACKUP.fullmatch(name)
    return f"{stem_of(kept['name'])}_old" if kept else stem_of(name)
