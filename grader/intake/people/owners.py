"""Whose file it is: from its own name outwards to folder, zip, subject and sender.

The strongest clue wins, the nearest of equals; weaker ones fill in what it leaves open. Then names
without an id take the id that the same name has elsewhere, and files without any clue go to the
only student of the parcel they lie in.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import lru_cache

from grader.intake.people.names import (
    NOBODY,
    Identity,
    Strength,
    identify,
)
from grader.intake.people.roster import Register
from grader.intake.reading.arrivals import Arrival, Parcel
from grader.intake.reading.kinds import stem_of

_identify = lru_cache(maxsize=1 << 14)(identify)


@dataclass(frozen=True, slots=True)
class Ownership:
    """Who owns what, and what looked odd on the way: (arrival, kind of oddity, detail)."""

    owners: Mapping[Arrival, Identity]
    oddities: list[tuple[Arrival, str, str]] = field(default_factory=list)


def assign(arrivals: Sequence[Arrival], register: Register) -> Ownership:
    """The owner of every arrival that can be given one."""
    filled = {one.parcel for one in arrivals}
    files = [
        one
        for one in arrivals
        if one.role != "ignored" and not one.remark and (one.opens is None or _bare(one, filled))
    ]
    known = register.names | _full_names(files)
    owners = {one: _resolve(list(_clues(one, register)), register, known) for one in files}
    ownership = Ownership(owners)
    _settle_mails(owners, register, ownership.oddities)
    _follow_roster(owners, register, ownership.oddities)
    _share_ids(owners, ownership.oddities)
    _adopt(owners)
    return ownership


def _bare(one: Arrival, filled: AbstractSet[Parcel]) -> bool:
    """Whether it is a mail that names a student and holds nothing."""
    return (
        one.opens is not None
        and one.opens.kind == "mail"
        and one.opens not in filled
        and parcel_identity(one.opens).strength is Strength.FULL
    )


def own_identity(arrival: Arrival) -> Identity:
    """What the file's own name says, or the subject where it is a mail."""
    return parcel_identity(arrival.opens) if arrival.opens else _identify(stem_of(arrival.name))


def student_key(identity: Identity) -> str:
    """One key per student; "" for nobody."""
    return identity.id_key or (f"name:{identity.name_key}" if identity.name else "")


def mail_around(arrival: Arrival) -> Parcel | None:
    return next((parcel for parcel in arrival.parcel.outwards() if parcel.kind == "mail"), None)


def parcel_identity(parcel: Parcel) -> Identity:
    """What a folder, zip or subject says. The folder named by the user must say it in full."""
    found = _identify(parcel.clue)
    return NOBODY if parcel.top and found.strength < Strength.FULL else found


def _full_names(files: Iterable[Arrival]) -> frozenset[str]:
    found = (
        identity
        for one in files
        for identity in (own_identity(one), *map(parcel_identity, one.parcel.outwards()))
    )
    return frozenset(one.name_key for one in found if one.strength is Strength.FULL and one.name)


def _clues(one: Arrival, register: Register) -> Iterator[Identity]:
    """Nearest first. Digits in the name of a picture or data file are no id."""
    own = own_identity(one)
    if one.role in ("source", "report") or own.strength is Strength.FULL:
        yield own
    for parcel in one.parcel.outwards():
        yield parcel_identity(parcel)
        if parcel.kind == "mail":
            if student := register.by_email(parcel.sender):
                yield Identity(student.student_id, student.name, Strength.FULL)
            elif (named := _identify(parcel.sender_name)).name:
                yield replace(named, strength=Strength.WEAK)


def _resolve(clues: Sequence[Identity], register: Register, known: frozenset[str]) -> Identity:
    trusted = [_promoted(clue, register, known) for clue in clues]
    best = max(trusted, key=lambda clue: clue.strength, default=NOBODY)
    for clue in trusted:
        if best.agrees(clue):
            best = best.merged(clue)
    return best


def _promoted(clue: Identity, register: Register, known: frozenset[str]) -> Identity:
    """A bare id or word that the roster or another file knows as a student's is no guess."""
    sure = register.by_id(clue.student_id) if clue.student_id else clue.name_key in known
    return replace(clue, strength=Strength.FULL) if sure else clue


def _settle_mails(
    owners: dict[Arrival, Identity], register: Register, oddities: list[tuple[Arrival, str, str]]
) -> None:
    """One name with two ids in one mail is a slip: roster, majority, then subject decide."""
    rooms: dict[tuple[Parcel, str], list[Arrival]] = defaultdict(list)
    for one, owner in owners.items():
        mail = mail_around(one)
        if mail is not None and owner.name and owner.student_id:
            rooms[mail, owner.name_key].append(one)
    for (mail, name_key), files in rooms.items():
        subject = _identify(mail.clue)
        votes = Counter(owners[one].id_key for one in files)
        if subject.name_key == name_key and subject.student_id:
            votes[subject.id_key] += 1
        if len(votes) > 1:
            spelled = {owner.id_key: owner for owner in (subject, *map(owners.__getitem__, files))}
            winner = max(
                votes,
                key=lambda key: (
                    register.by_id(key) is not None,
                    votes[key],
                    key == subject.id_key,
                ),
            )
            for one in files:
                if owners[one].id_key != winner or len(files) == 1:
                    oddities.append(
                        (one, "two_ids", ", ".join(spelled[key].student_id for key in votes))
                    )
                owners[one] = replace(owners[one], student_id=spelled[winner].student_id)


def _follow_roster(
    owners: dict[Arrival, Identity], register: Register, oddities: list[tuple[Arrival, str, str]]
) -> None:
    """The roster fills in ids and spellings; an id of somebody else yields to the name."""
    for one, owner in owners.items():
        by_id, by_name = register.by_id(owner.student_id), register.by_name(owner)
        if by_name and (by_id is None or not owner.agrees(Identity(by_id.student_id, by_id.name))):
            if owner.student_id and by_id is not None:
                oddities.append((one, "id_of_another", f"{owner.student_id}, {by_id.name}"))
            if by_id is not None or not owner.student_id:
                owners[one] = replace(owner, student_id=by_name.student_id)
        elif by_id:
            owners[one] = replace(owner, student_id=by_id.student_id, name=owner.name or by_id.name)


def _share_ids(owners: dict[Arrival, Identity], oddities: list[tuple[Arrival, str, str]]) -> None:
    """A name without an id takes the one id that this name has: in its parcel, else anywhere."""
    near: dict[tuple[Parcel, str], dict[str, str]] = defaultdict(dict)
    anywhere: dict[str, dict[str, str]] = defaultdict(dict)
    for one, owner in owners.items():
        if owner.student_id and owner.name:
            near[one.parcel, owner.name_key][owner.id_key] = owner.student_id
            anywhere[owner.name_key][owner.id_key] = owner.student_id
    for one, owner in owners.items():
        if owner.student_id or not owner.name:
            continue
        ids = near.get((one.parcel, owner.name_key)) or anywhere.get(owner.name_key, {})
        if len(ids) == 1:
            owners[one] = replace(owner, student_id=next(iter(ids.values())))
        elif ids:
            oddities.append((one, "shared_name", ", ".join(ids.values())))


def _adopt(owners: dict[Arrival, Identity]) -> None:
    """Files that name nobody go to the only student around, if that one lacks such a file."""
    homes = _inhabitants(owners)
    halves = Counter((student_key(owner), one.role) for one, owner in owners.items())
    strays = Counter(
        (one.parcel, one.role) for one, owner in owners.items() if not student_key(owner)
    )
    for one in [one for one, owner in owners.items() if not student_key(owner)]:
        students = _nearest_students(one, homes)
        if len(students) != 1:
            students = _mentioned_by(one, owners, students)
        if len(students) != 1:
            continue
        ((key, owner),) = students.items()
        wanted = halves[key, one.role] == 0 and strays[one.parcel, one.role] == 1
        if one.role not in ("source", "report") or mail_around(one) or wanted:
            owners[one] = owner


def _inhabitants(owners: Mapping[Arrival, Identity]) -> dict[Parcel, dict[str, Identity]]:
    """The students at or below each parcel."""
    homes: dict[Parcel, dict[str, Identity]] = defaultdict(dict)
    for one, owner in owners.items():
        if key := student_key(owner):
            for parcel in one.parcel.outwards():
                homes[parcel].setdefault(key, owner)
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
    if one.role != "extra" or not students:
        return {}
    return {
        student_key(owner): owner
        for other, owner in owners.items()
        if student_key(owner) in students and other.report and one.name in other.report
    }
