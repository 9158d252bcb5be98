"""Where a file without an id came from: two senders, or two participants, are two people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from grader.intake.identity import stamps
from grader.intake.identity.names import Identity, Strength
from grader.intake.reading.arrivals import Arrival, Parcel

_SERIES = 100  # exports of one name that a new one is compared with
_ALIKE = 0.8  # of the lines of two programs, for one to be a version of the other


def student_key(identity: Identity) -> str:
    """One key per student; "" for nobody.

    The name that a mail's sender goes by (strength NONE) tells nobody apart.
    """
    named = f"name:{identity.name_key}" if identity.name else ""
    sure = named if identity.strength > Strength.NONE else ""
    return identity.id_key or sure or identity.origin or named


def mail_around(one: Arrival) -> Parcel | None:
    return next((parcel for parcel in one.parcel.outwards() if parcel.kind == "mail"), None)


def origins(owners: Mapping[Arrival, Identity]) -> dict[Arrival, str]:
    """The origin of every file; "" for files that lie in folders like any other."""
    messengers = _messengers(owners)
    exports = _exports(one for one, owner in owners.items() if not owner.is_named)
    return {one: _origin(one, messengers, exports) for one in owners}


def _origin(one: Arrival, messengers: set[str], exports: Mapping[Parcel, str]) -> str:
    if one.handed:
        return one.handed.key
    if mail := one.opens or mail_around(one):
        alone = mail.sender and mail.sender not in messengers
        return f"mail:{mail.sender if alone else mail.path}"
    outermost = _outermost(one)
    return exports.get(outermost, "") if outermost else ""


def _messengers(owners: Mapping[Arrival, Identity]) -> set[str]:
    """Addresses that send the work of several students: their mails are one student's each."""
    students: dict[str, set[str]] = defaultdict(set)
    for one, owner in owners.items():
        mail = mail_around(one)
        if mail and owner.strength > Strength.NONE and (key := student_key(owner)):
            students[mail.sender].add(key)
    return {sender for sender, keys in students.items() if len(keys) > 1}


def _outermost(one: Arrival) -> Parcel | None:
    around = [parcel for parcel in one.parcel.outwards() if not parcel.top]
    return around[-1] if around else None


def _exports(nameless: Iterable[Arrival]) -> dict[Parcel, str]:
    """Archives whose names differ in a time stamp only, with programs alike: one student's.

    So otter names what a notebook exports. Programs that are not alike are two students'.
    """
    programs: dict[Parcel, str] = {}
    for one in nameless:
        outermost = _outermost(one)
        if one.program and outermost and outermost.kind == "zip" and stamps.latest(outermost.clue):
            programs.setdefault(outermost, one.program)
    found: dict[Parcel, str] = {}
    series: dict[str, list[tuple[set[str], str]]] = defaultdict(list)
    for parcel, program in programs.items():
        base, lines = stamps.without(parcel.clue), set(program.split("\n"))
        same = next((key for other, key in series[base][-_SERIES:] if _alike(lines, other)), "")
        found[parcel] = same or f"export:{parcel.path}"
        series[base].append((lines, found[parcel]))
    return found


def _alike(first: set[str], second: set[str]) -> bool:
    return len(first & second) >= _ALIKE * len(first | second)
