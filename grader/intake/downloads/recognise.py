"""Which files came by a platform's download, and what that says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from grader.intake.downloads import from_canvas, from_gradescope, from_moodle
from grader.intake.people.names import Known
from grader.intake.reading.arrivals import Arrival, Handed, Parcel


def recognised(came: Sequence[Arrival], known: Known) -> list[Arrival]:
    """The same files, each with who handed it in where a platform says so.

    A file that a group handed in stands there once for each of them.
    """
    exported = from_gradescope.recognised(came)
    zipped = from_canvas.recognised([one for one in came if one not in exported], known)
    files: list[Arrival] = []
    for one in came:
        if one in exported:
            files.extend(exported[one])
        elif one in zipped:
            files.append(zipped[one])
        else:
            files.append(from_moodle.recognised(one) or one)
    return _inherited(files)


def _inherited(files: Sequence[Arrival]) -> list[Arrival]:
    """What lies in an archive that was handed in was handed in with it."""
    archives = {one.opens: one.handed for one in files if one.opens and one.handed}
    if not archives:
        return list(files)
    return [one if one.handed else replace(one, handed=_around(one, archives)) for one in files]


def _around(one: Arrival, archives: Mapping[Parcel, Handed]) -> Handed | None:
    parcel = next((each for each in one.parcel.outwards() if each in archives), None)
    return replace(archives[parcel], within=parcel) if parcel else None
