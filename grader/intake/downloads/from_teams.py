"""Microsoft Teams: the library "Student Work" of a class, downloaded from SharePoint.

Submitted files/STUDENT/ASSIGNMENT/Version 2/ holds what was handed in, Working files/STUDENT/... what
a student is still at work on, whether it was handed in since or not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from grader.intake.collection import Trouble
from grader.intake.identity.spelling import name_key
from grader.intake.reading.arrivals import Arrival, Handed, Parcel
from grader.language import say
from grader.records import Concern

_SUBMITTED = re.compile(r"submitted files|已?提交的?文件", re.IGNORECASE)
_WORKING = re.compile(r"working files|(?:正在)?(?:工作|处理|使用)(?:中)?的?文件", re.IGNORECASE)
_LIBRARY = re.compile(r"student work|学生作业", re.IGNORECASE)


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    """Where a file lies: the half of the library, the student's folder in it, the assignment."""

    half: Parcel
    student: Parcel
    assignment: str

    @property
    def library(self) -> Parcel | None:
        """What both halves lie in; Submitted files.zip may hold a folder of its own name."""
        return next((each for each in self.half.outwards() if not _is_half(each)), None)

    @property
    def submitted(self) -> bool:
        return _SUBMITTED.fullmatch(self.half.clue) is not None

    @property
    def work(self) -> tuple[Parcel | None, str, str]:
        """What a student made of an assignment, handed in or not."""
        return self.library, name_key(self.student.clue), self.assignment.casefold()


def recognised(came: Iterable[Arrival]) -> Mapping[Arrival, Arrival]:
    """The files of the library, each with its student; drafts of what was handed in are ignored."""
    places = {one: place for one in came if (place := _place(one))}
    halves = {(place.library, place.submitted) for place in places.values()}
    places = {one: place for one, place in places.items() if _is_teams(place, halves)}
    served = {place.work for one, place in places.items() if place.submitted and _counts(one)}
    return {one: _handed(one, place, served) for one, place in places.items()}


def _is_teams(place: _Place, halves: set[tuple[Parcel | None, bool]]) -> bool:
    """Whether both halves are there, or the library's name: others call a folder 提交文件 too."""
    library = place.library
    named = library is not None and _LIBRARY.fullmatch(library.clue) is not None
    return named or (library, not place.submitted) in halves


def _is_half(parcel: Parcel) -> bool:
    return bool(_SUBMITTED.fullmatch(parcel.clue) or _WORKING.fullmatch(parcel.clue))


def _place(one: Arrival) -> _Place | None:
    inwards = [*reversed([*one.parcel.outwards()])]
    for depth, (half, student) in enumerate(pairwise(inwards), start=2):
        if _is_half(half) and not _is_half(student):
            return _Place(half, student, "".join(each.clue for each in inwards[depth : depth + 1]))
    return None


def _counts(one: Arrival) -> bool:
    return one.role in ("source", "bonus", "report", "unreadable", "archive")


def _handed(one: Arrival, place: _Place, served: set[tuple[Parcel | None, str, str]]) -> Arrival:
    around = place.library.path if place.library else ""
    key = f"teams:{around}:{name_key(place.student.clue)}"
    handed = Handed(key, place.student, "Teams", place.student.clue)
    if place.submitted or one.role in ("ignored", "picture", "extra"):
        return replace(one, handed=handed)
    if place.work in served:
        return replace(one, role="ignored", trouble=_draft(), program=None, report=None)
    return replace(one, handed=handed, trouble=one.trouble or _never_handed_in())


def _draft() -> Trouble:
    return Trouble(
        say("A draft among the working files of Teams; what the student handed in counts."),
        say("Nothing, if that is right."),
        Concern.INFORMATION,
    )


def _never_handed_in() -> Trouble:
    return Trouble(
        say("It lies among the working files of Teams: the student did not hand it in."),
        say("Decide whether it counts; it was graded."),
    )
