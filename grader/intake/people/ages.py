"""What the files' own times say of candidates: proof of little, and of nothing within a minute."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from grader.intake.reading.arrivals import Arrival

if TYPE_CHECKING:
    from grader.intake.people.choice import Candidate

# Whoever copies or unpacks a folder gives its files times a moment apart, in the order of copying.
MOMENT = timedelta(minutes=1)


def dated(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The same with their age, and with those that were named for handing in too early.

    Times are compared among files that were sent at one time, and only where each of them has one.
    """
    found = list(candidates)
    if len(found) < 2:  # noqa: PLR2004 - nothing to compare, as for nearly everybody
        return found
    sent: dict[datetime, list[Candidate]] = defaultdict(list)
    for each in found:
        sent[each.sent].append(each)
    ages = {one: age for group in sent.values() for one, age in _ages(group).items()}
    aged = {each: replace(each, age=ages[each]) for each in found}
    return [
        replace(
            aged[each], overtaken=_overtaken(aged[each], map(aged.__getitem__, sent[each.sent]))
        )
        for each in found
    ]


def _ages(group: Sequence[Candidate]) -> dict[Candidate, int]:
    """From 0 for the oldest upwards; the same for files of one moment."""
    times = {each: _own_time(each.one) for each in group}
    known = sorted({time for time in times.values() if time is not None})
    if None in times.values():
        return dict.fromkeys(group, 0)
    age, ages = 0, dict.fromkeys(known, 0)
    for before, after in pairwise(known):
        age += after - before > MOMENT
        ages[after] = age
    return {each: ages[time] for each, time in times.items() if time is not None}


def _own_time(one: Arrival) -> datetime | None:
    """When the file was changed; an attachment bears the time of the mail's file only."""
    return None if one.parcel.kind == "mail" else one.modified


def _overtaken(candidate: Candidate, others: Iterable[Candidate]) -> bool:
    """Whether work went on, under the name that was handed out, after it was named as asked for."""
    return candidate.named == 2 and any(  # noqa: PLR2004 - see `named`
        other.named == 1
        and other.age > candidate.age
        and other.version.rank == candidate.version.rank
        and other.worth >= candidate.worth
        for other in others
    )
