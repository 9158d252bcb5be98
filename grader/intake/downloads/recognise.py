"""Which files came by a platform's download, and what that says of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import tzinfo

from grader.intake.downloads import (
    from_blackboard,
    from_brightspace,
    from_canvas,
    from_classroom,
    from_gradescope,
    from_moodle,
    from_teams,
)
from grader.intake.identity.names import Known
from grader.intake.reading.arrivals import Arrival, Parcel

# What a platform makes of the files that it knows: one each, or one for each of a group.
Recogniser = Callable[[Sequence[Arrival]], Mapping[Arrival, Arrival | tuple[Arrival, ...]]]


def recognised(came: Sequence[Arrival], known: Known, zone: tzinfo | None) -> list[Arrival]:
    """The same files, each with who handed it in where a platform says so.

    A file that a group handed in stands there once for each of them. Times that a platform gives
    without an offset are read in `zone`, this machine's where it is None.
    """
    platforms: Sequence[Recogniser] = (
        from_gradescope.recognised,
        lambda files: from_classroom.recognised(files, known),
        lambda files: from_blackboard.recognised(files, known, zone),
        lambda files: from_brightspace.recognised(files, known, zone),
        from_teams.recognised,
        lambda files: from_canvas.recognised(files, known),
        _by_moodle,
    )
    found: dict[Arrival, Arrival | tuple[Arrival, ...]] = {}
    for platform in platforms:
        found |= platform([one for one in came if one not in found])
    return _inherited([each for one in came for each in _all(found.get(one, one))])


def _by_moodle(came: Sequence[Arrival]) -> Mapping[Arrival, Arrival]:
    return {one: handed for one in came if (handed := from_moodle.recognised(one))}


def _all(found: Arrival | tuple[Arrival, ...]) -> tuple[Arrival, ...]:
    return found if isinstance(found, tuple) else (found,)


def _inherited(files: Sequence[Arrival]) -> list[Arrival]:
    """What lies in an archive that was handed in was handed in with it."""
    archives = {one.opens: one for one in files if one.opens and one.handed}
    if not archives:
        return list(files)
    return [one if one.handed else _with(one, archives) for one in files]


def _with(one: Arrival, archives: Mapping[Parcel, Arrival]) -> Arrival:
    parcel = next((each for each in one.parcel.outwards() if each in archives), None)
    around = archives[parcel] if parcel else None
    if around is None or around.handed is None or parcel is None:
        return one
    handed = replace(around.handed, within=parcel)
    return replace(one, handed=handed, time=one.time or around.time)
