"""From paths to arrivals: containers are opened level by level, leaves are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

from grader.intake.collection import Caps, Trouble
from grader.intake.reading.arrivals import (
    Arrival,
    LimitReached,
    Locked,
    Parcel,
    Raw,
    arrival,
)
from grader.intake.reading.disk import from_disk
from grader.intake.reading.kinds import damaged, kind_of, stopped, too_deep, too_large
from grader.intake.reading.leaves import read_leaf
from grader.intake.reading.mails import open_emlx, open_mail, open_mbox
from grader.intake.reading.members import locked
from grader.intake.reading.rars import open_rar
from grader.intake.reading.sevenzips import open_7z
from grader.intake.reading.tars import open_tar
from grader.intake.reading.winmail import open_winmail
from grader.intake.reading.zips import open_zip

Opener = Callable[[Raw, Caps], tuple[Parcel, Iterator[Raw | Arrival]]]

OPENERS: dict[str, tuple[Opener, str]] = {
    "zip": (open_zip, "archive"),
    "7z": (open_7z, "archive"),
    "rar": (open_rar, "archive"),
    "tar": (open_tar, "archive"),
    "tnef": (open_winmail, "archive"),
    "mail": (open_mail, "mail"),
    "emlx": (open_emlx, "mail"),
    "mbox": (open_mbox, "mail"),
}


def arrivals(paths: Sequence[Path], caps: Caps) -> Iterator[Arrival]:
    """Everything under `paths`, containers before their contents.

    Nothing stays in memory but the texts of programs and reports.
    """
    for found in walk(paths, caps):
        yield read_leaf(found, caps) if isinstance(found, Raw) else found


def contents(
    paths: Sequence[Path], caps: Caps, wanted: AbstractSet[str]
) -> Iterator[tuple[str, bytes]]:
    """(sha256, bytes) of the files with these hashes, each once: a report's pictures, say.

    Read anew, so that an intake of thousands of mails holds no pictures in memory.
    """
    missing = set(wanted)
    for found in walk(paths, caps):
        if isinstance(found, Raw) and found.sha256 in missing and found.size <= caps.file:
            missing.remove(found.sha256)
            yield found.sha256, found.stream.read(caps.file)


def walk(paths: Sequence[Path], caps: Caps) -> Iterator[Raw | Arrival]:
    """All leaves, unread, and an arrival for every container."""
    for found in from_disk(paths, caps):
        yield from _unpack(found, caps)


def _unpack(found: Raw | Arrival, caps: Caps) -> Iterator[Raw | Arrival]:
    kind = kind_of(found) if isinstance(found, Raw) else ""
    if isinstance(found, Arrival) or kind not in OPENERS:
        yield found
        return
    opener, role = OPENERS[kind]
    if trouble := _not_to_open(found, kind, caps):
        yield arrival(found, "unreadable", trouble)
        return
    try:
        parcel, members = opener(found, caps)
    except LimitReached as limit:
        yield arrival(found, "unreadable", stopped(limit.reason))
        return
    except Locked:
        yield arrival(found, "unreadable", locked())
        return
    except Exception as error:  # noqa: BLE001 - zipfile and email raise many types on hostile bytes; one file must not stop the rest
        yield arrival(found, "unreadable", damaged(error))
        return
    yield arrival(found, role, opens=parcel)
    for member in _guarded(members, found, role):
        yield from _unpack(member, caps)


def _not_to_open(raw: Raw, kind: str, caps: Caps) -> Trouble | None:
    if raw.depth > caps.depth:
        return too_deep(caps.depth)
    whole = kind in ("mail", "emlx", "tnef")  # read in one piece
    return too_large(caps.file) if whole and raw.size > caps.file else None


def _guarded(members: Iterator[Raw | Arrival], raw: Raw, role: str) -> Iterator[Raw | Arrival]:
    """The members up to the first that cannot be had; then a remark that says why."""
    try:
        yield from members
    except LimitReached as limit:
        yield arrival(raw, role, stopped(limit.reason), remark=True)
    except Exception as error:  # noqa: BLE001 - as above
        yield arrival(raw, role, damaged(error), remark=True)
