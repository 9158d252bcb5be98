"""Whose file it is: from its own name outwards to folder, zip, subject and sender.

The strongest clue wins, the nearest of equals; weaker ones fill in what it leaves open. Then the
roster has its say, names without an id take the id that the same name has elsewhere, and files
without any clue go to the only student of the parcel they lie in.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from grader.intake.identity.names import Identity, Strength
from grader.intake.people.clues import Clues, resolve
from grader.intake.people.origins import mail_around, origins, student_key
from grader.intake.people.roster import Register
from grader.intake.people.settling import (
    Oddity,
    follow_roster,
    follow_texts,
    settle_mails,
    share_ids,
    spell_alike,
)
from grader.intake.people.strangers import settle_strangers
from grader.intake.reading.arrivals import Arrival, Parcel


@dataclass(frozen=True, slots=True)
class Ownership:
    """Who owns what, and what looked odd on the way."""

    owners: Mapping[Arrival, Identity]
    clues: Clues
    oddities: list[Oddity] = field(default_factory=list)


def assign(arrivals: Sequence[Arrival], register: Register) -> Ownership:
    """The owner of every arrival that can be given one."""
    clues = Clues(register)
    filled = {
        parcel for one in arrivals if one.role != "ignored" for parcel in one.parcel.outwards()
    }
    files = [
        one
        for one in arrivals
        if one.role != "ignored"
        and not one.remark
        and (one.opens is None or _bare(one, filled, clues))
    ]
    known = register.names | clues.full_names(files)
    oddities: list[Oddity] = []
    owners = dict(_first_owners(files, clues, register, known, oddities))
    follow_texts(owners, clues, oddities)
    settle_strangers(owners, clues, oddities)
    settle_mails(owners, clues, register, oddities)
    follow_roster(owners, register, oddities)
    _name_by_sender(owners, clues)
    _note_origins(owners)
    spell_alike(owners)
    share_ids(owners, oddities)
    _follow_sender(owners, oddities)
    _adopt(owners, clues)
    _note_origins(owners)
    return Ownership(owners, clues, oddities)


def _bare(one: Arrival, filled: AbstractSet[Parcel], clues: Clues) -> bool:
    """Whether it is a mail that names a student and holds nothing, or an empty archive."""
    if one.opens is None or one.opens in filled:
        return False
    return one.opens.kind == "zip" or clues.parcel(one.opens)[0].strength is Strength.FULL


def _first_owners(
    files: Iterable[Arrival],
    clues: Clues,
    register: Register,
    known: frozenset[str],
    oddities: list[Oddity],
) -> Iterator[tuple[Arrival, Identity]]:
    """What names alone say. A file that names several students is each one's."""
    for one in files:
        found = resolve(list(clues.around(one)), register, known)
        shares = [one, *(replace(one, copy=True) for _ in found[1:])]
        if len(found) > 1:
            people = ", ".join(f"{owner.student_id} {owner.name}".strip() for owner in found)
            oddities.extend(Oddity(share, "several", people) for share in shares)
        yield from zip(shares, found, strict=True)


def _name_by_sender(owners: dict[Arrival, Identity], clues: Clues) -> None:
    """Where an id stands alone, and no roster has it, the sender's name is the student's."""
    for one, owner in owners.items():
        if owner.student_id and not owner.name and (name := clues.sender_name(one)):
            owners[one] = replace(owner, name=name)


def _note_origins(owners: dict[Arrival, Identity]) -> None:
    for one, origin in origins(owners).items():
        if owners[one].origin != origin:
            owners[one] = replace(owners[one], origin=origin)


def _follow_sender(owners: dict[Arrival, Identity], oddities: list[Oddity]) -> None:
    """A mail that names nobody is the student's who has sent all other mails from its address."""
    students: dict[str, dict[str, Identity]] = defaultdict(dict)
    for owner in owners.values():
        if owner.student_id:
            students[owner.origin].setdefault(owner.id_key, owner)
    for one, owner in owners.items():
        found = students.get(owner.origin, {}) if owner.origin.startswith("mail:") else {}
        if owner.student_id or len(found) != 1 or owner.strength > Strength.NONE:
            continue
        (student,) = found.values()
        owners[one] = replace(student, origin=owner.origin)
        oddities.append(Oddity(one, "by_sender", student.student_id))


def _adopt(owners: dict[Arrival, Identity], clues: Clues) -> None:
    """Files that name nobody go to the only student around, if that one lacks such a file."""
    homes = _inhabitants(owners, clues)
    halves = Counter((student_key(owner), one.role) for one, owner in owners.items())
    strays = Counter((one.parcel, one.role) for one, owner in owners.items() if not owner.is_named)
    for one in [one for one, owner in owners.items() if not owner.is_named]:
        students = _nearest_students(one, homes)
        if len(students) != 1:
            students = _mentioned_by(one, owners, students)
        if len(students) != 1 or (one.handed and owners[one].origin not in _origins(students)):
            continue
        ((key, owner),) = students.items()
        wanted = halves[key, one.role] == 0 and strays[one.parcel, one.role] == 1
        if one.role not in ("source", "report") or mail_around(one) or wanted:
            owners[one] = owner


def _origins(students: Mapping[str, Identity]) -> set[str]:
    return {student.origin for student in students.values()}


def _inhabitants(
    owners: Mapping[Arrival, Identity], clues: Clues
) -> dict[Parcel, dict[str, Identity]]:
    """The students at or below each parcel; a folder of one's own is no neighbour's home."""
    homes: dict[Parcel, dict[str, Identity]] = defaultdict(dict)
    for one, owner in owners.items():
        if not owner.is_named:
            continue
        for parcel in one.parcel.outwards():
            homes[parcel].setdefault(student_key(owner), owner)
            if parcel.kind == "folder" and clues.names(parcel, owner):
                break
    return homes


def _nearest_students(
    one: Arrival, homes: Mapping[Parcel, dict[str, Identity]]
) -> dict[str, Identity]:
    """Those of the nearest parcel that has any, not beyond the mail around the file."""
    for parcel in one.parcel.outwards():
        if (parcel is one.parcel or not parcel.top) and homes.get(parcel):
            return homes[parcel]
        if parcel.kind == "mail":
            break
    return {}


def _mentioned_by(
    one: Arrival, owners: Mapping[Arrival, Identity], students: Mapping[str, Identity]
) -> dict[str, Identity]:
    """The owners of reports beside it that mention a picture or data file by name."""
    if one.role not in ("extra", "picture") or not students:
        return {}
    return {
        student_key(owner): owner
        for other, owner in owners.items()
        if student_key(owner) in students and other.report and one.name in other.report
    }
