"""What one student sent at one time: a mail's files, or those of the container that names them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise

from grader.intake.identity.names import Identity
from grader.intake.people.origins import mail_around, student_key
from grader.intake.people.owners import Ownership
from grader.intake.people.versions import is_version
from grader.intake.reading.arrivals import Arrival, Parcel
from grader.intake.reading.kinds import stem_of
from grader.intake.reading.programs import defines_asked, defines_rnn

_EVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, eq=False)
class Attempt:
    """One sending of one student's."""

    owner: Identity
    files: tuple[Arrival, ...]

    @property
    def programs(self) -> tuple[Arrival, ...]:
        files = tuple(one for one in self.files if one.program and one.role != "bonus")
        return files or tuple(one for one in self._extra if defines_asked(one.program or ""))

    @property
    def bonuses(self) -> tuple[Arrival, ...]:
        """Programs of the optional questions, beside the program."""
        return tuple(one for one in self._extra if one not in self.programs)

    @property
    def _extra(self) -> tuple[Arrival, ...]:
        return tuple(one for one in self.files if one.role == "bonus")

    @property
    def reports(self) -> tuple[Arrival, ...]:
        """Markdown and text files, and the text of notebooks."""
        return tuple(
            one
            for one in self.files
            if one.role == "report" or (one.role == "source" and one.report)
        )

    @property
    def time(self) -> datetime | None:
        """When it was sent; None where only files on a disk tell."""
        return max((one.time for one in self.files if one.time), default=None)

    @property
    def sender(self) -> str:
        mail = mail_around(self.files[0])
        return mail.sender if mail else ""

    @property
    def order(self) -> tuple[datetime, datetime, str]:
        newest = max((one.modified for one in self.files if one.modified), default=_EVER)
        return self.time or _EVER, newest, self.files[0].path


def build_attempts(ownership: Ownership) -> list[Attempt]:
    """Every arrival that belongs to somebody, or may be somebody's work, in one attempt each."""
    shelves, crowded = _shelves(ownership), _crowded(ownership)
    rooms: dict[tuple[object, ...], list[Arrival]] = defaultdict(list)
    owners: dict[tuple[object, ...], Identity] = {}
    for one, owner in ownership.owners.items():
        if owner.is_named:
            room, person = _room(one, owner, ownership), owner
        else:
            alone = _own_container(one, shelves)
            stem = stem_of(one.name) if alone is one.parcel and alone in crowded else ""
            person = _apart(owner, one, alone)
            room = alone, person, stem
        rooms[room].append(one)
        owners[room] = person
    return [Attempt(owners[room], tuple(files)) for room, files in rooms.items()]


def _room(one: Arrival, owner: Identity, ownership: Ownership) -> tuple[object, ...]:
    """One sending: a platform's attempt, a mail, or the outermost container that names the student."""
    key = student_key(owner), owner.name_key, owner.origin
    if one.handed and one.handed.attempt:
        return one.handed.attempt, key
    if mail := mail_around(one):
        return mail, key
    named = [parcel for parcel in one.parcel.outwards() if ownership.clues.names(parcel, owner)]
    return (named[-1] if named else one.parcel), key


def _own_container(one: Arrival, shelves: set[Parcel]) -> Parcel:
    """The outermost container that is one person's, the mail at most."""
    return next((parcel for parcel in _from_outside(one) if parcel not in shelves), one.parcel)


def _from_outside(one: Arrival) -> Iterator[Parcel]:
    """The containers around a file, outermost first, none beyond the mail."""
    mail = mail_around(one)
    chain = []
    for parcel in one.parcel.outwards():
        chain.append(parcel)
        if parcel is mail:
            break
    yield from reversed(chain)


def _apart(owner: Identity, one: Arrival, alone: Parcel) -> Identity:
    """One mail may bring several people's containers, and then it is nobody's address."""
    inside = mail_around(one) is not None and alone.kind != "mail"
    return replace(owner, origin=f"{owner.origin}:{alone.path}") if inside else owner


def _shelves(ownership: Ownership) -> set[Parcel]:
    """Containers of several people's containers: two or more hold a program, and none lies beside.

    Folders that are called after versions are one person's. The folder that the user named is
    always a shelf.
    """
    children: dict[Parcel, set[Parcel]] = defaultdict(set)
    direct: set[Parcel] = set()
    for one, owner in ownership.owners.items():
        if not owner.is_named and defines_rnn(one.program or ""):
            direct.add(one.parcel)
            for outer, inner in pairwise(_from_outside(one)):
                children[outer].add(inner)
    shared = {
        outer
        for outer, inside in children.items()
        if outer not in direct and sum(not is_version(inner.clue) for inner in inside) > 1
    }
    return shared | {p for one in ownership.owners for p in one.parcel.outwards() if p.top}


def _crowded(ownership: Ownership) -> set[Parcel]:
    """Folders where nameless programs or reports are evidently several people's."""
    stems: dict[tuple[Parcel, str], set[str]] = defaultdict(set)
    for one, owner in ownership.owners.items():
        stem = stem_of(one.name).casefold()
        if one.parcel.top and not student_key(owner) and not stem.startswith("readme"):
            stems[one.parcel, one.role].add(stem)
    halves = ("source", "report")
    return {parcel for (parcel, role), found in stems.items() if role in halves and len(found) > 1}


def in_order(attempts: Iterable[Attempt]) -> Sequence[Attempt]:
    """Oldest first; what no mail and no platform dates comes before."""
    return sorted(attempts, key=lambda one: one.order)
