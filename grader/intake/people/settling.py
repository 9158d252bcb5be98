"""Where clues contradict one another: slips in one mail, the roster's word, names without ids."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from grader.intake.collection import RosterRow
from grader.intake.identity.names import Identity
from grader.intake.identity.spelling import id_key
from grader.intake.people.clues import Clues
from grader.intake.people.origins import mail_around
from grader.intake.people.roster import Register
from grader.intake.reading.arrivals import Arrival, Parcel

Owners = dict[Arrival, Identity]


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something about a file's owner that a person should know; `remarks` has the words."""

    one: Arrival
    kind: str
    detail: str


def settle_mails(owners: Owners, clues: Clues, register: Register, oddities: list[Oddity]) -> None:
    """One name with two ids in one mail is a slip: roster, majority, then subject decide."""
    rooms: dict[tuple[Parcel, str], list[Arrival]] = defaultdict(list)
    for one, owner in owners.items():
        mail = mail_around(one)
        if mail is not None and owner.name and owner.student_id:
            rooms[mail, owner.name_key].append(one)
    for (mail, name_key), files in rooms.items():
        subjects = [one for one in clues.parcel(mail) if one.name_key == name_key]
        votes = Counter(owners[one].id_key for one in files)
        votes.update(one.id_key for one in subjects if one.student_id)
        if len(votes) > 1:
            _vote(owners, files, subjects, votes, register, oddities)


def _vote(
    owners: Owners,
    files: list[Arrival],
    subjects: list[Identity],
    votes: Counter[str],
    register: Register,
    oddities: list[Oddity],
) -> None:
    spelled = {owner.id_key: owner for owner in (*subjects, *map(owners.__getitem__, files))}
    preferred = {one.id_key for one in subjects}
    winner = max(
        votes, key=lambda key: (register.by_id(key) is not None, votes[key], key in preferred)
    )
    for one in files:
        if owners[one].id_key != winner or len(files) == 1:
            ids = ", ".join(spelled[key].student_id for key in votes)
            oddities.append(Oddity(one, "two_ids", ids))
        owners[one] = replace(owners[one], student_id=spelled[winner].student_id)


def follow_texts(owners: Owners, clues: Clues, oddities: list[Oddity]) -> None:
    """Where no name has an id, the mail's own text may: 我是张三，学号2023001."""
    for one, owner in owners.items():
        named = bool(owner.strength)
        said = clues.said(one)
        if owner.student_id or not said.is_named or (named and not owner.agrees(said)):
            continue
        if said.student_id or not named:
            name = owner.name if named else said.name or owner.name
            owners[one] = replace(
                owner, student_id=said.student_id, name=name, strength=said.strength
            )
            who = f"{said.student_id} {said.name}".strip()
            oddities.append(Oddity(one, "by_text", who))


def follow_roster(owners: Owners, register: Register, oddities: list[Oddity]) -> None:
    """A name that is unique on the roster decides; what stays open is asked about."""
    settled = {
        one: id_key(owner.student_id)
        for one, owner in owners.items()
        if register.has_id(owner.student_id)
    }
    claims: dict[str, set[str]] = defaultdict(set)
    for one, key in settled.items():
        claims[key].add(_from(one))
    for one, owner in owners.items():
        by_id, by_name = register.by_id(owner.student_id), register.by_name(owner.name)
        if by_id is not None:
            owners[one] = _listed(one, owner, by_id, by_name, oddities)
        elif by_name is not None:
            owners[one] = _by_name(one, owner, by_name, claims, oddities)
        elif owner.name and (namesakes := register.namesakes(owner.name)):
            oddities.append(Oddity(one, "shared_name", _candidates(namesakes)))


def _listed(
    one: Arrival,
    owner: Identity,
    by_id: RosterRow,
    by_name: RosterRow | None,
    oddities: list[Oddity],
) -> Identity:
    """The id is on the roster. Where it is somebody else's, the name decides if it is listed too."""
    if owner.agrees(Identity(by_id.student_id, by_id.name)):
        # In the roster's spelling: zhangsan is 张三.
        return replace(owner, student_id=by_id.student_id, name=by_id.name or owner.name)
    if by_name is not None:
        oddities.append(Oddity(one, "id_of_another", f"{by_id.student_id}, {by_id.name}"))
        return replace(owner, student_id=by_name.student_id)
    if not owner.strength:  # the name is only the one that the sender goes by
        return replace(owner, student_id=by_id.student_id, name=by_id.name)
    oddities.append(Oddity(one, "other_name", f"{by_id.student_id} {by_id.name}, {owner.name}"))
    return replace(owner, student_id=by_id.student_id)


def _by_name(
    one: Arrival,
    owner: Identity,
    by_name: RosterRow,
    claims: dict[str, set[str]],
    oddities: list[Oddity],
) -> Identity:
    """An id that is not listed beside a name that is: a slip, unless the student sent from elsewhere."""
    if not owner.student_id:
        return replace(owner, student_id=by_name.student_id, name=by_name.name)
    detail = f"{owner.student_id}, {by_name.student_id} {by_name.name}"
    others = claims[id_key(by_name.student_id)]
    if others and _from(one) not in others:
        oddities.append(Oddity(one, "two_people", detail))
        return owner
    oddities.append(Oddity(one, "id_mistyped", detail))
    return replace(owner, student_id=by_name.student_id)


def _from(one: Arrival) -> str:
    """The sender's address, or the folder."""
    mail = mail_around(one)
    return mail.sender if mail else one.parcel.path


def _candidates(rows: Iterable[RosterRow]) -> str:
    return "; ".join(f"{row.student_id} {row.name}" for row in rows)


def share_ids(owners: Owners, oddities: list[Oddity]) -> None:
    """A name without an id takes the one id that this name has: in its parcel, else anywhere.

    Not from another sender or participant: those are two people until somebody decides.
    """
    near: dict[tuple[Parcel, str], dict[str, str]] = defaultdict(dict)
    anywhere: dict[str, dict[str, Identity]] = defaultdict(dict)
    for one, owner in owners.items():
        if owner.student_id and owner.name:
            near[one.parcel, owner.name_key][owner.id_key] = owner.student_id
            anywhere[owner.name_key].setdefault(owner.id_key, owner)
    for one, owner in owners.items():
        if owner.student_id or not owner.name or not owner.strength:
            continue
        here = near.get((one.parcel, owner.name_key), {})
        found = anywhere.get(owner.name_key, {})
        same = [each for each in found.values() if not _elsewhere(each.origin, owner.origin)]
        if len(here) == 1:
            owners[one] = replace(owner, student_id=next(iter(here.values())))
        elif len(found) == len(same) == 1:
            owners[one] = replace(owner, student_id=same[0].student_id)
        elif found:
            ids = "; ".join(f"{each.student_id} {each.name}" for each in found.values())
            oddities.append(Oddity(one, "shared_name", ids))


def spell_alike(owners: Owners) -> None:
    """One spelling for each id, with its capitals: pb23000001 is PB23000001."""
    spelled: dict[str, str] = {}
    for owner in owners.values():
        known = spelled.get(owner.id_key, owner.student_id)
        spelled[owner.id_key] = max(known, owner.student_id, key=_capitals)
    for one, owner in owners.items():
        if owner.student_id != spelled[owner.id_key]:
            owners[one] = replace(owner, student_id=spelled[owner.id_key])


def _capitals(text: str) -> int:
    return sum(map(str.isupper, text))


def _elsewhere(first: str, second: str) -> bool:
    return bool(first and second) and first != second
