"""Brightspace (D2L): "Download" of an assignment's submissions.

Each submission is a folder 12345-67890 - Anna Lee - Nov 30, 2026 1110 PM, or puts the same before
its files' names; some schools have the student id before the name. The first number is D2L's for
the user, the second for the assignment. An index.html beside them lists everything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import tzinfo

from grader.intake.identity import stamps
from grader.intake.identity.names import Known
from grader.intake.reading.arrivals import Arrival, Handed, Parcel

_MARK = re.compile(
    r"^(?P<user>\d{2,})-\d{2,} - (?P<name>.+?) ?- (?P<date>[^-]*(?<!\d)20\d\d(?!\d)[^-]*?)(?: - (?P<file>.+))?$",
    re.DOTALL,
)


def recognised(
    came: Sequence[Arrival], known: Known, zone: tzinfo | None
) -> Mapping[Arrival, Arrival]:
    """The files of Brightspace's downloads, each as it was handed in; times are read in `zone`."""
    found: dict[Arrival, Arrival] = {}
    shelves: set[Parcel | None] = set()
    for one in came:
        within, mark = _mark(one)
        if mark:
            shelf = one.parcel if mark["file"] else within.outer
            shelves.add(shelf)
            found[one] = _handed(one, mark, within, shelf, known, zone)
    lists = [one for one in came if one.name == "index.html" and one.parcel in shelves]
    return found | {one: replace(one, role="ignored", trouble=None) for one in lists}


def _mark(one: Arrival) -> tuple[Parcel, re.Match[str] | None]:
    """The submission's folder, or where the file's own name says it."""
    for parcel in one.parcel.outwards():
        found = _MARK.match(parcel.clue) if parcel.kind == "folder" else None
        if found and not found["file"]:
            return parcel, found
    found = _MARK.match(one.name)
    return one.parcel, found if found and found["file"] else None


def _handed(
    one: Arrival,
    mark: re.Match[str],
    within: Parcel,
    shelf: Parcel | None,
    known: Known,
    zone: tzinfo | None,
) -> Arrival:
    key = f"brightspace:{shelf.path if shelf else ''}:{mark['user']}"
    handed = Handed(
        key,
        within,
        "Brightspace",
        mark["name"].strip(),
        mark["user"] if known.has_id(mark["user"]) else "",
        account=mark["user"],
        attempt=f"{key}:{mark['date']}",
    )
    time = stamps.moment(mark["date"], zone) or one.time
    return replace(one, name=mark["file"] or one.name, handed=handed, time=time)
