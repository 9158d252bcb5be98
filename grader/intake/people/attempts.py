"""What one student sent in one parcel: which program, which report, and what else lay there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from grader.intake.collection import Trouble
from grader.intake.people.names import Identity, Strength
from grader.intake.people.owners import (
    Ownership,
    mail_around,
    own_identity,
    parcel_identity,
    student_key,
)
from grader.intake.reading.arrivals import Arrival, Parcel
from grader.intake.reading.filenames import copy_number
from grader.intake.reading.kinds import stem_of
from grader.intake.reading.programs import defines_rnn, stubs
from grader.language import Message, say

_EVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, eq=False)
class Attempt:
    """One version of one student's work. Either half may be missing."""

    owner: Identity
    source: Arrival | None
    report: Arrival | None
    files: tuple[Arrival, ...]
    spare: tuple[tuple[Arrival, Trouble], ...] = ()  # programs and reports that were not chosen

    @property
    def time(self) -> datetime | None:
        half = self.source or self.report or next(iter(self.files), None)
        return half.time if half else None

    @property
    def sender(self) -> str:
        mail = mail_around(self.files[0]) if self.files else None
        return mail.sender if mail else ""


def build_attempts(ownership: Ownership) -> list[Attempt]:
    """Every arrival that belongs to somebody, or may be somebody's work, in one attempt each."""
    rooms: dict[tuple[object, ...], list[Arrival]] = defaultdict(list)
    crowded = _crowded(ownership)
    for one, owner in ownership.owners.items():
        rooms[_room(one, owner, crowded)].append(one)
    return [
        attempt
        for files in rooms.values()
        for attempt in _attempts_of(ownership.owners[files[0]], files)
    ]


def when(one: Arrival) -> datetime:
    """For sorting: unknown times are the oldest."""
    return one.time or _EVER


def _crowded(ownership: Ownership) -> set[Parcel]:
    """Folders where nameless programs or reports are evidently several people's."""
    stems: dict[tuple[Parcel, str], set[str]] = defaultdict(set)
    for one, owner in ownership.owners.items():
        stem = stem_of(one.name).casefold()
        if one.parcel.top and not student_key(owner) and not stem.startswith("readme"):
            stems[one.parcel, one.role].add(stem)
    halves = ("source", "report")
    return {parcel for (parcel, role), found in stems.items() if role in halves and len(found) > 1}


def _room(one: Arrival, owner: Identity, crowded: set[Parcel]) -> tuple[object, ...]:
    """What is taken for one sending: a mail, or the outermost container that names the student."""
    key = student_key(owner), owner.name_key
    if mail := mail_around(one):
        return mail, key
    around = list(one.parcel.outwards())
    if not any(key):
        outermost = [parcel for parcel in around if not parcel.top]
        stem = stem_of(one.name) if one.parcel in crowded else ""
        return (outermost[-1], key) if outermost else (one.parcel, key, stem)
    named = [parcel for parcel in around if _names(parcel, owner)]
    return (named[-1] if named else one.parcel), key


def _names(parcel: Parcel, owner: Identity) -> bool:
    clue = parcel_identity(parcel)
    return clue.strength is not Strength.NONE and clue.agrees(owner)


def _attempts_of(owner: Identity, files: Sequence[Arrival]) -> Iterator[Attempt]:
    """The attempt that counts in this parcel, and one for each earlier copy of a named file."""
    programs, other_programs = _versions([one for one in files if one.program], _program_rank)
    reports, other_reports = _versions([one for one in files if one.role == "report"], _report_rank)
    spare = [
        *_spare(programs, other_programs, _second_program),
        *_spare(reports, other_reports, _second_report),
    ]
    source, report = _last(programs), _last(reports)
    older = _pair_copies(programs[:-1], reports[:-1])
    taken = {one for pair in older for one in pair}
    main = Attempt(
        owner,
        source,
        report or _notebook_report(source, files),
        tuple(one for one in files if one not in taken),
        tuple(spare),
    )
    yield main
    for program, text in older:
        yield Attempt(owner, program, text, tuple(filter(None, (program, text))))


def _last(versions: Sequence[Arrival]) -> Arrival | None:
    return versions[-1] if versions else None


def _notebook_report(source: Arrival | None, files: Iterable[Arrival]) -> Arrival | None:
    """The Markdown cells of the chosen notebook, else of another one."""
    if source is not None and source.report:
        return source
    return max(
        (one for one in files if one.role == "source" and one.report), key=when, default=None
    )


def _versions(
    candidates: Sequence[Arrival], rank: Callable[[Arrival], tuple[bool, ...]]
) -> tuple[list[Arrival], list[Arrival]]:
    """Versions of the chosen file, oldest first, and candidates that are something else.

    Files of the highest rank that carry the student's name are versions of one another; of
    nameless ones only the newest can be meant. Equal contents are one version.
    """
    if not candidates:
        return [], []
    ranks = {one: rank(one) for one in candidates}
    best = max(ranks.values())
    top = sorted(
        (one for one in candidates if ranks[one] == best),
        key=_age,
    )
    distinct = list({_content(one): one for one in top}.values())
    kept = distinct if _conforms(top[-1]) else distinct[-1:]
    contents = {_content(one) for one in kept}
    return kept, [one for one in candidates if _content(one) not in contents]


def _age(one: Arrival) -> tuple[int, datetime, int, bool, str]:
    """Older versions first; of nameless programs the one with more left to do.

    A handout's folder holds rnn.py and rnn.ipynb: whoever filled in one leaves the other a stub,
    and opening it is enough to make it the newer file.
    """
    left = 0 if _conforms(one) else stubs(one.program or "")
    return -left, when(one), copy_number(one.name), one.name.endswith(".py"), one.path


def _content(one: Arrival) -> object:
    return one.program, one.report


def _conforms(one: Arrival) -> bool:
    return own_identity(one).strength >= Strength.BARE


def _program_rank(one: Arrival) -> tuple[bool, bool]:
    return defines_rnn(one.program or ""), _conforms(one)


def _report_rank(one: Arrival) -> tuple[bool, bool, bool]:
    stem = stem_of(one.name).casefold()
    return (
        _conforms(one),
        not stem.startswith("readme"),
        not one.name.casefold().endswith(".txt"),
    )


def _pair_copies(
    programs: Sequence[Arrival], reports: Sequence[Arrival]
) -> list[tuple[Arrival | None, Arrival | None]]:
    """Older programs with the reports of the same copy number: `x(1).py` and `x(1).md`."""
    waiting = {copy_number(one.name): one for one in reports}
    paired = [(one, waiting.pop(copy_number(one.name), None)) for one in programs]
    return [*paired, *((None, one) for one in reports if one in waiting.values())]


def _spare(
    versions: Sequence[Arrival], others: Sequence[Arrival], explain: Callable[[Arrival], Trouble]
) -> Iterator[tuple[Arrival, Trouble]]:
    """Files of another kind than the chosen one, and versions that nothing dates."""
    for one in others:
        yield one, explain(versions[-1])
    for one in versions[:-1]:
        if when(one) == when(versions[-1]):
            yield one, explain(versions[-1])


def _second_program(chosen: Arrival) -> Trouble:
    return Trouble(
        say("A second program; {chosen} was graded instead.", chosen=chosen.name),
        _ask_which(),
    )


def _second_report(chosen: Arrival) -> Trouble:
    return Trouble(
        say("A second report; {chosen} was taken instead.", chosen=chosen.name),
        _ask_which(),
    )


def _ask_which() -> Message:
    return say("Look at both; if this one is meant, remove the other from the inbox.")
