"""Who writes to whom in a mailbox: which answers are a teacher's, by what everybody sends.

A mailbox that was exported whole holds what the course sent beside what it got, and its address need
not be known. A student who answers an announcement, a question or a "received" writes as a teacher
does who answers a student: only who hands in work tells the two apart.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from grader.intake.identity.names import Strength, identify, without_replies
from grader.intake.people.origins import mail_around
from grader.intake.reading.arrivals import Arrival, Parcel
from grader.intake.reading.kinds import stem_of
from grader.intake.reading.programs import filled

_REPLY = re.compile(
    r"^\s*(?:re|aw|sv|antw|答复|答覆|(?:自动)?回复|回覆|auto(?:matic)?[- ]?reply)\s*(?:\[\d+\])?\s*[:：]",
    re.IGNORECASE,
)
_FORWARD = re.compile(r"^\s*(?:fwd?|wg|转发|轉發|转寄|轉寄)\s*(?:\[\d+\])?\s*[:：]", re.IGNORECASE)
WORK = frozenset({"source", "bonus", "report", "unreadable"})  # roles that may be a submission's


def is_reply(mail: Parcel) -> bool:
    return _REPLY.match(mail.clue) is not None


def is_forward(mail: Parcel) -> bool:
    return _FORWARD.match(mail.clue) is not None


class Correspondence:
    """Who wrote to whom, and who brought work to whom."""

    def __init__(self, mails: Sequence[Parcel], came: Sequence[Arrival]) -> None:
        self._writers: dict[str, set[str]] = defaultdict(set)  # by recipient
        # Subjects of the mails from one to another that bring work, and of those that answer none.
        self._brought: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._begun: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._hands_in: set[str] = set()
        self._named = _students_named(came)  # by the files of a mail
        self._files: dict[Parcel | None, list[Arrival]] = defaultdict(list)
        for one in came:
            if one.role in WORK:
                self._files[mail_around(one)].append(one)
        for mail in mails:
            self._note(mail)

    def _note(self, mail: Parcel) -> None:
        for recipient in mail.to - {mail.sender} if mail.sender else ():
            self._writers[recipient].add(mail.sender)
        if is_forward(mail) or not self._brings_work(mail):
            return
        begins = not is_reply(mail)
        self._hands_in |= {mail.sender} if begins else set()
        for recipient in mail.to:
            self._brought[mail.sender, recipient].add(_thread(mail))
            if begins:
                self._begun[mail.sender, recipient].add(_thread(mail))

    def _brings_work(self, mail: Parcel) -> bool:
        """By a student's name first: to look into a program takes longer."""
        files = self._files.get(mail, [])
        named = mail in self._named or bool(files and _student_in(mail.clue))
        return named or any(map(_is_work, files))

    def is_teachers(self, mail: Parcel) -> bool:
        """Whether it answers somebody's work, and its sender hands in none.

        No file in it may name another student than its subject, and nobody whom it goes to is
        written to by more others; where it is by as many, it must answer the very mail that brought
        the work.
        """
        own = self._named.get(mail, set()) - {_student_in(mail.clue)}
        if not is_reply(mail) or mail.sender in self._hands_in or own:
            return False
        others = mail.to - {mail.sender}
        known = len(self._writers.get(mail.sender, ()))
        rivals = (self._writers.get(other, set()) - {mail.sender} for other in others)
        most = max(map(len, rivals), default=0)
        if known > most:
            return any((other, mail.sender) in self._brought for other in others)
        begun = {one for other in others for one in self._begun.get((other, mail.sender), ())}
        return known == most and any(_thread(mail).startswith(thread) for thread in begun)


def _students_named(came: Iterable[Arrival]) -> Mapping[Parcel, set[str]]:
    """The ids that stand with a name in the names of a mail's files."""
    named: dict[Parcel, set[str]] = defaultdict(set)
    for one in came:
        mail, student = mail_around(one), _student_in(stem_of(one.name))
        if mail and student and not one.opens:
            named[mail].add(student)
    return named


def _is_work(one: Arrival) -> bool:
    """Whether it is a program with more than was handed out."""
    return one.program is not None and filled(one.program) > 0


def _student_in(clue: str) -> str:
    """The id that stands with a name in a clue; "" without one."""
    found = identify(clue)
    return found.student_id if found.strength is Strength.FULL else ""


def _thread(mail: Parcel) -> str:
    return re.sub(r"\s", "", without_replies(mail.clue)).casefold()
