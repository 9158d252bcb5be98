"""Moodle: "Download all submissions" of an assignment.

`mod/assign/classes/downloader.php` names a folder NAME_NUMBER_assignsubmission_PLUGIN for each
participant and plug-in (versions before 4 end it with another "_"), or puts the same before each
file's name where no folders are wanted. NAME is the full name with its "_" made blanks, and
"Participant" where marking is blind; NUMBER is Moodle's own. A team has the group's name and
perhaps a number.
"""

from __future__ import annotations

import re
from dataclasses import replace

from grader.intake.reading.arrivals import Arrival, Handed, Parcel

_MARK = re.compile(
    r"^(?P<name>[^_]*)(?:_(?P<number>\d+))?_assignsubmission_[a-z]+(?:_(?P<file>.*))?$", re.DOTALL
)
_BLIND = re.compile(r"participant|参与者|參與者|participante|teilnehmer", re.IGNORECASE)


def recognised(one: Arrival) -> Arrival | None:
    """The file as the participant handed it in; None where it is none of Moodle's."""
    for parcel in one.parcel.outwards():
        if parcel.kind == "folder" and (found := _MARK.match(parcel.clue)):
            around = parcel.outer.path if parcel.outer else ""
            return replace(one, handed=_handed(found, around, parcel))
    if (found := _MARK.match(one.name)) and found["file"]:
        return replace(one, name=found["file"], handed=_handed(found, one.parcel.path, one.parcel))
    return None


def _handed(found: re.Match[str], around: str, within: Parcel) -> Handed:
    blind = _BLIND.fullmatch(found["name"].strip()) is not None
    key = f"moodle:{around}:{found['number'] or found['name']}"
    return Handed(key, within, "Moodle", "" if blind else found["name"].strip())
