"""Files that go by another name than what they came in: who collects hands in for others, too."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.intake.people.clues import Clues
from grader.intake.people.names import Identity, Strength
from grader.intake.people.origins import mail_around, student_key
from grader.intake.people.settling import Oddity, Owners
from grader.intake.reading.arrivals import Arrival, Parcel

_HALVES = frozenset({"source", "report"})
_FOR_OTHERS = re.compile(
    "代交|代发|代投|转交|帮.{0,6}[交发]|替|转发|汇总|收集|全班|on behalf", re.IGNORECASE
)


@dataclass(slots=True)
class _Room:
    """A mail or container that names a student, and whose work lies in it besides."""

    owners: set[str] = field(default_factory=set)  # keys of students that are named in full
    halves: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # by stranger

    def is_collected(self, name: str, key: str, clue: str) -> bool:
        """Whether the work of others came with it, or the clue says that it comes from others."""
        whole = [one for one, halves in self.halves.items() if halves >= _HALVES]
        others = self.owners - {key}
        return bool(others or len(whole) > 1 or (name in whole and _FOR_OTHERS.search(clue)))


def settle_strangers(owners: Owners, clues: Clues, oddities: list[Oddity]) -> None:
    """赵六.py in a mail of 周八's is 赵六's where the mail brings others' work; else it is asked."""
    strange = {
        one: (name, owner, room)
        for one, owner in owners.items()
        if owner.name
        and owner.strength is Strength.FULL
        and (name := clues.stranger(one, owner))
        and (room := _room(one, owner, clues))
    }
    if not strange:
        return
    rooms = _furnished(owners, strange)
    for one, (name, owner, room) in strange.items():
        if rooms[room].is_collected(name, student_key(owner), room.clue):
            owners[one] = Identity("", name, Strength.WEAK)
        elif one.role in _HALVES:
            oddities.append(Oddity(one, "other_person", name))


def _room(one: Arrival, owner: Identity, clues: Clues) -> Parcel | None:
    """What names the owner: the nearest container that does, else the mail, by its sender."""
    parcels = one.parcel.outwards()
    return next((p for p in parcels if clues.names(p, owner)), None) or mail_around(one)


def _furnished(
    owners: Owners, strange: Mapping[Arrival, tuple[str, Identity, Parcel]]
) -> Mapping[Parcel, _Room]:
    rooms: dict[Parcel, _Room] = defaultdict(_Room)
    for one, (name, _, room) in strange.items():
        rooms[room].halves[name].add(one.role)
    for one, owner in owners.items():
        if one not in strange and owner.strength is Strength.FULL:
            for parcel in one.parcel.outwards():
                if parcel in rooms:
                    rooms[parcel].owners.add(student_key(owner))
    return rooms
