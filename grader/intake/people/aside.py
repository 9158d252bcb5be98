"""What is nobody's submission of this assignment: the course's own mails, and other homework."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from grader.intake.collection import Trouble
from grader.intake.identity.assignments import THIS, assignment_of
from grader.intake.people.correspondence import WORK, Correspondence, is_forward, is_reply
from grader.intake.people.origins import mail_around
from grader.intake.reading.arrivals import Arrival, Parcel
from grader.intake.reading.programs import defines_asked
from grader.language import Message, say
from grader.records import Concern

_TEACHES = re.compile(r"老师|教师|助教|教授|(?i:teacher|instructor|lecturer)|\bTA\b")
_LEAVES = WORK | {"picture", "extra"}


def without_course(came: Sequence[Arrival], addresses: Iterable[str]) -> list[Arrival]:
    """The same arrivals; what the course itself sent is ignored, and each such mail says so."""
    mails = [one.opens for one in came if one.opens and one.opens.kind == "mail"]
    courses = set(addresses)
    sure = {mail for mail in mails if mail.sender in courses and not is_forward(mail)}
    guessed = _guessed([mail for mail in mails if mail not in sure], came)
    own = sure | guessed.keys()
    if not own:
        return list(came)
    known = {one.sha256 for one in came if mail_around(one) not in own}
    new = {mail_around(one) for one in came if one.role in WORK and one.sha256 not in known}
    told = {mail: _courses_own() for mail in sure}
    told |= {mail: _doubtful(why, has_work=mail in new) for mail, why in guessed.items()}
    return [_set_aside(one, told) for one in came]


def _guessed(mails: Sequence[Parcel], came: Sequence[Arrival]) -> dict[Parcel, Message]:
    """Answers that are a teacher's by the sender's name, or by what everybody sends; and why."""
    answers = [mail for mail in mails if is_reply(mail)]
    found: dict[Parcel, Message] = {}
    if not answers:
        return found
    letters = Correspondence(mails, came)
    for mail in answers:
        if _TEACHES.search(mail.sender_name):
            found[mail] = say(
                "By the name of its sender, {name}, the mail was taken for the course's own.",
                name=mail.sender_name,
            )
        elif letters.is_teachers(mail):
            found[mail] = say(
                "{sender} answers students' work and hands in none: the mail was taken for the course's own.",
                sender=mail.sender,
            )
    return found


def _set_aside(one: Arrival, told: Mapping[Parcel, Trouble]) -> Arrival:
    if one.opens and one.opens in told and not one.remark:
        return replace(one, role="ignored", trouble=told[one.opens])
    inside = mail_around(one) in told or one.opens in told
    return replace(one, role="ignored", trouble=None) if inside else one


def _courses_own() -> Trouble:
    return Trouble(
        say("A mail of the course's own; nothing in it is anybody's submission."),
        say("Nothing, unless it passes a student's work on: then forward that mail itself."),
        Concern.INFORMATION,
    )


def _doubtful(why: Message, *, has_work: bool) -> Trouble:
    """Nobody said whose address it is: where work would be lost with the mail, a person decides."""
    action = say("If it is a student's, put its files into a folder named 姓名-学号 (name-id).")
    return Trouble(why, action, Concern.DECISION if has_work else Concern.INFORMATION)


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
