"""Files that go by another name than what they came in: who collects hands in for others, too."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.intake.identity.names import Identity, Strength
from grader.intake.identity.words import is_person
from grader.intake.people.clues import Clues
from grader.intake.people.origins import mail_around, student_key
from grader.intake.people.settling import Oddity, Owners
from grader.intake.reading.arrivals import Arrival, Parcel

_HALVES = frozenset({"source", "report"})
_FOR_OTHERS = re.compile(
    "代交|代发|代投|转交|帮.{0,6}[交发]|替|转发|汇总|收集|全班|on behalf|classmate", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Stranger:
    """By which name a file goes, whose it is by what it came in, and what that is."""

    name: str
    owner: Identity
    room: Parcel


@dataclass(slots=True)
class _Room:
    """What lies in a mail or container that names a student: roles by student and by stranger."""

    owned: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    strange: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def is_collected(self, one: _Stranger) -> bool:
        """Whether others' work came with it, or it is whole and does not stand for the owner's."""
        others = self.owned.keys() - {student_key(one.owner)}
        whole = {name for name, roles in self.strange.items() if roles >= _HALVES}
        if one.name not in whole:
            return bool(others) and is_person(one.name)
        if others or _FOR_OTHERS.search(one.room.clue):
            return True
        besides = self.owned[student_key(one.owner)] >= _HALVES
        return is_person(one.name) and (besides or len(whole) > 1)


def settle_strangers(owners: Owners, clues: Clues, oddities: list[Oddity]) -> None:
    """赵六.py in a mail of 周八's is 赵六's where the mail brings others' work; else it is asked."""
    strangers = {
        one: _Stranger(name, owner, room)
        for one, owner in owners.items()
        if (owner.student_id or owner.strength is Strength.FULL)
        and (name := clues.stranger(one, owner))
        and (room := _room(one, owner, clues))
    }
    if not strangers:
        return
    rooms = _furnished(owners, strangers)
    for one, stranger in strangers.items():
        if rooms[stranger.room].is_collected(stranger):
            owners[one] = Identity("", stranger.name, Strength.WEAK)
        elif one.role in _HALVES and _is_odd(stranger):
            oddities.append(Oddity(one, "other_person", stranger.name))


def _is_odd(stranger: _Stranger) -> bool:
    """Not where the owner has the name from this very file, nor where it may be two other words."""
    contradicts = not stranger.owner.agrees(Identity("", stranger.name))
    return contradicts and is_person(stranger.name)


def _room(one: Arrival, owner: Identity, clues: Clues) -> Parcel | None:
    """What names the owner: the nearest container that does, else the mail, by its sender."""
    parcels = one.parcel.outwards()
    return next((p for p in parcels if clues.names(p, owner)), None) or mail_around(one)


def _halves(one: Arrival) -> set[str]:
    """A notebook can be both."""
    return {one.role, "report"} if one.report else {one.role}


def _furnished(owners: Owners, strangers: Mapping[Arrival, _Stranger]) -> Mapping[Parcel, _Room]:
    rooms: dict[Parcel, _Room] = defaultdict(_Room)
    for one, stranger in strangers.items():
        rooms[stranger.room].strange[stranger.name].update(_halves(one))
    for one, owner in owners.items():
        if one not in strangers and (owner.student_id or owner.strength is Strength.FULL):
            for parcel in one.parcel.outwards():
                if parcel in rooms:
                    rooms[parcel].owned[student_key(owner)].update(_halves(one))
    return rooms
