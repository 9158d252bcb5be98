"""What the names around a file say of its owner: nearest first, each with its strength."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from grader.intake.identity import stamps
from grader.intake.identity.names import (
    NOBODY,
    Identity,
    Strength,
    as_said,
    identities,
    undated,
)
from grader.intake.identity.words import is_latin_name, is_name, is_person
from grader.intake.people.introductions import introduced
from grader.intake.people.origins import mail_around
from grader.intake.people.roster import Register
from grader.intake.reading.arrivals import Arrival, Handed, Parcel
from grader.intake.reading.kinds import stem_of

Group = tuple[Identity, ...]  # one, or the several that one clue names together


class Clues:
    """Reads names with the roster at hand; each text once."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._read = lru_cache(maxsize=1 << 14)(lambda text: identities(text, register))
        self._introduced = lru_cache(maxsize=1 << 14)(lambda words: introduced(words, register))

    def own(self, one: Arrival) -> Group:
        """What the file's own name says, or the subject where it is a mail."""
        return self.parcel(one.opens) if one.opens else self._read(stem_of(one.name))

    def parcel(self, parcel: Parcel) -> Group:
        """What a folder, zip or subject says. The folder named by the user must say it in full."""
        found = self._read(parcel.clue)
        weak = parcel.top and found[0].strength < Strength.FULL
        return (NOBODY,) if weak else found

    def names(self, parcel: Parcel, owner: Identity) -> bool:
        """Whether the parcel's own name is this student's."""
        return any(
            clue.strength is not Strength.NONE and clue.agrees(owner)
            for clue in self.parcel(parcel)
        )

    def full_names(self, files: Iterable[Arrival]) -> frozenset[str]:
        """Keys of names that stand with an id, or behind the assignment's prefix, anywhere."""
        found = (
            identity
            for one in files
            for group in (self.own(one), *map(self.parcel, one.parcel.outwards()))
            for identity in group
        )
        return frozenset(
            one.name_key for one in found if one.strength is Strength.FULL and one.name
        )

    def around(self, one: Arrival) -> Iterator[Group]:
        """Nearest first. Digits in the name of a picture or data file are no id."""
        if one.handed:
            yield (self._handed(one.handed),)
        own = self._dated(self.own(one), one)
        if one.role in ("source", "bonus", "report", "foreign") or own[0].strength is Strength.FULL:
            yield own
        for parcel in one.parcel.outwards():
            if one.handed and parcel is one.handed.within:
                break
            yield self._dated(self.parcel(parcel), one)
            if parcel.kind == "mail":
                yield from self._sender(parcel)

    def said(self, one: Arrival) -> Identity:
        """Whom the text of the mail around a file introduces; its names come first."""
        mail = mail_around(one)
        return self._introduced(mail.words) if mail else NOBODY

    def stranger(self, one: Arrival, owner: Identity) -> str:
        """The name of a person by which a file goes, nearer than what names its owner; "" if none.

        Whoever collects for others puts 赵六.py into a mail of their own.
        """
        for group in self.around(one):
            if len(group) > 1 or group[0].strength > Strength.WEAK:
                break
            if is_person(group[0].name) and group[0].strength:
                return group[0].name if self._names_only(one, owner, group[0].name) else ""
        name = stem_of(one.name).replace("_", " ")
        return name if is_latin_name(name) and not owner.agrees(Identity("", name)) else ""

    def _names_only(self, one: Arrival, owner: Identity, name: str) -> bool:
        """Whether the owner's own clue has another name, or an id alone."""
        named = (self.parcel(parcel)[0] for parcel in one.parcel.outwards())
        sure = next((clue for clue in named if clue.student_id), owner)
        return not sure.name or not sure.agrees(Identity("", name))

    def _dated(self, group: Group, one: Arrival) -> Group:
        """Without ids that are the days on which the file may have come."""
        came = one.time or one.modified
        return tuple(
            undated(found)
            if found.student_id
            and not self._register.has_id(found.student_id)
            and stamps.is_stamp(found.student_id, came)
            else found
            for found in group
        )

    def _handed(self, handed: Handed) -> Identity:
        student = self._register.by_email(handed.email) or self._register.by_account(handed.account)
        if student:
            return Identity(student.student_id, student.name, Strength.FULL)
        name = as_said(handed.name, self._register)
        if handed.student_id:
            return Identity(handed.student_id, name, Strength.FULL)
        if re.search(r"\d", handed.name):  # Moodle and Brightspace can put the id before the name
            return self._read(handed.name)[0]
        return Identity("", name, Strength.FULL) if name else NOBODY

    def sender_name(self, one: Arrival) -> str:
        """The name that the sender of the mail around a file goes by; "" without one."""
        mail = mail_around(one)
        return _shown_name(mail.sender_name, self._register, self._read) if mail else ""

    def _sender(self, mail: Parcel) -> Iterator[Group]:
        if student := self._register.by_email(mail.sender):
            yield (Identity(student.student_id, student.name, Strength.FULL),)
        elif name := _shown_name(mail.sender_name, self._register, self._read):
            yield (Identity("", name),)


def _shown_name(shown: str, register: Register, read: Callable[[str], Group]) -> str:
    """The name that a sender goes by, where it looks like one and not like a nickname."""
    found = read(shown)[0].name
    if found and (is_person(found) or register.has_name(found)):
        return found
    words = re.fullmatch(r"[^\W\d_]+(?:[ .'-]+[^\W\d_]+){1,3}", shown.strip())
    return shown.strip() if words and is_name(shown) else ""


def resolve(groups: Sequence[Group], register: Register, known: frozenset[str]) -> Group:
    """The strongest clue, filled in by those that agree with it; several where it names several."""
    trusted = [tuple(_promoted(clue, register, known) for clue in group) for group in groups]
    best = max(trusted, key=lambda group: group[0].strength, default=(NOBODY,))
    if len(best) > 1:
        return best
    owner = best[0]
    for group in trusted:
        sure = group[0].strength is not Strength.NONE or not owner.student_id
        if len(group) == 1 and sure and owner.agrees(group[0]):
            owner = owner.merged(group[0])
    return (owner,)


def _promoted(clue: Identity, register: Register, known: frozenset[str]) -> Identity:
    """A bare id or word that the roster or another file knows as a student's is no guess."""
    if clue.strength is Strength.FULL:
        return clue
    sure = register.has_id(clue.student_id) if clue.student_id else clue.name_key in known
    return replace(clue, strength=Strength.FULL) if sure else clue
