"""What is nobody's submission of this assignment: the course's own mails, and other homework."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from grader.intake.collection import Trouble
from grader.intake.people.assignments import THIS, assignment_of
from grader.intake.people.origins import mail_around
from grader.intake.reading.arrivals import Arrival, Parcel
from grader.intake.reading.programs import defines_asked
from grader.language import say
from grader.records import Concern

_REPLY = re.compile(r"^\s*(?:re|aw|答复|答覆|回复|回覆)\s*(?:\[\d+\])?\s*[:：]", re.IGNORECASE)
_FORWARD = re.compile(r"^\s*(?:fwd?|wg|转发|轉發|转寄|轉寄)\s*(?:\[\d+\])?\s*[:：]", re.IGNORECASE)
_TEACHES = re.compile(r"老师|教师|助教|教授|teacher|\bTA\b|instructor|lecturer", re.IGNORECASE)
_LEAVES = ("source", "bonus", "report", "unreadable", "picture", "extra")


def without_course(came: Sequence[Arrival], addresses: Iterable[str]) -> list[Arrival]:
    """The same arrivals; what the course itself sent is ignored, and each such mail says so."""
    mails = [one.opens for one in came if one.opens and one.opens.kind == "mail"]
    own = {mail for mail in mails if _is_courses(mail, set(addresses), mails)}
    if not own:
        return list(came)
    return [_told(one) if one.opens in own else _ignored(one, own) for one in came]


def _is_courses(mail: Parcel, addresses: set[str], mails: Sequence[Parcel]) -> bool:
    """From an address of the course, unless it passes a student's mail on; or a teacher's reply."""
    if mail.sender in addresses:
        return _FORWARD.match(mail.clue) is None
    if not _REPLY.match(mail.clue):
        return False
    if _TEACHES.search(mail.sender_name):
        return True
    asked = any(mail.sender in other.to and other.sender != mail.sender for other in mails)
    return asked and any(other.sender in mail.to for other in mails if other.sender != mail.sender)


def _ignored(one: Arrival, own: set[Parcel]) -> Arrival:
    inside = mail_around(one) in own
    return replace(one, role="ignored", trouble=None) if inside else one


def _told(one: Arrival) -> Arrival:
    reason = say("A mail of the course's own; nothing in it is anybody's submission.")
    action = say("Nothing, unless it passes a student's work on: then forward that mail itself.")
    return replace(one, role="ignored", trouble=Trouble(reason, action, Concern.INFORMATION))


def without_others(came: Sequence[Arrival]) -> list[Arrival]:
    """The same arrivals; what by its name belongs to another assignment is foreign.

    A program that defines what this assignment asks for is this assignment's, whatever number is
    on it, and so is what came with it.
    """
    numbers = {one: number for one in came if (number := _other_number(one)) is not None}
    if not numbers:
        return list(came)
    slips: dict[object, set[int]] = defaultdict(set)
    for one, number in numbers.items():
        if defines_asked(one.program or ""):
            slips[_sending(one)].add(number)
    return list(_marked(came, numbers, slips))


def _marked(
    came: Iterable[Arrival], numbers: Mapping[Arrival, int], slips: Mapping[object, set[int]]
) -> Iterator[Arrival]:
    for one in came:
        if one not in numbers or numbers[one] in slips.get(_sending(one), ()):
            yield one
        else:
            trouble = _foreign(numbers[one])
            yield replace(one, role="foreign", program=None, report=None, trouble=trouble)


def _other_number(one: Arrival) -> int | None:
    """The number of another assignment, by the nearest name that gives one."""
    if one.role not in _LEAVES or one.remark or one.listing:
        return None
    attached = one.parcel.kind == "mail"
    clues = [(one.name, attached)]
    clues += [(p.clue, p.kind == "mail") for p in _own_parcels(one)]
    numbers = (assignment_of(clue, bare=bare) for clue, bare in clues)
    nearest = next((number for number in numbers if number is not None), None)
    return nearest if nearest != THIS else None


def _own_parcels(one: Arrival) -> Iterator[Parcel]:
    """Those that people named: a platform numbers its assignments by itself."""
    for parcel in one.parcel.outwards():
        if parcel.top or (one.handed and parcel is one.handed.within):
            return
        yield parcel


def _sending(one: Arrival) -> object:
    return mail_around(one) or one.parcel


def _foreign(number: int) -> Trouble:
    return Trouble(
        say("By its name it belongs to assignment {number}; it was set aside.", number=number),
        say("If it is meant for this assignment, rename it to ml-6-姓名-学号 (name-id)."),
        Concern.INFORMATION,
    )
