"""Canvas: "Download Submissions" of an assignment.

`lib/content_zipper.rb` names each file user_LATE_123_456_name.py: the sortable name in small letters
without any marks, LATE where it is, the user's number, the attachment's number and the name it was
handed in under; a text or an address that was typed ends in _text.html or _link.html. Where marking
is anonymous LATE comes first and anon_XXXXX stands for the user. A file that is handed in again
under its old name gets -1, -2 ... before its suffix.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from grader.intake.identity import stamps
from grader.intake.identity.names import Known
from grader.intake.reading.arrivals import Arrival, Handed, Parcel

_MARK = re.compile(
    r"^(?:(?P<name>.+?)_(?P<late>LATE_)?(?P<user>\d+)"
    r"|(?P<anonymous_late>LATE_)?anon_(?P<anonymous>[A-Za-z0-9]{5}))"
    r"_(?:(?P<attachment>\d{3,})_(?P<file>.+)|(?P<typed>(?:text|link)\.html))$",
    re.DOTALL,
)

_ENROLLED = re.compile(r"20[12]\d{4,}")
_TELEPHONE = re.compile(r"1[3-9]\d{9}")


def recognised(came: Sequence[Arrival], known: Known) -> Mapping[Arrival, Arrival]:
    """The files of Canvas' downloads, each as it was handed in."""
    shelves: dict[Parcel, dict[Arrival, re.Match[str] | None]] = defaultdict(dict)
    for one in came:
        if one.role != "ignored" and not one.remark:
            shelves[one.parcel][one] = _MARK.match(one.name)
    found: dict[Arrival, Arrival] = {}
    for parcel, shelf in shelves.items():
        marks = [mark for mark in shelf.values() if mark]
        if marks and len(marks) == len(shelf) and _is_canvas(marks, known):
            found |= {one: _handed(one, mark, parcel) for one, mark in shelf.items() if mark}
    return found


def _is_canvas(marks: Iterable[re.Match[str]], known: Known) -> bool:
    """Whether the numbers can be Canvas' own: 姓名_学号_100_rnn.py looks alike.

    So does what a form collects, 姓名_学号_20261130201500_rnn.py: its last number is a time or a
    telephone's, and ids begin with the year.
    """
    users: dict[str, set[str]] = defaultdict(set)
    attachments: list[str] = []
    for mark in marks:
        if known.has_id(mark["user"] or ""):
            return False
        if mark["user"]:
            users[mark["user"]].add(mark["name"])
        attachments += [mark["attachment"]] if mark["attachment"] else []
    one_name_each = all(len(names) == 1 for names in users.values())
    collected = attachments and all(map(_is_forms, attachments))
    enrolled = users and all(map(_ENROLLED.fullmatch, users))
    unique = len(set(attachments)) == len(attachments)
    return one_name_each and unique and not collected and not enrolled


def _is_forms(number: str) -> bool:
    return _TELEPHONE.fullmatch(number) is not None or stamps.stamp_of(number) is not None


def _handed(one: Arrival, mark: re.Match[str], parcel: Parcel) -> Arrival:
    who = mark["user"] or mark["anonymous"]
    late = bool(mark["late"] or mark["anonymous_late"])
    key, name, account = f"canvas:{parcel.path}:{who}", mark["name"] or "", mark["user"] or ""
    handed = Handed(key, parcel, "Canvas", name, late=late, account=account)
    return replace(one, name=mark["file"] or mark["typed"], handed=handed)
